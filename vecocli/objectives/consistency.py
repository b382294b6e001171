"""Consistency of alignments: a word's translation is to have that word for its own translation.

    L = -mean over pairs of trace(P Q^T) / min(|x|, |y|),  trace(P Q^T) = sum_ij p(y_j | x_i) p(x_i | y_j)

P_ij = p(y_j | x_i) is the softmax over j of the dot products of the units, Q_ij = p(x_i | y_j) that over i. No links
are read. A pair with no unit on a side counts for nothing. Its sibling `self-training` raises the probability of given
links. Source: the consistency objective (CO) of awesome-align (arXiv 2101.08231).
"""

from dataclasses import dataclass

from vecocli.encoder.encoded import EncodedBatch, Need
from vecocli.objectives import Loss, Mean, Scope
from vecocli.objectives.functional.probabilities import link_probabilities, sizes


@dataclass(frozen=True, slots=True)
class Objective:
    """Agreement of the two softmaxes, as a loss in [-1, 0]."""

    needs: frozenset[Need] = frozenset({"units"})
    scope: Scope = "pair"

    def __call__(self, batch: EncodedBatch) -> Loss:
        """Compute the loss of one batch."""
        forward, backward = link_probabilities(batch)
        left, right = sizes(batch)
        fewer = left.minimum(right)
        agreement = (forward * backward).sum((1, 2)) / fewer.clamp(min=1)
        return Loss(Mean(-agreement.sum(), (fewer > 0).sum()))

"""Self-training on alignments: what the model holds to be translations of one another, it is to hold so more surely.

    L = -mean over pairs of [ sum_ij A_ij p(y_j | x_i) / |x| + sum_ij A_ij p(x_i | y_j) / |y| ]
    A_ij = 1 where p(y_j | x_i) > c and p(x_i | y_j) > c, without gradient, or where i and j are linked

p(y_j | x_i) is the softmax over j of the dot products of the units, p(x_i | y_j) that over i. A pair with no unit on a
side counts for nothing. Its sibling `consistency` asks for agreement and no links; `token` takes the logarithm of each
link's share and so pulls hardest where the model is wrong. Source: the self-training objective (SO) of awesome-align
(arXiv 2101.08231), whose A is its own or gold; mined links in A, and both kinds together, are this project's choice.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from vecocli.encoder.encoded import EncodedBatch, Need
from vecocli.objectives import Loss, Mean, Scope
from vecocli.objectives.functional.links import Links
from vecocli.objectives.functional.probabilities import link_probabilities, linked, sizes


@dataclass(frozen=True, slots=True)
class Objective:
    """Probability that the two softmaxes give to the links, as a loss in [-2, 0].

    Args:
        links: A: `self` the model's own, `dictionary` the mined ones, or `both`.
        threshold: c, a probability.
    """

    links: Links = "self"
    threshold: float = 0.001
    needs: frozenset[Need] = frozenset({"units"})
    scope: Scope = "pair"

    def __call__(self, batch: EncodedBatch) -> Loss:
        """Compute the loss of one batch."""
        forward, backward = link_probabilities(batch)
        chosen = self._chosen(batch, forward, backward)
        left, right = sizes(batch)
        gain = (forward * chosen).sum((1, 2)) / left.clamp(min=1) + (backward * chosen).sum((1, 2)) / right.clamp(min=1)
        count = ((left > 0) & (right > 0)).sum()
        return Loss(Mean(-gain.sum(), count), {"links": Mean(chosen.sum(), torch.tensor(len(batch)))})

    def _chosen(self, batch: EncodedBatch, forward: Tensor, backward: Tensor) -> Tensor:
        if self.links == "dictionary":
            return linked(batch)
        own = (forward > self.threshold) & (backward > self.threshold)
        return own | linked(batch) if self.links == "both" else own

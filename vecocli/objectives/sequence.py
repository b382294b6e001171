"""Sequence-to-sequence alignment: parallel sentences attract, the batch's other sentences repel.

    l(u_b -> v_b) = -log( e^{(s(u_b, v_b) - m)/t} / ( e^{(s(u_b, v_b) - m)/t} + sum_{c != b} e^{s(u_b, v_c)/t} ) )
    L = (1/2B) sum_b [ l(u_b -> v_b) + l(v_b -> u_b) ],  s = cosine

u and v are sentence vectors of the two sides, m a margin. Two pairs that have a sentence in common, on whichever side,
are the same translation again: neither counts as a negative of the other.

Source: arXiv 2304.08205 (abstract); symmetric in-batch InfoNCE as in mSimCSE and DAP (arXiv 2305.09148), margin as in
LaBSE (arXiv 2007.01852).
"""

from dataclasses import dataclass

import torch

from vecocli.encoder.encoded import EncodedBatch, Need
from vecocli.objectives import Loss, Mean, Scope
from vecocli.objectives.functional.infonce import Similarity, compare, info_nce, log_mass


@dataclass(frozen=True, slots=True)
class Objective:
    """Symmetric InfoNCE over the batch.

    Args:
        temperature: t; 0.05 is mSimCSE's and DAP's, 0.1 mRASP2's.
        similarity: s: `cosine`, or `dot` for the dot product (InfoXLM, with t = 0.25).
        margin: m, in units of s; 0.3 is LaBSE's.
    """

    temperature: float = 0.05
    similarity: Similarity = "cosine"
    margin: float = 0.0
    needs: frozenset[Need] = frozenset({"sentences"})
    scope: Scope = "batch"

    def __call__(self, batch: EncodedBatch) -> Loss:
        """Compute the loss of one batch."""
        if batch.source_sentences is None or batch.target_sentences is None:
            raise ValueError("the forward pass of this objective was not run")
        logits = compare(batch.source_sentences, batch.target_sentences, self.similarity) / self.temperature
        hashes = torch.stack([batch.source_hashes, batch.target_hashes])
        same = (hashes[:, None, :, None] == hashes[None, :, None, :]).any(0).any(0)
        positive = logits.diagonal()
        lowered = positive - self.margin / self.temperature
        forward = info_nce(lowered, log_mass(logits, ~same))
        backward = info_nce(lowered, log_mass(logits.T, ~same))
        others = logits.detach().masked_fill(same, -torch.inf)
        right = (positive.detach() > others.amax(1)).sum()  # without the margin: what retrieval would find
        count = torch.tensor(len(batch))
        return Loss(Mean(0.5 * (forward + backward).sum(), count), {"accuracy": Mean(right, count)})

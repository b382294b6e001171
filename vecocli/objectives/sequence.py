"""Sequence-to-sequence alignment: parallel sentences attract, other sentences repel.

    l(u_b -> v_b) = -log( e^{(s(u_b, v_b) - m)/t} / ( e^{(s(u_b, v_b) - m)/t} + sum_{c != b} e^{s(u_b, v_c)/t} ) )
    L = (1/2B) sum_b [ l(u_b -> v_b) + l(v_b -> u_b) ],  s = cosine

u and v are sentence vectors of the two sides, m a margin; the other sentences are those of the batch. With a queue, u_b
is compared with keys instead: that of its translation and those of earlier steps, all from a copy of the encoder that
follows slowly and gets no gradient. Two pairs that have a sentence in common, on whichever side, are the same
translation again: neither counts as a negative of the other. Its siblings
`token` and `ranking` do with words what this does with sentences.

Source: arXiv 2304.08205 (abstract); symmetric in-batch InfoNCE as in mSimCSE and DAP (arXiv 2305.09148), margin as in
LaBSE (arXiv 2007.01852), queue as in InfoXLM (arXiv 2007.07834), which takes one direction and swaps sides at random.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from vecocli.encoder.encoded import EncodedBatch, Need
from vecocli.objectives import Loss, Mean, Scope
from vecocli.objectives.functional.infonce import Similarity, compare, info_nce, log_mass


@dataclass(frozen=True, slots=True)
class Objective:
    """Symmetric InfoNCE over the batch or a queue.

    Args:
        temperature: t; 0.05 is mSimCSE's and DAP's, 0.1 mRASP2's.
        similarity: s: `cosine`, or `dot` for the dot product (InfoXLM, with t = 0.25).
        margin: m, in units of s; 0.3 is LaBSE's.
        queue: Pairs in the queue; 0 for the batch.
    """

    temperature: float = 0.05
    similarity: Similarity = "cosine"
    margin: float = 0.0
    queue: int = 0

    @property
    def needs(self) -> frozenset[Need]:
        """What it reads of a batch."""
        return frozenset({"sentences", "keys"} if self.queue else {"sentences"})

    @property
    def scope(self) -> Scope:
        """What the loss of a pair depends on: on the rest of the batch, or on the pair and the queue."""
        return "pair" if self.queue else "batch"

    def __call__(self, batch: EncodedBatch) -> Loss:
        """Compute the loss of one batch."""
        if batch.source_sentences is None or batch.target_sentences is None:
            raise ValueError("the forward pass of this objective was not run")
        forward, backward, right = self._with_queue(batch) if self.queue else self._in_batch(batch)
        count = torch.tensor(len(batch))
        return Loss(Mean(0.5 * (forward + backward).sum(), count), {"accuracy": Mean(right, count)})

    def _in_batch(self, batch: EncodedBatch) -> tuple[Tensor, Tensor, Tensor]:
        assert batch.source_sentences is not None and batch.target_sentences is not None
        logits = compare(batch.source_sentences, batch.target_sentences, self.similarity) / self.temperature
        hashes = torch.stack([batch.source_hashes, batch.target_hashes])
        return self._losses((logits.diagonal(),) * 2, (logits, logits.T), _same(hashes, hashes))

    def _with_queue(self, batch: EncodedBatch) -> tuple[Tensor, Tensor, Tensor]:
        keys, queue = batch.keys, batch.queue
        assert batch.source_sentences is not None and batch.target_sentences is not None
        if keys is None or queue is None:
            raise ValueError("the keys of this objective were not computed")
        positives, logits = [], []
        for vectors, key, earlier in (
            (batch.source_sentences, keys.target, queue.target),
            (batch.target_sentences, keys.source, queue.source),
        ):
            positive = compare(vectors.unsqueeze(1), key.unsqueeze(1), self.similarity)
            positives.append(positive.flatten() / self.temperature)
            logits.append(compare(vectors, earlier, self.similarity) / self.temperature)
        hashes = torch.stack([batch.source_hashes, batch.target_hashes])
        same = _same(hashes, torch.stack([queue.source_hashes, queue.target_hashes]))
        return self._losses((positives[0], positives[1]), (logits[0], logits[1]), same)

    def _losses(
        self, positives: tuple[Tensor, Tensor], logits: tuple[Tensor, Tensor], same: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The losses of both directions, and how many source sentences are nearest to their translation."""
        lowered = (positive - self.margin / self.temperature for positive in positives)
        forward, backward = (info_nce(one, log_mass(row, ~same)) for one, row in zip(lowered, logits, strict=True))
        others = logits[0].detach().masked_fill(same, -torch.inf)
        return forward, backward, (positives[0].detach() > others.amax(1)).sum()  # without the margin, as in retrieval


def _same(hashes: Tensor, others: Tensor) -> Tensor:
    """Which pairs [2, B] have a sentence in common with which others [2, C]: [B, C] bool."""
    return (hashes[:, None, :, None] == others[None, :, None, :]).any(0).any(0)

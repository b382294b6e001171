"""The units of a contrastive batch on one axis, where those of any pair may repel.

Shapes: B pairs, U units, N real units of both sides, H hidden, L links, A anchors, C candidates, V surface forms,
T ties.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from vecocli.encoder.encoded import EncodedBatch
from vecocli.objectives.functional.infonce import Similarity, log_mass
from vecocli.objectives.functional.links import Repeats, numbered

ENTRIES = 1 << 22
"""Similarities held at a time. More are computed in blocks, and once again where the gradient needs them."""


@dataclass(frozen=True, slots=True, eq=False)
class Batchwide:
    """Linked units and all others.

    Args:
        vectors: [N, H] unit vectors, of length 1 where cosines are compared.
        forms: [N] number of each unit's surface form, below V.
        left: [L] the source unit of each link.
        right: [L] its target unit.
        ties: [T, 2] forms of linked units, both ways, each once.
        count: V.
    """

    vectors: Tensor
    forms: Tensor
    left: Tensor
    right: Tensor
    ties: Tensor
    count: int

    def attraction(self, temperature: float) -> Tensor:
        """Scaled similarities [L] of the linked units."""
        return (self.vectors[self.left] * self.vectors[self.right]).sum(-1) / temperature

    def repulsion(self, anchors: Tensor, candidates: Tensor, temperature: float) -> Tensor:
        """Log-sum-exp [A] of each anchor's scaled similarities to the candidates that may repel it.

        Args:
            anchors: [A] units, which may be there several times.
            candidates: [C] units, each once.
            temperature: What similarities are divided by.
        """
        once, places = torch.unique(anchors, return_inverse=True)
        against = self.vectors[candidates]

        def block(some: Tensor) -> Tensor:
            logits = self.vectors[some] @ against.mT / temperature
            return log_mass(logits, self.allowed(some, candidates))

        blocks = once.split(max(1, ENTRIES // max(1, len(candidates), self.count, len(self.ties))))
        if len(blocks) == 1:
            return block(once)[places]
        found = [checkpoint(block, some, use_reentrant=False, preserve_rng_state=False) for some in blocks]
        return torch.cat(found)[places]

    def allowed(self, anchors: Tensor, candidates: Tensor) -> Tensor:
        """Which candidates may repel an anchor, [A, C] bool: the rule of `links.allowed_negatives`, over all pairs."""
        own = F.one_hot(self.forms[anchors], self.count).float()
        tied = self._tied(own)
        return ((own + tied + self._tied(tied)) == 0)[:, self.forms[candidates]]

    def _tied(self, forms: Tensor) -> Tensor:
        """How often a form [A, V] is tied to one of those given, [A, V]."""
        here, there = self.ties.unbind(1)
        return torch.zeros_like(forms).index_add(1, there, forms[:, here])


def batchwide(batch: EncodedBatch, links: Tensor, similarity: Similarity, repeats: Repeats = "spare") -> Batchwide:
    """Put the units of all pairs on one axis.

    Args:
        batch: B pairs with unit vectors.
        links: [L, 3] (pair, source unit, target unit), at least one.
        similarity: What will be compared.
        repeats: Whether units of one surface form spare one another, or each has a form of its own.
    """
    assert batch.source_units is not None and batch.target_units is not None
    forms = torch.stack([batch.source_forms, batch.target_forms])
    forms = numbered(forms) if repeats == "repel" else forms
    real = forms != 0
    vectors = torch.stack([batch.source_units, batch.target_units])[real]
    numbers = (real.flatten().cumsum(0) - 1).view_as(forms)
    row, i, j = links.unbind(1)
    left, right = numbers[0, row, i], numbers[1, row, j]
    known, forms = torch.unique(forms[real], return_inverse=True)
    pairs = torch.stack([forms[left], forms[right]], dim=1)
    ties = torch.unique(torch.cat([pairs, pairs.flip(1)]), dim=0)
    vectors = F.normalize(vectors, dim=-1) if similarity == "cosine" else vectors
    return Batchwide(vectors, forms, left, right, ties, len(known))

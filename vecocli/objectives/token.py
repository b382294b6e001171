"""Token-to-token alignment: synonyms attract, other words repel: the unpaired ones of the instance, or of the batch.

    l(i -> j) = -log( e^{s(x_i, y_j)/t} / ( e^{s(x_i, y_j)/t} + sum_{k in N(i)} e^{s(x_i, t_k)/t} ) ),  s = cosine
    L = mean over instances with links of the mean over their links of 1/2 [ l(i -> j) + l(j -> i) ]

N(i) is described at `functional.links.allowed_negatives`. A unit is a word or a linked phrase, its vector pooled from
its sub-words. Its sibling `ranking` compares linked words alone. Source: arXiv 2304.08205 (abstract, which takes the
negatives from the instance); the formula is this project's reading of it, negatives from the batch its addition.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from vecocli.encoder.encoded import EncodedBatch, Need
from vecocli.objectives import Loss, Mean, Scope
from vecocli.objectives.functional.batchwide import batchwide
from vecocli.objectives.functional.infonce import Similarity, compare, info_nce, log_mass
from vecocli.objectives.functional.links import (
    Links,
    Negatives,
    Repeats,
    adjacency,
    allowed_negatives,
    chosen_links,
    link_figures,
    no_links,
    numbered,
)

Terms = tuple[Tensor, Tensor, Tensor]
"""Of each link: the scaled similarity, and the mass of what repels its source unit and its target unit, [L] each."""


@dataclass(frozen=True, slots=True)
class Objective:
    """InfoNCE of the linked units.

    Args:
        temperature: t.
        negatives: `instance` or `other-side`, or `batch`: the units of all pairs, of both sides.
        links: As `functional.links.chosen_links` takes them.
        self_floor: Least cosine of a link that the model proposes itself.
        similarity: s: `cosine`, or `dot` for the dot product.
        repeats: Whether other occurrences of a linked word and of its translations `spare` it, or `repel` as any word.
    """

    temperature: float = 0.1
    negatives: Negatives | Literal["batch"] = "instance"
    links: Links = "both"
    self_floor: float = 0.0
    similarity: Similarity = "cosine"
    repeats: Repeats = "spare"
    needs: frozenset[Need] = frozenset({"units"})

    @property
    def scope(self) -> Scope:
        """What the loss of a pair depends on: on others where their units repel."""
        return "batch" if self.negatives == "batch" else "pair"

    def __call__(self, batch: EncodedBatch) -> Loss:
        """Compute the loss of one batch."""
        if batch.source_units is None or batch.target_units is None:
            raise ValueError("the forward pass of this objective was not run")
        links = chosen_links(batch, self.links, self.self_floor)
        figures = link_figures(batch, links)
        if not len(links):
            return Loss(no_links(batch), figures)
        terms = self._across(batch, links) if self.negatives == "batch" else self._inside(batch, links)
        positive, forward, backward = terms
        losses = 0.5 * (info_nce(positive, forward) + info_nce(positive, backward))
        return Loss(_means(losses, links[:, 0], len(batch)), figures)

    def _inside(self, batch: EncodedBatch, links: Tensor) -> Terms:
        assert self.negatives != "batch" and batch.source_units is not None and batch.target_units is not None
        units = torch.cat([batch.source_units, batch.target_units], dim=1)
        forms = torch.cat([batch.source_forms, batch.target_forms], dim=1)
        forms = numbered(forms) if self.repeats == "repel" else forms
        pairs, count = batch.source_forms.shape
        logits = compare(units, units, self.similarity) / self.temperature
        mass = log_mass(logits, allowed_negatives(adjacency(links, pairs, count), forms, self.negatives))
        row, i, j = links[:, 0], links[:, 1], links[:, 2] + count
        return logits[row, i, j], mass[row, i], mass[row, j]

    def _across(self, batch: EncodedBatch, links: Tensor) -> Terms:
        units = batchwide(batch, links, self.similarity, self.repeats)
        everyone = torch.arange(len(units.vectors), device=links.device)
        mass = units.repulsion(torch.cat([units.left, units.right]), everyone, self.temperature)
        forward, backward = mass.chunk(2)
        return units.attraction(self.temperature), forward, backward


def _means(losses: Tensor, row: Tensor, pairs: int) -> Mean:
    """Average inside each instance; the terms are those of the instances that have links."""
    count = losses.new_zeros(pairs).index_add(0, row, torch.ones_like(losses))
    return Mean((losses / count[row]).sum(), (count > 0).sum())

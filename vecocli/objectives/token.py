"""Token-to-token alignment: synonyms attract, the other unpaired words of the bilingual instance repel.

    l(i -> j) = -log( e^{s(x_i, y_j)/t} / ( e^{s(x_i, y_j)/t} + sum_{k in N(i)} e^{s(x_i, t_k)/t} ) ),  s = cosine
    L = mean over instances with links of the mean over their links of 1/2 [ l(i -> j) + l(j -> i) ]

N(i) is described at `functional.links.allowed_negatives`. A unit is a word or a linked phrase, its vector pooled from
its sub-words. Source: arXiv 2304.08205 (abstract); the formula is this project's reading of it.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from vecocli.encoder.encoded import EncodedBatch, Need
from vecocli.objectives import Loss, Mean, Scope
from vecocli.objectives.functional.infonce import cosine, info_nce, log_mass
from vecocli.objectives.functional.links import Negatives, adjacency, allowed_negatives, self_links

Links = Literal["dictionary", "self", "both"]


@dataclass(frozen=True, slots=True)
class Objective:
    """InfoNCE inside each bilingual instance.

    Args:
        temperature: t.
        negatives: `instance` or `other-side`.
        links: `dictionary` takes the mined links, `self` the model's own mutual-argmax links, `both` the mined ones
            completed by the model's own for the words they leave open (function words, mostly).
        self_floor: Least cosine of a link that the model proposes itself.
    """

    temperature: float = 0.1
    negatives: Negatives = "instance"
    links: Links = "both"
    self_floor: float = 0.0
    needs: frozenset[Need] = frozenset({"units"})
    scope: Scope = "pair"

    def __call__(self, batch: EncodedBatch) -> Loss:
        """Compute the loss of one batch."""
        if batch.source_units is None or batch.target_units is None:
            raise ValueError("the forward pass of this objective was not run")
        units = torch.cat([batch.source_units, batch.target_units], dim=1)
        forms = torch.cat([batch.source_forms, batch.target_forms], dim=1)
        similarity = cosine(units, units)
        pairs, count = batch.source_forms.shape
        links = self._links(batch, similarity[:, :count, count:])
        figures = {name: _per_pair(count, pairs) for name, count in (("links", len(links)), ("lost_links", batch.lost))}
        if not len(links):
            return Loss(Mean(similarity.sum() * 0.0, torch.zeros(())), figures)
        logits = similarity / self.temperature
        allowed = allowed_negatives(adjacency(links, pairs, count), forms, self.negatives)
        mass = log_mass(logits, allowed)
        row, i, j = links[:, 0], links[:, 1], links[:, 2] + count
        positive = logits[row, i, j]
        losses = 0.5 * (info_nce(positive, mass[row, i]) + info_nce(positive, mass[row, j]))
        return Loss(_means(losses, row, pairs), figures)

    def _links(self, batch: EncodedBatch, similarity: Tensor) -> Tensor:
        given = batch.links if self.links != "self" else batch.links[:0]
        if self.links == "dictionary":
            return given
        own = self_links(similarity, batch.source_forms, batch.target_forms, given, self.self_floor)
        return torch.cat([given, own])


def _means(losses: Tensor, row: Tensor, pairs: int) -> Mean:
    """Average inside each instance; the terms are those of the instances that have links."""
    count = losses.new_zeros(pairs).index_add(0, row, torch.ones_like(losses))
    return Mean((losses / count[row]).sum(), (count > 0).sum())


def _per_pair(count: int, pairs: int) -> Mean:
    return Mean(torch.tensor(count), torch.tensor(pairs))

"""Token-to-token alignment: synonyms attract, the other unpaired words of the bilingual instance repel.

    l(i -> j) = -log( e^{s(x_i, y_j)/t} / ( e^{s(x_i, y_j)/t} + sum_{k in N(i)} e^{s(x_i, t_k)/t} ) ),  s = cosine
    L = mean over instances with links of the mean over their links of 1/2 [ l(i -> j) + l(j -> i) ]

N(i) is described at `functional.links.allowed_negatives`. A unit is a word or a linked phrase, its vector pooled from
its sub-words. Source: arXiv 2304.08205 (abstract); the formula is this project's reading of it.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from vecocli.encoder.encoded import EncodedBatch, Need
from vecocli.objectives import Loss, Mean, Scope
from vecocli.objectives.functional.infonce import Similarity, compare, info_nce, log_mass
from vecocli.objectives.functional.links import (
    Links,
    Negatives,
    adjacency,
    allowed_negatives,
    chosen_links,
    link_figures,
)


@dataclass(frozen=True, slots=True)
class Objective:
    """InfoNCE inside each bilingual instance.

    Args:
        temperature: t.
        negatives: `instance` or `other-side`.
        links: As `functional.links.chosen_links` takes them.
        self_floor: Least cosine of a link that the model proposes itself.
        similarity: s: `cosine`, or `dot` for the dot product.
    """

    temperature: float = 0.1
    negatives: Negatives = "instance"
    links: Links = "both"
    self_floor: float = 0.0
    similarity: Similarity = "cosine"
    needs: frozenset[Need] = frozenset({"units"})
    scope: Scope = "pair"

    def __call__(self, batch: EncodedBatch) -> Loss:
        """Compute the loss of one batch."""
        if batch.source_units is None or batch.target_units is None:
            raise ValueError("the forward pass of this objective was not run")
        links = chosen_links(batch, self.links, self.self_floor)
        figures = link_figures(batch, links)
        if not len(links):
            nothing = (batch.source_units.sum() + batch.target_units.sum()) * 0.0
            return Loss(Mean(nothing, torch.zeros(())), figures)
        units = torch.cat([batch.source_units, batch.target_units], dim=1)
        forms = torch.cat([batch.source_forms, batch.target_forms], dim=1)
        pairs, count = batch.source_forms.shape
        logits = compare(units, units, self.similarity) / self.temperature
        allowed = allowed_negatives(adjacency(links, pairs, count), forms, self.negatives)
        mass = log_mass(logits, allowed)
        row, i, j = links[:, 0], links[:, 1], links[:, 2] + count
        positive = logits[row, i, j]
        losses = 0.5 * (info_nce(positive, mass[row, i]) + info_nce(positive, mass[row, j]))
        return Loss(_means(losses, row, pairs), figures)


def _means(losses: Tensor, row: Tensor, pairs: int) -> Mean:
    """Average inside each instance; the terms are those of the instances that have links."""
    count = losses.new_zeros(pairs).index_add(0, row, torch.ones_like(losses))
    return Mean((losses / count[row]).sum(), (count > 0).sum())

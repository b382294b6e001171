"""Word translation ranking: of all linked words of the batch on the other side, a word's partner is to be the nearest.

    l(i -> j) = -log( e^{s(x_i, y_j)/t} / ( e^{s(x_i, y_j)/t} + sum_{k in N(i)} e^{s(x_i, y_k)/t} ) ),  s = cosine
    L = mean over the batch's links of 1/2 [ l(i -> j) + l(j -> i) ]

N(i) are the linked words of the other side, in all pairs, less those that `functional.links.allowed_negatives` spares.
Its sibling `token` lets unlinked words repel as well, and by default those of the same pair only.

Source: the word translation ranking of WACSE (arXiv 2404.02490), which ranks aligned word pairs in the batch; its
formula was not at hand: cosine, temperature, both directions, the mean and the words spared are this project's choice.
"""

from dataclasses import dataclass

import torch

from vecocli.encoder.encoded import EncodedBatch, Need
from vecocli.objectives import Loss, Mean, Scope
from vecocli.objectives.functional.batchwide import batchwide
from vecocli.objectives.functional.infonce import info_nce
from vecocli.objectives.functional.links import link_figures, no_links


@dataclass(frozen=True, slots=True)
class Objective:
    """Symmetric InfoNCE over the linked words of the batch.

    Args:
        temperature: t.
    """

    temperature: float = 0.1
    needs: frozenset[Need] = frozenset({"units"})
    scope: Scope = "batch"

    def __call__(self, batch: EncodedBatch) -> Loss:
        """Compute the loss of one batch."""
        if batch.source_units is None or batch.target_units is None:
            raise ValueError("the forward pass of this objective was not run")
        figures = link_figures(batch, batch.links)
        if not len(batch.links):
            return Loss(no_links(batch), figures)
        units = batchwide(batch, batch.links, "cosine")
        left, right = units.left, units.right
        positive = units.attraction(self.temperature)
        forward = info_nce(positive, units.repulsion(left, torch.unique(right), self.temperature))
        backward = info_nce(positive, units.repulsion(right, torch.unique(left), self.temperature))
        count = torch.tensor(len(batch.links))
        return Loss(Mean(0.5 * (forward + backward).sum(), count), figures)

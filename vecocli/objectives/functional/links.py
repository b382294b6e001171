"""Which units of a bilingual instance attract, which repel, and links the model proposes itself.

The units of an instance stand on one axis: its U source units, then its U target units. Shapes: B pairs, W = 2U units,
L links.
"""

from typing import Literal

import torch
from torch import Tensor

from veco_kernels import mutual_argmax
from vecocli.encoder.encoded import EncodedBatch
from vecocli.objectives import Mean
from vecocli.objectives.functional.infonce import compare

Links = Literal["dictionary", "self", "both"]
Negatives = Literal["instance", "other-side"]
Repeats = Literal["spare", "repel"]


def chosen_links(batch: EncodedBatch, links: Links, floor: float) -> Tensor:
    """Links to train on, [L, 3] (pair, source unit, target unit).

    Args:
        batch: B pairs with unit vectors.
        links: `dictionary` takes the mined links, `self` those that the model proposes, `both` the mined ones completed
            by the model's own for the words they leave open (function words, mostly).
        floor: Least cosine of a link that the model proposes.
    """
    if links == "dictionary":
        return batch.links
    assert batch.source_units is not None and batch.target_units is not None
    given = batch.links if links == "both" else batch.links[:0]
    with torch.no_grad():
        similarity = compare(batch.source_units, batch.target_units, "cosine")
    return torch.cat([given, self_links(similarity, batch.source_forms, batch.target_forms, given, floor)])


def link_figures(batch: EncodedBatch, links: Tensor) -> dict[str, Mean]:
    """What is logged of links: how many a pair has, and how many of the mined ones it lost."""
    pairs = torch.tensor(len(batch))
    return {
        "links": Mean(torch.tensor(len(links)), pairs),
        "lost_links": Mean(torch.tensor(batch.lost), pairs),
    }


def no_links(batch: EncodedBatch) -> Mean:
    """The mean over no link: 0, its gradient 0 for every unit vector."""
    assert batch.source_units is not None and batch.target_units is not None
    return Mean((batch.source_units.sum() + batch.target_units.sum()) * 0.0, torch.tensor(0))


def adjacency(links: Tensor, pairs: int, units: int) -> Tensor:
    """Symmetric link matrix [B, W, W] bool from links [L, 3] (pair, source unit, target unit)."""
    matrix = torch.zeros(pairs, 2 * units, 2 * units, dtype=torch.bool, device=links.device)
    row, i, j = links.unbind(-1)
    matrix[row, i, units + j] = True
    matrix[row, units + j, i] = True
    return matrix


def numbered(forms: Tensor) -> Tensor:
    """Give every unit a form of its own, so that other occurrences of a word are words like any other.

    Args:
        forms: Of any shape, 0 at padding, which stays 0.
    """
    return torch.arange(1, forms.numel() + 1, device=forms.device).view_as(forms) * (forms != 0)


def allowed_negatives(linked: Tensor, forms: Tensor, negatives: Negatives) -> Tensor:
    """Which units may repel an anchor: [B, W, W] bool, rows are anchors.

    A surface form is tied to the forms that one of its units is linked to. Never a negative: padding, units of the
    anchor's own form (the anchor among them), of a form tied to it (its partners among them), or of one tied to such a
    form (another translation of the same word). The relation is symmetric.

    Args:
        linked: [B, W, W] bool from `adjacency`.
        forms: [B, W] surface-form hashes, 0 at padding.
        negatives: `instance` takes all other units of both sides (the abstract's "other unpaired tokens in a bilingual
            instance"), `other-side` those of the other language only (awesome-align's and SALT's rows and columns).

    Source: arXiv 2304.08205 (abstract); the exclusions beyond the partners are this project's choice.
    """
    real = forms != 0
    same = (forms.unsqueeze(-1) == forms.unsqueeze(-2)) & real.unsqueeze(-1)
    alike = same.float()
    tied = (alike @ linked.float() @ alike > 0).float()
    allowed = ~(same | (tied + tied @ tied > 0)) & real.unsqueeze(-1) & real.unsqueeze(-2)
    if negatives == "other-side":
        side = torch.arange(forms.shape[-1], device=forms.device) >= forms.shape[-1] // 2
        allowed = allowed & (side.unsqueeze(-1) != side.unsqueeze(-2))
    return allowed


def self_links(similarity: Tensor, source_forms: Tensor, target_forms: Tensor, links: Tensor, floor: float) -> Tensor:
    """Links that the model itself proposes for the units that no given link covers.

    Args:
        similarity: [B, U, U] source-target cosine similarities; no gradient flows.
        source_forms: [B, U] surface-form hashes, 0 at padding.
        target_forms: The same for the target.
        links: [L, 3] given links; a unit in one of them is not open any more.
        floor: Least similarity of a proposed link, in [-1, 1].

    Returns:
        [N, 3] new links: each is the best of its row and of its column, and open on both sides.

    Source: mutual argmax as in SimAlign (arXiv 2004.08728); training on it as in XLM-Align (arXiv 2106.06381).
    """
    proposed, scores = mutual_argmax(similarity.detach(), source_forms != 0, target_forms != 0)
    taken_source = torch.zeros_like(source_forms, dtype=torch.bool)
    taken_target = torch.zeros_like(target_forms, dtype=torch.bool)
    taken_source[links[:, 0], links[:, 1]] = True
    taken_target[links[:, 0], links[:, 2]] = True
    pair, i, j = proposed.unbind(1)
    return proposed[(scores >= floor) & ~taken_source[pair, i] & ~taken_target[pair, j]]

"""Pairs of translations from two heaps of sentences: a margin against each sentence's neighbours, then one-to-one.

Shapes: N rows (source sentences), M columns (target sentences), K neighbours of each, P pairs.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from veco_kernels import BothWays

Margin = Literal["ratio", "distance", "absolute"]
Retrieval = Literal["max", "intersect"]


@dataclass(frozen=True, slots=True)
class MarginPairs:
    """Pairs, best first; every row and every column in one at most.

    Args:
        scores: [P] float64, descending; pairs of equal score ascend by row.
        rows: [P] int64.
        columns: [P] int64.
    """

    scores: Tensor
    rows: Tensor
    columns: Tensor


def margin_pairs(both: BothWays, *, margin: Margin = "ratio", retrieval: Retrieval = "max") -> MarginPairs:
    """Choose pairs by how much nearer the two are to each other than to the neighbours of both.

    Each row proposes the neighbour with the greatest margin, and so does each column. Of equal margins the neighbour
    with the higher cosine wins, then the one of the lower index.

    Args:
        both: Cosines of the K nearest neighbours both ways; K = 4 in the benchmark.
        margin: `ratio` divides the cosine by the mean of the two sentences' mean cosines to their neighbours,
            `distance` subtracts it, `absolute` is the cosine alone. There is no ratio to a mean that is not positive:
            such pairs are left out (this project's choice).
        retrieval: `max` takes the proposals of both sides from the greatest margin down and skips those with a sentence
            already taken; `intersect` takes the pairs whose two sentences propose each other.

    Source: Artetxe and Schwenk (arXiv 1811.01136, section 3); XTREME uses `ratio` and `max`.
    """
    n, m = len(both.forward_indices), len(both.backward_indices)
    if not (n and m):
        nothing = both.forward_indices.new_empty(0)
        return MarginPairs(nothing.double(), nothing, nothing)
    x, y = both.forward_scores.double().mean(1), both.backward_scores.double().mean(1)
    scores, nearest = _proposals(both.forward_scores, both.forward_indices, x, y, margin)
    scores_back, nearest_back = _proposals(both.backward_scores, both.backward_indices, y, x, margin)
    rows, columns = torch.arange(n, device=x.device), nearest
    if retrieval == "intersect":
        mutual = nearest_back[nearest] == rows
        return _sorted(scores[mutual], rows[mutual], columns[mutual])
    pooled = torch.cat([scores, scores_back]), torch.cat([rows, nearest_back])
    return _one_to_one(_sorted(*pooled, torch.cat([columns, torch.arange(m, device=x.device)])))


def _proposals(cosines: Tensor, indices: Tensor, own: Tensor, others: Tensor, margin: Margin) -> tuple[Tensor, Tensor]:
    """The greatest margin of each sentence, [N] float64, and whose it is, [N].

    Args:
        cosines: [N, K], descending.
        indices: [N, K], the neighbours.
        own: [N] float64, mean cosines to the neighbours.
        others: [M], the same of the other side.
        margin: Which one.
    """
    means, margins = (own[:, None] + others[indices]) / 2, cosines.double()
    if margin == "ratio":
        margins = torch.where(means > 0, margins / means, -torch.inf)
    elif margin == "distance":
        margins = margins - means
    best, slot = margins.max(1)  # the first of equal ones
    return best, indices.gather(1, slot[:, None])[:, 0]


def _sorted(scores: Tensor, rows: Tensor, columns: Tensor) -> MarginPairs:
    """By descending score, then row, then column; without those that have no score."""
    order = columns.argsort(stable=True)
    for values, down in ((rows, False), (scores, True)):
        order = order[values[order].argsort(descending=down, stable=True)]
    order = order[scores[order] > -torch.inf]
    return MarginPairs(scores[order], rows[order], columns[order])


def _one_to_one(pairs: MarginPairs) -> MarginPairs:
    """Leave out each pair with a row or a column of an earlier one."""
    rows, columns, kept = set[int](), set[int](), list[int]()
    for place, (row, column) in enumerate(zip(pairs.rows.tolist(), pairs.columns.tolist(), strict=True)):
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            kept.append(place)
    chosen = torch.tensor(kept, dtype=torch.int64, device=pairs.rows.device)
    return MarginPairs(pairs.scores[chosen], pairs.rows[chosen], pairs.columns[chosen])

"""Exact nearest neighbours both ways: each similarity tile serves the rows of one side and those of the other.

A score is the inner product summed in float64 and rounded to float32, whatever the block, the precision or the device.
The tiles only choose candidates: every pair that could be among the best, given the error bound of the products, is
scored anew, and a row with more such pairs than are kept is searched again in the next higher precision.

Shapes: N rows of x, M rows of y, H hidden size, R rows and C columns of a tile, K neighbours, W >= K candidates.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

GROUP = 32  # entries of a tile that share a maximum
SPARE = {torch.bfloat16: 28, torch.float32: 12, torch.float64: 0}  # W - K
LARGEST = 2.0**120  # of a norm and of the product of two; beyond, float32 overflows
PART = 64  # vectors that stay in a processor's cache in float64
LOWEST = torch.finfo(torch.float32).min
EMPTY = -0x7F800001 << 32  # the key of a score of -inf


@dataclass(frozen=True, slots=True)
class BothWays:
    """The nearest rows of either side, the best first; of equal scores the lowest index comes first.

    Args:
        forward_scores: [N, min(K, M)] float32.
        forward_indices: Of rows of y, int64.
        backward_scores: [M, min(K, N)].
        backward_indices: Of rows of x.
    """

    forward_scores: Tensor
    forward_indices: Tensor
    backward_scores: Tensor
    backward_indices: Tensor


def topk_both(
    x: Tensor, y: Tensor, k: int, *, block: int = 2048, precision: Literal["fp32", "bf16"] = "fp32"
) -> BothWays:
    """Find the k rows of y with the greatest inner product with each row of x, and those of x for each row of y.

    In either precision the result is that of brute force. `bf16` is faster where the processor multiplies it faster;
    rows with more near neighbours than bf16 can tell apart, and than fp32 can, cost a search of their own.

    Args:
        x: [N, H] float32; normalise both sides for cosines.
        y: [M, H].
        k: How many, at least 1; a side with fewer rows gives all of them.
        block: Rows of either side in a tile; memory grows with its square and with (N + M)k, never with NM.
        precision: Of the products that choose the candidates.

    Raises:
        ValueError: Not two finite float32 matrices of one width, vectors so long that their products overflow, or an
            option out of its range.

    Source: this project's choice.
    """
    if precision not in ("fp32", "bf16") or min(k, block) < 1:
        raise ValueError(f"k is {k}, block {block} and precision {precision!r}: not at least 1, or not fp32 or bf16")
    if not (x.ndim == 2 == y.ndim and x.shape[1] == y.shape[1] and x.dtype == torch.float32 == y.dtype):
        shapes = f"{x.dtype} {list(x.shape)} and {y.dtype} {list(y.shape)}"
        raise ValueError(f"{shapes}: both sides must be float32 matrices of one width")
    types = _types(precision, x.device)
    with torch.no_grad():
        left, right = _Side.of("x", x, types[0]), _Side.of("y", y, types[0])
        if not (len(x) and len(y)):
            none = x.new_empty(len(x), min(k, len(y))), x.new_empty(len(y), min(k, len(x)))
            return BothWays(none[0], none[0].long(), none[1], none[1].long())
        sides = _Search(left, right, k, types[0]), _Search(right, left, k, types[0])
        _scan(*sides, block)
        return BothWays(*(one for side in sides for one in _decode(_settled(side, block, types[1:]))))


@dataclass(frozen=True, slots=True)
class _Side:
    """Vectors [N, H], a centre [H], and of vectors less centre the norms and those of what rounding takes away: [N]."""

    vectors: Tensor
    centre: Tensor
    norms: Tensor
    losses: Tensor

    @classmethod
    def of(cls, name: str, vectors: Tensor, dtype: torch.dtype) -> "_Side":
        sample = vectors[:: len(vectors) // 1024 + 1].double()
        centre = sample.mean(0).float() * (dtype == torch.bfloat16)
        parts = (part - centre for part in torch.split(vectors, PART))
        sizes = [torch.stack([part, part - part.to(dtype)]).double().norm(dim=2) for part in parts]
        norms, losses = torch.cat(sizes, dim=1)
        if not norms.isfinite().all():
            raise ValueError(f"{name} has an entry that is not finite")
        return cls(vectors, centre, norms, losses)

    def operand(self, rows: slice, dtype: torch.dtype, other: Tensor, *, left: bool) -> Tensor:
        """In bf16, what multiplies to x'y' + x'd + cy', which is xy but for a constant: x = x' + c and y = y' + d."""
        if dtype != torch.bfloat16:
            return self.vectors[rows].to(dtype)
        part = self.vectors[rows] - self.centre  # shorter where vectors share a direction, and so the error
        shift = part @ other
        high, one = shift.bfloat16(), torch.ones_like(shift)
        columns = (high, shift - high, one, one) if left else (one, one, high, shift - high)
        return torch.cat([part.to(dtype), torch.stack(columns, dim=1).to(dtype)], dim=1)


class _Search:
    """The candidates of each query so far.

    To be one, a product must beat the query's floor: the W-th best so far, or as far below the K-th best as errors go.
    """

    def __init__(self, queries: _Side, base: _Side, k: int, dtype: torch.dtype) -> None:
        self.queries, self.base, self.dtype = queries, base, dtype
        self.k = min(k, len(base.vectors))
        self.width = min(self.k + SPARE[dtype], len(base.vectors))
        self.slack = _slack(queries, base, dtype)
        self.floor = torch.full_like(self.slack, LOWEST)
        self.keys = torch.full((len(self.slack), self.width), EMPTY, device=self.slack.device)

    def take(self, tile: Tensor, maxima: Tensor, row: int, column: int) -> None:
        """Let the entries of a tile in that beat the floor of their row.

        The tile, [R, C], begins at that row of the queries and that column of the base; tiles come in ascending order
        of columns. The j-th of the maxima, [R, C / GROUP], is that of the columns j, j + C / GROUP and so on.
        """
        floor, beats = self.floor[row : row + len(tile)], torch.gt
        if column == 0:  # no floor yet: the K-th and W-th greatest maxima are bounds of the K-th and W-th best
            top = F.pad(maxima.float(), (0, self.width), value=LOWEST).topk(self.width).values
            floor, beats = self._floor(top, slice(row, row + len(tile)))[0], torch.ge
        found, groups = beats(maxima, floor[:, None]).nonzero(as_tuple=True)
        scores = tile.view(len(tile), GROUP, -1)[found, :, groups].float()
        place, member = beats(scores, floor[found, None]).nonzero(as_tuple=True)
        columns = column + groups[place] + member * maxima.shape[1]
        self._merge(row + found[place], _encode(scores[place, member], columns))

    def _merge(self, found: Tensor, keys: Tensor) -> None:
        """Add keys to their queries' candidates; `found`, the queries, ascends."""
        touched, place, count = torch.unique_consecutive(found, return_inverse=True, return_counts=True)
        slot = torch.arange(len(found), device=found.device) - (count.cumsum(0) - count)[place]
        fresh = self.keys.new_full((len(touched), max(count.tolist(), default=0)), EMPTY)
        fresh[place, slot] = keys
        merged = torch.cat([self.keys[touched], fresh], dim=1).topk(self.width).values
        self.keys[touched] = merged
        self.floor[touched] = self._floor(_decode(merged)[0], touched)[0]

    def _floor(self, scores: Tensor, rows: Tensor | slice) -> tuple[Tensor, Tensor]:
        """The floor of some queries, and its second bound: both [R], from their best products [R, W], descending."""
        last = scores[:, self.k - 1].clamp(min=LOWEST)
        rounding = 2**-7 * 1.03 if self.dtype == torch.bfloat16 else 0.0  # of the products themselves, to bf16
        bound = (last - self.slack[rows] - rounding * last.abs()).clamp(min=LOWEST)
        return torch.maximum(bound, scores[:, -1]), bound

    def settle(self) -> tuple[Tensor, Tensor]:
        """Score the candidates: keys of the best, [N, K], and the queries that may have more rivals than were kept."""
        scores, columns = _decode(self.keys)
        floor, bound = self._floor(scores, slice(None))
        unsure = (floor > bound) & (self.width < len(self.base.vectors))  # else nothing was left out
        near = (scores >= bound[:, None]) & ~unsure[:, None]
        exact = _products(self.queries.vectors, self.base.vectors, near.nonzero()[:, 0], columns[near])
        keys = torch.full_like(self.keys, EMPTY)
        keys[near] = _encode(exact, columns[near])
        return keys.topk(self.k).values, unsure.nonzero()[:, 0]


def _scan(forward: _Search, backward: _Search | None, block: int) -> None:
    """Show every tile to the queries of its rows and, if asked, to those of its columns."""
    x, y, dtype = forward.queries.vectors, forward.base.vectors, forward.dtype
    scratch = torch.empty(*(min(block, len(side)) + GROUP for side in (x, y)), dtype=dtype, device=x.device)
    for row in range(0, len(x), block):
        left = forward.queries.operand(slice(row, row + block), dtype, forward.base.centre, left=True)
        for column in range(0, len(y), block):
            right = forward.base.operand(slice(column, column + block), dtype, forward.queries.centre, left=False)
            rows, columns = len(left), len(right)  # rounded up to groups, the rest is filled
            tile = scratch[: rows + -rows % GROUP, : columns + -columns % GROUP]
            tile[rows:], tile[:, columns:] = -torch.inf, -torch.inf
            torch.mm(left, right.T, out=tile[:rows, :columns])
            seen = tile.float() if dtype == torch.float64 else tile
            forward.take(seen[:rows], seen[:rows].view(rows, GROUP, -1).amax(1), row, column)
            if backward is not None:
                part = seen[:, :columns]
                backward.take(part.T, part.view(GROUP, -1, columns).amax(0).T, column, row)


def _settled(search: _Search, block: int, types: list[torch.dtype]) -> Tensor:
    """The keys of the best, [N, K]; queries that stay unsure are searched again in the next type."""
    keys, unsure = search.settle()
    side = search.queries
    for rows in torch.split(unsure, block) if len(unsure) else ():
        queries = _Side(side.vectors[rows], side.centre, side.norms[rows], side.losses[rows])
        again = _Search(queries, search.base, search.k, types[0])
        _scan(again, None, block)
        keys[rows] = _settled(again, block, types[1:])
    return keys


def _slack(queries: _Side, base: _Side, dtype: torch.dtype) -> Tensor:
    """Twice the most that a query's products can be off: [N]; their own rounding to bf16 is not in it.

    Source: Higham, Accuracy and Stability, section 3.1: |fl(xy) - xy| <= n u |x||y| for any order of summation; what
    bf16 takes from vectors by Cauchy-Schwarz; a term for products too small for float32, one for the result's rounding.
    """
    low, width = dtype == torch.bfloat16, queries.vectors.shape[1]
    c, d = queries.centre.double().norm(), base.centre.double().norm()
    long_x, long_y = queries.norms + c, base.norms.max() + d
    if max(long_x.max(), long_y, long_x.max() * long_y) > LARGEST:
        raise ValueError("the inner products may overflow float32; normalise the vectors")
    if dtype == torch.float64:
        return torch.zeros_like(queries.norms, dtype=torch.float32)
    x, y = (queries.norms, base.norms.max()) if low else (long_x, long_y)
    lost, most, shift = (low * one for one in (queries.losses, base.losses.max(), x * d + y * c))
    unit = (width + 16) * (2**-23 if low else 2**-24)  # bf16 units may truncate their sums
    summing = unit * ((x + lost) * (y + most) + 2 * shift) + 2**-16 * shift
    tiny = width * 2**-125 * (1 + x + y)
    error = lost * (y + most) + x * most + summing + tiny + 2**-23 * long_x * long_y
    return torch.mul(error, 2.05).float()


def _products(x: Tensor, y: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Inner products of pairs of rows: summed in float64, rounded to float32."""
    step = PART if x.device.type == "cpu" else PART << 10
    pairs = zip(torch.split(rows, step), torch.split(columns, step), strict=True)
    products = [x.index_select(0, i).double().mul_(y.index_select(0, j).double()).sum(1) for i, j in pairs]
    return torch.cat(products).float()


def _encode(scores: Tensor, columns: Tensor) -> Tensor:
    """One int64 a pair whose order is that of the scores and, of equal scores, the reverse of the columns'."""
    bits = (scores + 0.0).view(torch.int32)  # adding 0 makes -0 equal to 0
    ordered = bits ^ ((bits >> 31) & 0x7FFFFFFF)  # negative floats descend as integers
    return (ordered.long() << 32) | (0xFFFFFFFF - columns)


def _decode(keys: Tensor) -> tuple[Tensor, Tensor]:
    """Scores and columns of keys."""
    ordered = (keys >> 32).int()
    return (ordered ^ ((ordered >> 31) & 0x7FFFFFFF)).view(torch.float32), 0xFFFFFFFF - (keys & 0xFFFFFFFF)


def _types(precision: str, device: torch.device) -> list[torch.dtype]:
    """Types of the products, one search after the other; only those whose error is bounded under PyTorch's settings."""
    gpu, cuda, cpu = device.type == "cuda", torch.backends.cuda.matmul, getattr(torch.backends.mkldnn, "matmul", None)
    kept = getattr(cuda if gpu else cpu, "fp32_precision", None) or torch.get_float32_matmul_precision()  # up to 2.8
    if kept not in ("none", "ieee", "highest"):
        return [torch.float64]
    low = precision == "bf16" and not (gpu and cuda.allow_bf16_reduced_precision_reduction)
    return [torch.bfloat16] * low + [torch.float32, torch.float64]

"""The units of sentences that are matched, sub-words or words, gathered from packed vectors into padded batches.

Shapes: P sub-words of all texts, B sentences of a group, S units (as padded), H hidden size.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Self

import torch
from torch import Tensor

from vecocli.encoder.buckets import pad
from vecocli.encoder.passes import pool_units

Unit = Literal["subword", "word"]
MOST_ENTRIES = 1 << 20  # of the similarities of a group: 4 MB


class Side(NamedTuple):
    """One sentence of a pair.

    Args:
        start: Its first row in the packed vectors.
        units: For each of its sub-words the unit that it is part of, -1 for none.
        words: For each unit the word that it belongs to, -1 for none.
    """

    start: int
    units: list[int]
    words: list[int]


def side_of(owners: Sequence[int], start: int, unit: Unit) -> Side:
    """Name the units of a sentence; words without a sub-word are no units.

    Args:
        owners: Index of the word of each sub-word, -1 for none.
        start: Its first row in the packed vectors.
        unit: Every sub-word by itself, or words.
    """
    if unit == "subword":
        return Side(start, list(range(len(owners))), list(owners))
    words = sorted(set(owners) - {-1})
    number = {word: index for index, word in enumerate(words)} | {-1: -1}
    return Side(start, [number[owner] for owner in owners], words)


def groups(sizes: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Group pairs of like size, largest first, so that little is padded; pairs without a unit on a side are left out.

    Args:
        sizes: (source units, target units) of each pair.

    Yields:
        Indices of the pairs of a group.
    """
    order = sorted((row for row, size in enumerate(sizes) if min(size)), key=lambda row: (max(sizes[row]), sizes[row]))
    rows: list[int] = []
    width = height = 0
    for row in reversed(order):
        width, height = max(width, sizes[row][0]), max(height, sizes[row][1])
        if rows and (len(rows) + 1) * width * height > MOST_ENTRIES:
            yield rows
            rows, (width, height) = [], sizes[row]
        rows.append(row)
    if rows:
        yield rows


@dataclass(frozen=True, slots=True)
class Units:
    """One side of a group of pairs.

    Args:
        rows: [B, sub-words] int64 row in the packed vectors; 0 at padding.
        units: [B, sub-words] int64 unit of each sub-word, -1 for none and at padding.
        words: [B, S] int64 word of each unit, -1 for none and at padding.
        mask: [B, S] bool, true at units.
    """

    rows: Tensor
    units: Tensor
    words: Tensor
    mask: Tensor

    @classmethod
    def of(cls, sides: Sequence[Side], device: torch.device) -> Self:
        """Pad the sides of a group."""
        rows = pad([range(side.start, side.start + len(side.units)) for side in sides], 0)
        words = pad([side.words for side in sides], -1)
        sizes = torch.tensor([len(side.words) for side in sides])
        mask = torch.arange(words.shape[1]) < sizes.unsqueeze(1)
        units = pad([side.units for side in sides], -1)
        return cls(rows.to(device), units.to(device), words.to(device), mask.to(device))

    def gather(self, vectors: Tensor) -> Tensor:
        """The vectors [B, S, H] of the units, means of their sub-words, from those of all sub-words [P, H]."""
        states = vectors[self.rows]
        count = self.words.shape[1]
        if torch.equal(self.units, torch.arange(count, device=vectors.device).where(self.mask, -1)):
            return states  # every sub-word is a unit
        return pool_units(states, self.units, count, "mean")

    def spread(self, words: Tensor, dim: int) -> Tensor:
        """Repeat a table over words for the units: entry i of the result is that of unit i's word; none: the last one.

        Args:
            words: [B, words + 1, ...] or [B, ..., words + 1].
            dim: Where the words are, 1 or 2.
        """
        index = self.words.where(self.words >= 0, words.shape[dim] - 1)
        shape = list(words.shape)
        shape[dim] = index.shape[1]
        return words.gather(dim, index.unsqueeze(3 - dim).expand(shape))

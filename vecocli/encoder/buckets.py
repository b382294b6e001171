"""Rows of any length -> padded inputs with little padding: rows of like length stand together.

Shapes: R rows of a bucket, S sub-words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from vecocli.encoder.encoder import Inputs
from vecocli.encoder.tokens import TextTokenizer

PADDING = 0.1  # most padding in a bucket, as a share of its places
SMALL = 256  # places; a smaller bucket is not worth a pass of its own, whatever its padding
ON_CPU = 2048  # places in a bucket: larger ones no longer fit into a processor's cache


@dataclass(frozen=True, slots=True)
class Row:
    """One input of a model.

    Args:
        ids: Vocabulary ids, special tokens included.
        labels: Id to predict at each position, -100 for none; None where nothing is predicted.
        types: Segment id of each position; None where the model has none.
        units: Unit at each position, -1 for none; None where no unit is read.
    """

    ids: Sequence[int]
    labels: Sequence[int] | None = None
    types: Sequence[int] | None = None
    units: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """Rows of like length.

    Args:
        inputs: [R, S].
        rows: [R] int64, which rows they are.
        units: [R, S] int64 unit at each position, -1 for none; None where no unit is read.
    """

    inputs: Inputs
    rows: Tensor
    units: Tensor | None = None

    def to(self, device: torch.device) -> "Bucket":
        """Copy to a device."""
        units = None if self.units is None else self.units.to(device)
        return replace(self, inputs=self.inputs.to(device), rows=self.rows.to(device), units=units)


def bucketed(rows: Sequence[Row], pad_id: int, places: int) -> tuple[Bucket, ...]:
    """Pad rows, those of like length together.

    Args:
        rows: Inputs of one pass; all have labels or none has, and so on.
        pad_id: What fills up ids.
        places: Most positions in a bucket, padding included; a longer row stands alone.
    """
    return tuple(_bucket([rows[at] for at in chosen], chosen, pad_id) for chosen in grouped(rows, places))


def grouped(rows: Sequence[Row], places: int) -> list[list[int]]:
    """Group rows by length, the longest first.

    A group ends where another row would bring it over `places`, or its padding over a tenth of what it holds.
    """
    groups: list[list[int]] = []
    held = 0
    for at in sorted(range(len(rows)), key=lambda at: len(rows[at].ids), reverse=True):
        width = len(rows[groups[-1][0]].ids) if groups else 0
        size = (len(groups[-1]) + 1) * width if groups else 0
        wasted = size - held - len(rows[at].ids)
        if not groups or size > places or (size - width >= SMALL and wasted > PADDING * size):
            groups.append([])
            held = 0
        groups[-1].append(at)
        held += len(rows[at].ids)
    return groups


def frame(tokens: TextTokenizer, rows: Sequence[Sequence[int]]) -> Inputs:
    """Frame sentences of sub-word ids with special tokens and pad them to the longest."""
    return stacked([Row(tokens.single(row)) for row in rows], tokens.pad_id)


def stacked(rows: Sequence[Row], pad_id: int) -> Inputs:
    """Pad rows to the longest of them."""
    return _bucket(rows, range(len(rows)), pad_id).inputs


def pad(rows: Sequence[Sequence[int]], value: int) -> Tensor:
    """Stack rows of integers into [rows, longest] int64, filled up with `value`."""
    width = max(map(len, rows), default=0)
    return torch.tensor([[*row, *[value] * (width - len(row))] for row in rows], dtype=torch.int64)


def _bucket(rows: Sequence[Row], places: Sequence[int], pad_id: int) -> Bucket:
    ids = pad([row.ids for row in rows], pad_id)
    lengths = torch.tensor([len(row.ids) for row in rows])
    inputs = Inputs(
        ids,
        torch.arange(ids.shape[1]) < lengths.unsqueeze(1),
        _padded([row.types for row in rows], 0),
        _padded([row.labels for row in rows], -100),
    )
    return Bucket(inputs, torch.tensor(places), _padded([row.units for row in rows], -1))


def _padded(columns: Sequence[Sequence[int] | None], value: int) -> Tensor | None:
    known = [column for column in columns if column is not None]
    return pad(known, value) if known else None

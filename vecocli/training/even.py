"""As many forward passes on every process: sharded weights are put together by all processes at once.

A process that has fewer runs the others' number with idle ones: a row that it has anyway, which then counts nowhere.
"""

from collections.abc import Sequence
from dataclasses import replace

import torch

from vecocli.encoder.batches import AlignedBatch, Pass
from vecocli.encoder.buckets import Bucket
from vecocli.training.gather import most

IDLE = 2**62  # number of a row that is none of the batch's; it is sorted behind them


def even(batches: Sequence[Sequence[AlignedBatch]]) -> list[list[AlignedBatch]]:
    """Fill up this process's share of a step to the number of parts and buckets that any process has.

    Args:
        batches: The step's contrastive batches, in parts of one pass each; all on one device. Their number and the
            kinds of passes are the same on all processes.
    """
    device = batches[0][0].forms.device
    counts = most(torch.tensor([len(parts) for parts in batches], device=device)).tolist()
    filled = [[*parts, *[_idle(parts[0])] * (count - len(parts))] for parts, count in zip(batches, counts, strict=True)]
    every = [part for parts in filled for part in parts]
    own = [[len(part.passes[name]) for name in sorted(part.passes)] for part in every]
    wanted = iter(most(torch.tensor(own, device=device)).tolist())
    return [[_filled(part, next(wanted)) for part in parts] for parts in filled]


def _filled(part: AlignedBatch, wanted: Sequence[int]) -> AlignedBatch:
    """Add idle buckets up to a number for each kind of pass, by its name's place."""
    passes: dict[Pass, tuple[Bucket, ...]] = {}
    for name, count in zip(sorted(part.passes), wanted, strict=True):
        buckets = part.passes[name]
        passes[name] = (*buckets, *[_idle_bucket(buckets[-1])] * (count - len(buckets)))
    return replace(part, passes=passes)


def _idle(part: AlignedBatch) -> AlignedBatch:
    """A part of no pair."""
    return AlignedBatch(
        forms=part.forms[:0],
        sentences=part.sentences[:0],
        links=part.links[:0],
        passes={name: (_idle_bucket(buckets[-1]),) for name, buckets in part.passes.items()},
    )


def _idle_bucket(bucket: Bucket) -> Bucket:
    """One row of a bucket, of which nothing is predicted."""
    inputs = bucket.inputs
    labels = None if inputs.labels is None else torch.full_like(inputs.labels[:1], -100)
    types = None if inputs.types is None else inputs.types[:1]
    row = replace(inputs, ids=inputs.ids[:1], mask=inputs.mask[:1], types=types, labels=labels)
    units = None if bucket.units is None else bucket.units[:1]
    return Bucket(row, torch.full_like(bucket.rows[:1], IDLE), units)

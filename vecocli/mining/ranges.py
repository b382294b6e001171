"""Integer arrays: the small operations by which a whole block of sentences is handled at once."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def spread_out(starts: Integers, counts: Integers) -> tuple[Integers, Integers]:
    """Write out many ranges of integers one after the other.

    Args:
        starts: [N] first member of each range.
        counts: [N] its length, 0 for none.

    Returns:
        ([M] the range that each member is of, [M] the members), M = the sum of the counts.
    """
    if len(counts) and counts.min() == 1 == counts.max():
        return np.arange(len(starts)), starts
    owners = np.repeat(np.arange(len(starts)), counts)
    before = np.cumsum(counts) - counts
    return owners, np.arange(len(owners)) + (starts - before)[owners]


def first_places(counts: Integers) -> Integers:
    """Return where each of consecutive groups of these sizes begins, and where the last ends: [N + 1]."""
    return np.concatenate(([0], np.cumsum(counts)))


def runs(weights: Integers, most: int) -> Iterator[tuple[int, int]]:
    """Part N things into runs [begin, end) whose weights add up to `most`, or to more for a single thing.

    Args:
        weights: [N] weight of each thing.
        most: Weight of a run.
    """
    sums = first_places(weights)
    begin = 0
    while begin == 0 or begin < len(weights):
        end = int(np.searchsorted(sums, sums[begin] + most, side="right")) - 1
        end = max(begin + 1, end)
        yield begin, end
        begin = end

"""Cuts sequences that are longer than the encoder takes into overlapping windows."""

from collections.abc import Iterator
from typing import NamedTuple


class Window(NamedTuple):
    """A stretch of a longer sequence that is encoded by itself.

    Args:
        start: Its first position.
        end: The position after its last.
        keep_start: First position whose state is taken from this window.
        keep_end: The position after the last one.
    """

    start: int
    end: int
    keep_start: int
    keep_end: int


def windows(length: int, room: int) -> Iterator[Window]:
    """Cover a sequence by windows; a longer one than fits by windows that overlap by half.

    Every position is taken from the window in which it stands farthest from an edge, so that each keeps at least a
    quarter of a window of context on either side, where the sequence has as much.

    Args:
        length: Length of the sequence; an empty one has no window.
        room: Most positions a window may have, at least 2.

    Source: this project's choice, after how question answering reads long documents (Devlin et al., arXiv 1810.04805).
    """
    kept, stride = 0, room // 2
    for first in range(0, max(1, length - room + stride), stride):
        end = min(first + room, length)
        start = max(0, end - room)  # the last window is as long as the others
        keep_end = length if end == length else end - (room - stride) // 2
        if kept < keep_end:
            yield Window(start, end, kept, keep_end)
        kept = keep_end

"""Dictionary formats: each file of this folder reads one, and its name is the format's name on the command line."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol


class Entry(NamedTuple):
    """One line of a dictionary, as written: a word or phrase, its translation and who says so."""

    source: str
    target: str
    names: tuple[str, ...] = ()


class DictionaryFormat(Protocol):
    """What a file in this folder offers."""

    def likeness(self, head: Sequence[str]) -> float:
        """Return the share (0 to 1) of a file's first lines, none of them blank, that look like this format."""
        ...

    def entries(self, lines: Iterable[str], path: Path) -> Iterator[Entry]:
        """Read a dictionary's lines, without their line ends.

        Raises:
            DataError: A line that does not follow the format; says file and line.
        """
        ...

"""MUSE's plain text: one word, one space or tab, one word; blank lines are passed over.

Source: the ground-truth dictionaries of github.com/facebookresearch/MUSE.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from vecocli.errors import DataError
from vecocli.text.files import read_lines
from vecocli.text.formats import Content, Entry, Pair

LINE = re.compile(r"(\S+)[ \t](\S+)")


def likeness(head: Sequence[str], path: Path) -> float:
    """Tell by the share of lines that are two words and a space.

    Two words and a tab are left to the format `tsv`: it reads them alike, and the file's later phrases too.
    """
    return sum("\t" not in line and LINE.fullmatch(line.strip()) is not None for line in head) / max(len(head), 1)


def read(path: Path, pair: Pair) -> Content:
    """Open a file; its languages are taken to be those asked for."""
    return Content(entries(read_lines(path), path))


def entries(lines: Iterable[str], path: Path) -> Iterator[Entry]:
    """Read a dictionary's lines.

    Args:
        lines: Lines without their line ends.
        path: The file, for messages.

    Raises:
        DataError: A line that is not two words with one space or tab between them.
    """
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if not stripped:
            continue
        found = LINE.fullmatch(stripped)
        if found is None:
            raise DataError(
                f"not one word and its translation: {line[:80]!r}",
                "A MUSE line is two words with one space or tab between them; phrases need the format tsv.",
                path=path,
                line=number,
            )
        yield Entry(found[1], found[2])

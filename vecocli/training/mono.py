"""Monolingual text with random access: one sentence a line, one corpus a file, held compactly in memory."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np
import pyarrow as pa

from vecocli.errors import DataError
from vecocli.text.files import read_lines

_CHUNK = 65536


class MonoText:
    """The non-empty lines of text files, numbered from 0 in the order of the files.

    Args:
        paths: Files of any compression; each is a corpus of its own.

    Attributes:
        sizes: Lines of each file.

    Raises:
        DataError: A file is missing, damaged or not UTF-8, or there is no text at all.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        files = [pa.chunked_array(list(_chunks(path)), pa.large_string()) for path in paths]
        self.sizes = tuple(map(len, files))
        self._starts = np.array(list(accumulate(self.sizes, initial=0)))
        self._lines = pa.chunked_array([chunk for file in files for chunk in file.chunks], pa.large_string())
        if not len(self):
            raise DataError("no text in the monolingual files", "Give one sentence a line.", path=paths[0])

    def __len__(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def __getitem__(self, row: int) -> str:
        """Return one line."""
        line: str = self._lines[row].as_py()
        return line

    def __iter__(self) -> Iterator[str]:
        """Go over the lines in order."""
        return (line.as_py() for line in self._lines)

    def numbers(self, files: np.ndarray, rows: np.ndarray) -> list[int]:
        """Return the numbers of lines that are known by file and place in it.

        Args:
            files: Places in `sizes`, [lines].
            rows: Line inside the file, 0 to its size - 1, [lines].
        """
        numbers: list[int] = (self._starts[files] + rows).tolist()
        return numbers


def _chunks(path: Path) -> Iterator[pa.Array]:
    """Yield a file's non-empty lines, many at a time."""
    rows: list[str] = []
    for line in read_lines(path):
        if line.strip():
            rows.append(line)
        if len(rows) == _CHUNK:
            yield pa.array(rows, pa.large_string())
            rows = []
    yield pa.array(rows, pa.large_string())

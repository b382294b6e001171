"""Monolingual text with random access: one sentence a line, held compactly in memory."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from vecocli.errors import DataError
from vecocli.text.files import read_lines

_CHUNK = 65536


class MonoText:
    """The non-empty lines of text files, in order.

    Args:
        paths: Files of any compression.

    Raises:
        DataError: A file is missing, damaged or not UTF-8, or there is no text at all.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        chunks: list[pa.Array] = []
        rows: list[str] = []
        for line in (line for path in paths for line in read_lines(path)):
            if line.strip():
                rows.append(line)
            if len(rows) == _CHUNK:
                chunks.append(pa.array(rows, pa.large_string()))
                rows = []
        self._lines = pa.chunked_array([*chunks, pa.array(rows, pa.large_string())])
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

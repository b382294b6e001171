"""Tab-separated dictionaries: `word<TAB>translation` with an optional third column `name,name` of sources.

Words and translations may be phrases of several words. Blank lines are passed over.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from vecocli.errors import DataError
from vecocli.text.formats import Entry

HINT = "A line is `word<TAB>translation` or `word<TAB>translation<TAB>sources`."


def likeness(head: Sequence[str]) -> float:
    """Return the share of a file's first lines that have two or three columns."""
    return sum(line.count("\t") in (1, 2) for line in head) / max(len(head), 1)


def entries(lines: Iterable[str], path: Path) -> Iterator[Entry]:
    """Read a dictionary's lines.

    Args:
        lines: Lines without their line ends.
        path: The file, for messages.

    Raises:
        DataError: A line without exactly two or three columns, or with an empty word or translation.
    """
    for number, line in enumerate(lines, 1):
        columns = [column.strip() for column in line.split("\t")]
        if columns == [""]:
            continue
        if len(columns) not in (2, 3):
            what = f"{len(columns)} column{'s' * (len(columns) > 1)}"
            raise DataError(f"a dictionary line with {what}: {line[:80]!r}", HINT, path=path, line=number)
        if not columns[0] or not columns[1]:
            raise DataError(f"a word without its translation: {line[:80]!r}", HINT, path=path, line=number)
        names = columns[2].split(",") if len(columns) == 3 else ()
        yield Entry(columns[0], columns[1], tuple(name.strip() for name in names if name.strip()))

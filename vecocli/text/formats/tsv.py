"""Tab-separated dictionaries: `word<TAB>translation` with an optional third column `name,name` of sources.

Words and translations may be phrases of several words. Blank lines are passed over.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from vecocli.errors import DataError
from vecocli.text.files import read_lines
from vecocli.text.formats import Content, Entry, Pair

HINT = "A line is `word<TAB>translation` or `word<TAB>translation<TAB>sources`."
SURE = 0.9  # tables with a shape of their own go first


def likeness(head: Sequence[str], path: Path) -> float:
    """Tell by the share of lines that have two or three columns."""
    return SURE * sum(line.count("\t") in (1, 2) for line in head) / max(len(head), 1)


def read(path: Path, pair: Pair) -> Content:
    """Open a file; its languages are taken to be those asked for."""
    return Content(entries(read_lines(path), path))


def entries(lines: Iterable[str], path: Path) -> Iterator[Entry]:
    """Read a dictionary's lines.

    Args:
        lines: Lines without their line ends.
        path: The file, for messages.

    Raises:
        DataError: A line without exactly two or three columns, or with an empty word or translation.
    """
    listed: dict[str, tuple[str, ...]] = {"": ()}
    for number, line in enumerate(lines, 1):
        columns = line.split("\t")
        if len(columns) == 3:
            source, target, sources = columns
            if sources not in listed:
                listed[sources] = tuple(name.strip() for name in sources.split(",") if name.strip())
        elif len(columns) == 2:
            (source, target), sources = columns, ""
        elif line.strip():
            what = f"{len(columns)} column{'s' * (len(columns) > 1)}"
            raise DataError(f"a dictionary line with {what}: {line[:80]!r}", HINT, path=path, line=number)
        else:
            continue
        source, target = source.strip(), target.strip()
        if source and target:
            yield Entry(source, target, listed[sources])
        elif line.strip():
            raise DataError(f"a word without its translation: {line[:80]!r}", HINT, path=path, line=number)

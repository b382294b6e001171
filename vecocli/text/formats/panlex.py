"""PanLex as tab-separated tables; a language variety is a code such as `eng-000`.

Two kinds are read, told by the first line:

- meanings, with a header line that names at least the columns `txt`, `meaning` and `langvar_uid`: a row is an
  expression with the id of a meaning; expressions of the same meaning are translations of each other, in one file or in
  several (`id langvar txt txt_degr meaning langvar_uid`, a file a language, is how the database is re-published);
- translations, without a header: `eng-000<TAB>word<TAB>deu-000<TAB>Wort`, optionally a fifth column, a score, not used.

All varieties of a language count as that language.

Source: the PanLex data model (dev.panlex.org/database-design); which columns are read is this project's choice.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from vecocli.errors import DataError
from vecocli.text.files import read_lines
from vecocli.text.formats import Content, Entry, Pair, Word
from vecocli.text.languages import known

VARIETY = r"[a-z]{3}-\d{3}"
ROW = re.compile(rf"({VARIETY})\t([^\t]+)\t({VARIETY})\t([^\t]+)(?:\t[-+.\de]*)?")
COLUMNS = ("txt", "meaning", "langvar_uid")
MEANINGS_HINT = f"A row has as many columns as the header line, which names {', '.join(COLUMNS)}."
TRANSLATIONS_HINT = "A row is `eng-000<TAB>word<TAB>deu-000<TAB>Wort`, a fifth column may hold a score."


def likeness(head: Sequence[str], path: Path) -> float:
    """Tell by the header line or by the share of rows with two varieties."""
    if head and _header(head[0]) is not None:
        return 1.0
    return sum(ROW.fullmatch(line) is not None for line in head) / max(len(head), 1)


def read(path: Path, pair: Pair) -> Content:
    """Open a file of either kind; rows of other languages are passed over."""
    lines = iter(read_lines(path))
    first = next(lines)
    header = _header(first)
    if header is None:
        return Content(entries(chain([first], lines), path, pair), languages=pair)
    return Content(words=words(lines, path, pair, header))


def words(lines: Iterable[str], path: Path, pair: Pair, header: Sequence[str]) -> Iterator[Word]:
    """Read the rows of a table of meanings.

    Args:
        lines: The rows after the header line.
        path: The file, for messages.
        pair: The languages to read.
        header: Names of the columns.

    Raises:
        DataError: A row with more or fewer columns than the header.
    """
    text, meaning, variety = map(header.index, COLUMNS)
    for number, line in enumerate(lines, 2):
        columns = line.split("\t")
        if len(columns) != len(header):
            message = f"{len(columns)} columns, not {len(header)}: {line[:80]!r}"
            raise DataError(message, MEANINGS_HINT, path=path, line=number)
        language = _language(columns[variety], pair)
        if language:
            yield Word(language, columns[meaning], columns[text])


def entries(lines: Iterable[str], path: Path, pair: Pair) -> Iterator[Entry]:
    """Read the rows of a table of translations, in both directions.

    Args:
        lines: All lines, without their line ends.
        path: The file, for messages.
        pair: The languages to read.

    Raises:
        DataError: A row that is not two varieties with their expressions.
    """
    for number, line in enumerate(lines, 1):
        match = ROW.fullmatch(line)
        if match is None:
            if not line.strip():
                continue
            raise DataError(f"not a translation: {line[:80]!r}", TRANSLATIONS_HINT, path=path, line=number)
        sides = _language(match[1], pair), _language(match[3], pair)
        if sides == pair:
            yield Entry(match[2], match[4])
        elif sides == pair[::-1]:
            yield Entry(match[4], match[2])


def _header(line: str) -> list[str] | None:
    """Return the names of the columns if a line is the header of a table of meanings."""
    columns = line.split("\t")
    return columns if set(COLUMNS) <= set(columns) else None


def _language(variety: str, pair: Pair) -> str | None:
    """Return the language of a variety if it is one of two."""
    code = known(variety[:3])
    return code if code in pair else None

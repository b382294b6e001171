"""Open Multilingual Wordnet's tab files: `synset<TAB>language:lemma<TAB>word`, one language a file.

The first line is `# name<TAB>language<TAB>address<TAB>licence`. Words of two files with the same synset are
translations of each other. Definitions, examples and other rows are passed over; `_` between words is a space.

Source: omwn.org (Bond and Paik 2012; Bond and Foster 2013).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from vecocli.errors import DataError
from vecocli.text.files import read_lines
from vecocli.text.formats import Content, Pair, Word
from vecocli.text.languages import known

HINT = "A line is `synset<TAB>language:lemma<TAB>word`; the first names the wordnet, its language and its licence."
ROW = re.compile(r"\d{8}-[a-z]\t(?:[a-z]{2,3}(?:-\w+)*:)?\w+\t")


def likeness(head: Sequence[str], path: Path) -> float:
    """Tell by the share of rows that begin with a synset."""
    rows = [line for line in head if not line.startswith("#")]
    return sum(ROW.match(line) is not None for line in rows) / max(len(rows), 1)


def read(path: Path, pair: Pair) -> Content:
    """Open a file and read its first line."""
    lines = iter(read_lines(path))
    first = next(lines)
    header = [column.strip() for column in first.removeprefix("#").split("\t")] if first.startswith("#") else []
    language = known(header[1]) if len(header) > 1 else None
    return Content(words=words(chain([first], lines), path, language), licence=" ".join(header[3:]))


def words(lines: Iterable[str], path: Path, language: str | None) -> Iterator[Word]:
    """Read the lemmas of a file.

    Args:
        lines: All lines, without their line ends.
        path: The file, for messages.
        language: Language of rows that do not name their own.

    Raises:
        DataError: A row of fewer than three columns, or of no known language.
    """
    languages = {"": language}
    for number, line in enumerate(lines, 1):
        if line.startswith("#") or not line.strip():
            continue
        columns = line.split("\t")
        if len(columns) < 3:
            raise DataError(f"a wordnet row of {len(columns)} columns: {line[:80]!r}", HINT, path=path, line=number)
        code, _, kind = columns[1].rpartition(":")
        if kind != "lemma":
            continue
        if code not in languages:
            languages[code] = known(code)
        spoken = languages[code]
        if spoken is None:
            raise DataError(f"a lemma of no known language: {line[:80]!r}", HINT, path=path, line=number)
        yield Word(spoken, columns[0], columns[2].replace("_", " ").strip())

"""Pairs of texts and their class: XNLI and PAWS-X, as XTREME writes them and as their makers ship them.

XTREME's files have no header: first TAB second TAB label, and no label in its test files. Its CSV writer puts a text
with a quote between quotes and doubles those inside; other copies leave quotes alone. Each field is judged by itself,
and a quote never reaches past its line:

    "He said ""yes"" twice."    quoted: He said "yes" twice.
    "Yes", he said.             as it stands
    "Yes."                      as it stands: the writer quotes no text without a quote; but unquoted where the whole
                                row is between quotes, as writers that quote everything do

The makers' tables have a header and raw text; a JSON file has one row a line. Texts lose the spaces around them, as in
XTREME's script. Rows with `NS`, which stands in PAWS-X for a sentence that was not translated, are kept, as XTREME
does, so that rows stay aligned across languages; the name of the layout says how many there are.

Source: the layouts are those of XTREME's scripts (google-research/xtreme), XNLI 1.0, MultiNLI 1.0 and PAWS-X; `NS` is
issue 15 of google-research-datasets/paws; how quotes are judged is this project's choice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from vecocli.errors import DataError, MissingError
from vecocli.text.files import read_lines
from vecocli.xtreme.data import Found, Split, TextPair
from vecocli.xtreme.formats.json_data import decode
from vecocli.xtreme.formats.layouts import ENDINGS, Layout, described, find, within

NOT_TRANSLATED = "NS"
NO_LABEL = "-"  # of a row on which the annotators of a maker's file do not agree


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of a table with a header, or keys of JSON lines.

    Args:
        first: Of the first text.
        second: Of the second text.
        label: Of the class.
        language: Of the row's language; empty where a file holds one language.
    """

    first: str = "sentence1"
    second: str = "sentence2"
    label: str = "label"
    language: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Those that must be there."""
        return tuple(filter(None, (self.first, self.second, self.label, self.language)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLayout(Layout):
    """A layout of text pairs.

    Args:
        columns: Of a maker's table, or of JSON lines if the file's name ends with `.jsonl`; None for XTREME's files,
            which have no header.
    """

    columns: Columns | None = None


class _Row(NamedTuple):
    line: int
    first: str
    second: str
    label: str | None


def read_pairs(
    folder: Path,
    language: str,
    split: Split,
    *,
    task: str,
    labels: Sequence[str],
    layouts: Sequence[PairLayout],
    source: str,
    renamed: Mapping[str, str] | None = None,
) -> Found[TextPair]:
    """Read the text pairs of a language.

    Args:
        folder: XTREME's download folder or the task's own.
        language: Canonical code.
        split: Which part of the data; `test` may lack labels.
        task: The task's name, which is that of its sub-folder.
        labels: The task's classes.
        layouts: Tried in turn.
        source: Where to get the files, as a sentence.
        renamed: Other names of classes in the files.

    Raises:
        DataError: A malformed row or an unknown label, with its line.
        MissingError: The files are not there, or lack the language.
    """
    layout, paths = find(folder, language, split, task=task, layouts=layouts, source=source)
    rows = [(path, row) for path in paths for row in _rows(path, layout.columns, language, split)]
    agreed = [(path, row) for path, row in rows if layout.columns is None or row.label != NO_LABEL]
    pairs = tuple(_pair(path, row, labels, renamed or {}) for path, row in agreed)
    if not pairs:
        raise MissingError(f"{paths[0]} has no row for {language}", source)
    untranslated = sum(NOT_TRANSLATED in (pair.first, pair.second) for pair in pairs)
    odd = {f"rows with {NOT_TRANSLATED}": untranslated, "rows without a label left out": len(rows) - len(pairs)}
    return Found(pairs, within(folder, paths), described(layout, odd))


def _pair(path: Path, row: _Row, labels: Sequence[str], renamed: Mapping[str, str]) -> TextPair:
    label = row.label if row.label is None else renamed.get(row.label, row.label)
    if label is not None and label not in labels:
        message = f"{label[:80]!r} is not a label of the task"
        raise DataError(message, f"Labels are {', '.join(labels)}.", path=path, line=row.line)
    return TextPair(row.first.strip(), row.second.strip(), label)


def _rows(path: Path, columns: Columns | None, language: str, split: Split) -> Iterator[_Row]:
    if columns is None:
        return _plain_rows(path, split)
    if any(path.name.endswith(f".jsonl{ending}") for ending in ENDINGS):
        table = _json_rows(path, columns)
    else:
        table = _table_rows(path, columns)
    return (row for spoken, row in table if spoken in ("", language))


def _plain_rows(path: Path, split: Split) -> Iterator[_Row]:
    """Read a file without a header; one that has it all the same loses it."""
    width = 0
    for number, line in _numbered(path):
        cells = _unquoted(line.split("\t"))
        width = width or (2 if split == "test" and len(cells) == 2 else 3)
        if len(cells) != width:
            message = f"{len(cells)} instead of {width} fields"
            raise DataError(message, "A row is: first text, TAB, second text, TAB, label.", path=path, line=number)
        if number > 1 or cells[:2] != ["sentence1", "sentence2"]:
            yield _Row(number, cells[0], cells[1], cells[2].strip() if width == 3 else None)


def _table_rows(path: Path, columns: Columns) -> Iterator[tuple[str, _Row]]:
    """Read a table with a header: each row and its language, empty where the table does not say."""
    lines = _numbered(path)
    number, line = next(lines, (1, ""))
    header = [cell.strip() for cell in line.split("\t")]
    if absent := [name for name in columns.names if name not in header]:
        message = f"its header has no column {', '.join(absent)}"
        raise DataError(message, f"It needs {', '.join(columns.names)}.", path=path, line=number)
    places = [header.index(name) for name in columns.names]
    for number, line in lines:
        cells = line.split("\t")
        if not max(places) < len(cells) <= len(header):
            message = f"{len(cells)} instead of {len(header)} fields"
            raise DataError(message, "Each row needs the fields of the header.", path=path, line=number)
        first, second, label, *language = (cells[place] for place in places)
        yield "".join(language).strip(), _Row(number, first, second, label.strip())


def _json_rows(path: Path, columns: Columns) -> Iterator[tuple[str, _Row]]:
    """Read JSON lines: each row and its language, empty where the lines do not say."""
    for number, line in _numbered(path):
        node = decode(line, path, number)
        first, second, label, *language = (node.field(name).text() for name in columns.names)
        yield "".join(language).strip(), _Row(number, first, second, label.strip())


def _numbered(path: Path) -> Iterator[tuple[int, str]]:
    """Number the lines and leave out those that are empty."""
    return ((number, line) for number, line in enumerate(read_lines(path), start=1) if line.strip("\r"))


def _unquoted(cells: list[str]) -> list[str]:
    """Take off a CSV writer's quotes where they are surely its own."""
    inner = [cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else None for cell in cells]
    whole = None not in inner
    return [
        text.replace('""', '"') if text is not None and _doubled(text, whole) else cell
        for cell, text in zip(cells, inner, strict=True)
    ]


def _doubled(text: str, whole: bool) -> bool:
    """Whether a text between quotes has doubled quotes only, and some, unless its whole row is quoted."""
    return '"' not in text.replace('""', "") and (whole or '""' in text)

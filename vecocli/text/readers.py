"""The line formats of a parallel corpus: lines in, (line number, source text, target text) out.

A reader of one file takes its lines, its path (for messages) and, per side, the columns that may hold it, of which the
first that exists counts. Texts are kept as they are. An empty line is an empty pair: numbers never shift.
"""

import json
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from vecocli.errors import DataError
from vecocli.text.files import read_lines
from vecocli.text.unpack import shown

Row = tuple[int, str, str]
Columns = tuple[tuple[int | str, ...], tuple[int | str, ...]]
"""For the source and for the target: where to look for it, by index or by name, in this order."""

BARS = "|||"
MOST_SAID = 500
"""Characters of names of columns that an error lists."""


def moses(source: Path, target: Path) -> Iterator[Row]:
    """Read two files that are aligned line by line.

    Raises:
        DataError: One file has more lines; found at the end, where both counts are known.
    """
    sources, targets = read_lines(source), read_lines(target)
    for number, (left, right) in enumerate(zip_longest(sources, targets), 1):
        if left is None or right is None:
            shorter, longer = number - 1, number + sum(1 for _ in (targets if left is None else sources))
            counts = (shorter, longer) if left is None else (longer, shorter)
            message = f"{shown(source)} has {counts[0]} lines, but {shown(target)} has {counts[1]}"
            raise DataError(message, "Line n of one file must be the translation of line n of the other.")
        yield number, left, right


def fast_align(lines: Iterator[str], path: Path, columns: Columns) -> Iterator[Row]:
    """Read `source ||| target` lines; the one space at each side of the bars may be missing.

    Raises:
        DataError: A line with no bars, or with several.
    """
    for number, line in enumerate(lines, 1):
        parts = line.split(BARS)
        if len(parts) == 2:
            yield number, parts[0].removesuffix(" "), parts[1].removeprefix(" ")
        elif line:
            message = f"{len(parts) - 1} times {BARS!r} in the line, expected once"
            raise DataError(message, "Write each pair as: source ||| target", path=shown(path), line=number)
        else:
            yield number, "", ""


def tsv(lines: Iterator[str], path: Path, columns: Columns) -> Iterator[Row]:
    """Read tab-separated columns, raw: quotes are text. Columns given by name are sought in line 1, the header.

    Raises:
        DataError: A line with too few columns, or a header without a column of that name.
    """
    first, (source, target) = 1, (side[0] for side in columns)
    if isinstance(source, str) or isinstance(target, str):
        header = next(lines).split("\t")
        source, target = (_index(header, column, path) for column in (source, target))
        first = 2
    needed = max(source, target) + 1
    for number, line in enumerate(lines, first):
        fields = line.split("\t", needed)
        if len(fields) >= needed:
            yield number, fields[source], fields[target]
        elif line:
            message = f"{len(fields)} column{'s' * (len(fields) > 1)}, expected at least {needed}"
            hint = "Columns are parted by one tab; which two hold the texts can be chosen."
            raise DataError(message, hint, path=shown(path), line=number)
        else:
            yield number, "", ""


def jsonl(lines: Iterator[str], path: Path, columns: Columns) -> Iterator[Row]:
    """Read one JSON object a line: `{"translation": {"en": …, "de": …}}`, or the two columns at the top.

    Raises:
        DataError: A line that is not such an object; null counts as an empty text.
    """
    for number, line in enumerate(lines, 1):
        if not line:
            yield number, "", ""
            continue
        try:
            row = _json_object(line)
            source, target = (_field(row, names) for names in columns)
        except ValueError as error:
            hint = 'Write one object a line: {"translation": {"en": "…", "de": "…"}} or {"en": "…", "de": "…"}'
            raise DataError(str(error), hint, path=shown(path), line=number) from error
        yield number, source, target


def _index(header: list[str], column: int | str, path: Path) -> int:
    """Find a column of a TSV file by its name in the header."""
    if isinstance(column, int):
        return column
    if column in header:
        return header.index(column)
    raise DataError(
        f"no column is called {column}", f"The header has: {', '.join(header)[:MOST_SAID]}.", path=shown(path), line=1
    )


def _json_object(line: str) -> dict[str, Any]:
    """Parse a line, and step into `translation` where it has one."""
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos + 1}") from error
    except RecursionError as error:
        raise ValueError("not a pair: JSON nested too deep") from error
    if not isinstance(row, dict):
        raise ValueError(f"a JSON {type(row).__name__}, expected an object")
    inner = row.get("translation")
    return inner if isinstance(inner, dict) else row


def _field(row: dict[Any, Any], names: tuple[int | str, ...]) -> str:
    """Take the first of several columns that a row has; it must be text that UTF-8 can write."""
    for name in names:
        if name in row:
            value = row[name]
            if value is None:
                return ""
            if not isinstance(value, str):
                raise ValueError(f"{name!r} is not a text but {json.dumps(value)[:40]}")
            if not value.isascii():
                value.encode()  # a lone surrogate, which only JSON can hold, raises ValueError
            return value
    called = " or ".join(dict.fromkeys(map(str, names)))
    raise ValueError(f"no column is called {called}; the line has: {', '.join(list(row)[:10])[:MOST_SAID]}")

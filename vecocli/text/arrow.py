"""Sentence pairs in Arrow batches: Hugging Face's `translation` column, or two columns of text."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from vecocli.errors import DataError
from vecocli.text.readers import Columns, Row

TRANSLATION = "translation"


def find_columns(schema: Any, columns: Columns, path: Path) -> tuple[str, str]:
    """Name the columns of source and target, with a dot where one is a field of `translation`.

    Args:
        schema: Of Arrow.
        columns: Per side, names or indices of columns, or names of fields of the `translation` column.
        path: For messages.

    Raises:
        DataError: There are no such columns of text.
    """
    source, target = (_find(schema, side, path) for side in columns)
    return source, target


def pairs(batches: Iterable[Any], columns: tuple[str, str], path: Path) -> Iterator[Row]:
    """Take sentence pairs out of Arrow batches or tables; null counts as an empty text.

    Args:
        batches: They have at least the two columns.
        columns: As `find_columns` names them.
        path: For messages.

    Yields:
        Row number from 1, source, target.

    Raises:
        DataError: A text that is not UTF-8.
    """
    done = 0
    for batch in batches:
        source, target = (_texts(batch, column, done, path) for column in columns)
        for left, right in zip(source, target, strict=True):
            done += 1
            yield done, left or "", right or ""


def _find(schema: Any, side: tuple[int | str, ...], path: Path) -> str:
    """Name the column of one side."""
    from pyarrow import types

    columns = {field.name: field.type for field in schema}
    if TRANSLATION in columns and types.is_struct(columns[TRANSLATION]):
        columns |= {f"{TRANSLATION}.{field.name}": field.type for field in columns[TRANSLATION]}
    candidates = [name for wanted in side for name in _names(schema.names, wanted)]
    name = next((name for name in candidates if name in columns), None)
    if name is None:
        message = f"no column is called {' or '.join(dict.fromkeys(map(str, side)))}"
        raise DataError(message, f"It has: {', '.join(columns)}.", path=path)
    kind = columns[name].value_type if types.is_dictionary(columns[name]) else columns[name]
    if not (types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind) or types.is_null(kind)):
        raise DataError(f"column {name!r} holds {kind}, not text", "Choose two columns of text.", path=path)
    return name


def _names(names: list[str], wanted: int | str) -> list[str]:
    """List the columns that an index or a name may mean."""
    if isinstance(wanted, int):
        return names[wanted : wanted + 1]
    return [f"{TRANSLATION}.{wanted}", wanted]


def _texts(batch: Any, name: str, done: int, path: Path) -> list[str | None]:
    """Take one column of a batch; `done` rows came before it."""
    import pyarrow.compute as pc  # here, since it takes longer to load than all else on this floor

    outer, _, inner = name.partition(".")
    column = batch.column(name) if name in batch.schema.names else pc.struct_field(batch.column(outer), inner)
    try:
        texts: list[str | None] = column.to_pylist()
    except UnicodeDecodeError:
        bad = next(index for index, value in enumerate(column) if not _sound(value))
        message = f"row {done + bad + 1}: column {name!r} is not UTF-8"
        raise DataError(message, "Write the column anew as UTF-8 text.", path=path) from None
    return texts


def _sound(value: Any) -> bool:
    """Tell whether a value can be decoded."""
    try:
        value.as_py()
    except UnicodeDecodeError:
        return False
    return True

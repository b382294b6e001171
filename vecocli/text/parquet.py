"""Parallel corpora in Parquet, read in batches: Hugging Face's `translation` column, or two columns of text."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vecocli.errors import DataError
from vecocli.text.readers import Columns, Row

MAGIC = b"PAR1"
BATCH_ROWS = 1024
TRANSLATION = "translation"


def parquet(path: Path, columns: Columns) -> Iterator[Row]:
    """Read a Parquet file; null counts as an empty text.

    Args:
        path: The file.
        columns: Per side, names or indices of columns, or names of fields of the `translation` column.

    Yields:
        Row number from 1, source, target.

    Raises:
        DataError: Not a Parquet file, a damaged one, one without rows, or without such columns of text.
    """
    import pyarrow as pa  # here, since it takes longer to load than all else on this floor
    import pyarrow.parquet as pq

    done = 0
    try:
        with pq.ParquetFile(path) as file:
            source, target = (_find(file.schema_arrow, side, path) for side in columns)
            for batch in file.iter_batches(BATCH_ROWS, columns=[source, target]):
                pairs = zip(_texts(batch, source, done, path), _texts(batch, target, done, path), strict=True)
                for left, right in pairs:
                    done += 1
                    yield done, left or "", right or ""
    except (pa.ArrowException, OSError) as error:
        message = f"row {done + 1} or later cannot be read: {error}" if done else f"not a sound Parquet file: {error}"
        raise DataError(message, "Fetch or make the file again.", path=path) from error
    if not done:
        raise DataError("no rows in it", "Is it the right file?", path=path)


def _find(schema: Any, side: tuple[int | str, ...], path: Path) -> str:
    """Name the column of one side, with a dot where it is a field of `translation`."""
    from pyarrow import types

    columns = {field.name: field.type for field in schema}
    if TRANSLATION in columns and types.is_struct(columns[TRANSLATION]):
        columns |= {f"{TRANSLATION}.{field.name}": field.type for field in columns[TRANSLATION]}
    candidates = [name for wanted in side for name in _names(schema.names, wanted)]
    name = next((name for name in candidates if name in columns), None)
    if name is None:
        message = f"no column is called {' or '.join(dict.fromkeys(map(str, side)))}"
        raise DataError(message, f"The file has: {', '.join(columns)}.", path=path)
    kind = columns[name].value_type if types.is_dictionary(columns[name]) else columns[name]
    if not (types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)):
        raise DataError(f"column {name!r} holds {kind}, not text", "Choose two columns of text.", path=path)
    return name


def _names(names: list[str], wanted: int | str) -> list[str]:
    """List the columns that an index or a name may mean."""
    if isinstance(wanted, int):
        return names[wanted : wanted + 1]
    return [f"{TRANSLATION}.{wanted}", wanted]


def _texts(batch: Any, name: str, done: int, path: Path) -> list[str | None]:
    """Take one column of a batch; `done` rows came before it."""
    import pyarrow.compute as pc

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

"""Parallel corpora in Parquet, read in batches: Hugging Face's `translation` column, or two columns of text."""

from collections.abc import Iterator
from pathlib import Path

from vecocli.errors import DataError
from vecocli.text.arrow import find_columns, pairs
from vecocli.text.readers import Columns, Row

MAGIC = b"PAR1"
BATCH_ROWS = 1024


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
            found = find_columns(file.schema_arrow, columns, path)
            for row in pairs(file.iter_batches(BATCH_ROWS, columns=list(found)), found, path):
                done = row[0]
                yield row
    except (pa.ArrowException, OSError) as error:
        message = f"row {done + 1} or later cannot be read: {error}" if done else f"not a sound Parquet file: {error}"
        raise DataError(message, "Fetch or make the file again.", path=path) from error
    if not done:
        raise DataError("no rows in it", "Is it the right file?", path=path)

"""Text files that may be written compressed."""

import gzip
import io
import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import zstandard

from vecocli.text.files import atomic_write


@contextmanager
def packed_write(path: Path, ending: str) -> Iterator[TextIO]:
    r"""Write UTF-8 text with `\n` line ends, whole or not at all; equal texts give equal bytes.

    Args:
        path: The file.
        ending: `.gz`, `.xz` and `.zst` say how it is compressed; any other, that it is not.

    Raises:
        UsageError: The place cannot be written to.
    """
    with atomic_write(path, "wb") as raw, io.TextIOWrapper(_packed(raw, ending), "utf-8", newline="\n") as stream:
        yield stream


def _packed(raw: BinaryIO, ending: str) -> Any:
    """Return what compresses into a file, or the file."""
    if ending == ".gz":
        return gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0)
    if ending == ".xz":
        return lzma.LZMAFile(raw, "wb")
    if ending == ".zst":
        return zstandard.ZstdCompressor().stream_writer(raw, closefd=False)
    return raw

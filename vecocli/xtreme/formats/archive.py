"""Files inside a tar archive, read as if they lay beside it."""

import lzma
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from vecocli.errors import DataError
from vecocli.text.files import BOM, DAMAGED, NOT_UTF8

ENDINGS = (".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")


def is_archive(path: Path) -> bool:
    """Tell by its name whether a file is a tar archive."""
    return path.name.endswith(ENDINGS)


def member_lines(path: Path, name: str) -> Iterator[str]:
    r"""Read the lines of a file in an archive, as `read_lines` does: they end at `\n` only.

    Args:
        path: A tar archive, plain or compressed with gzip, bzip2 or xz.
        name: The file's own name; the folder it lies in does not matter.

    Raises:
        DataError: A damaged archive, no such file in it, an empty one, or bytes that are not UTF-8.
    """
    data = _member(path, name).removeprefix(BOM)
    shown = path / name
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8: byte 0x{data[error.start]:02x}"
        raise DataError(message, NOT_UTF8, path=shown, line=line) from error
    if not text:
        raise DataError("it is empty", "Fetch the archive again.", path=shown)
    yield from text.removesuffix("\n").replace("\r\n", "\n").split("\n")


def _member(path: Path, name: str) -> bytes:
    """Read the first file of that name."""
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isfile() and PurePosixPath(member.name).name == name:
                    stream = archive.extractfile(member)
                    return stream.read() if stream else b""
    except (tarfile.TarError, OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
        reason = str(error).partition("\n")[0].rstrip(":")  # the first line: what was tried on it follows
        raise DataError(f"damaged archive: {reason}", DAMAGED, path=path) from error
    raise DataError(f"it has no file {name}", "Is it the right archive?", path=path)

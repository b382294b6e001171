"""The bytes of a file or of standard input, unpacked; what compressed them is told by content, not by name."""

import bz2
import lzma
import re
import sys
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import zstandard

from vecocli.errors import DataError

STDIN = "-"
COMPRESSED_BLOCK = 512  # bytes fed at once: they unpack to 16 MB at worst; more at once is no faster
PLAIN_BLOCK = 1 << 18


class DamagedError(Exception):
    """A compressed file that cannot be unpacked to its end."""


class _Decompressor(Protocol):
    """What zlib, bz2, lzma and zstandard have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


def _zstd() -> Any:
    return zstandard.ZstdDecompressor(max_window_size=1 << 31).decompressobj()  # takes files of `zstd --long=31`


_CODECS: list[tuple[re.Pattern[bytes], Callable[[], _Decompressor]]] = [
    (re.compile(rb"\x1f\x8b\x08"), lambda: zlib.decompressobj(wbits=31)),
    (re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"), bz2.BZ2Decompressor),
    (re.compile(rb"\xfd7zXZ\0"), lzma.LZMADecompressor),
    (re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"), _zstd),  # the second is a skippable frame
]
"""First bytes of a compressed file -> what unpacks one member (frame) of it."""


def shown(path: Path | str) -> str:
    """Name a path in messages; `-` is standard input."""
    return "standard input" if str(path) == STDIN else str(path)


def check(path: Path | str) -> None:
    """Fail early on a file that cannot be opened; a pipe is left alone.

    Raises:
        DataError: There is no such file, it is a folder, or it may not be read.
    """
    if str(path) != STDIN and not Path(path).is_fifo():
        with _open(path):
            pass


def blocks(path: Path | str) -> Generator[bytes, None, None]:
    """Read a file's bytes, unpacked if they are gzip, bzip2, xz or zstd, in constant memory.

    Args:
        path: The file, or `-` for standard input.

    Yields:
        Blocks of any size above zero.

    Raises:
        DataError: The file cannot be opened or read.
        DamagedError: Its compression is damaged or cut off; what came before was yielded.
    """
    with _open(path) as stream:
        block = _read(stream, COMPRESSED_BLOCK, path)
        codec = next((codec for magic, codec in _CODECS if magic.match(block)), None)
        if codec is not None:
            yield from _unpack(stream, block, codec)
            return
        while block:
            yield block
            block = _read(stream, PLAIN_BLOCK, path)


def _open(path: Path | str) -> AbstractContextManager[BinaryIO]:
    if str(path) == STDIN:
        if sys.stdin is None:
            raise DataError("it is closed", "Pipe text into the command.", path=shown(path))
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(path).open("rb")
    except FileNotFoundError as error:
        raise DataError("no such file", "Check the path.", path=path) from error
    except IsADirectoryError as error:
        raise DataError("is a folder, not a file", "Name a file in it.", path=path) from error
    except OSError as error:
        raise DataError(f"cannot be opened: {error.strerror}", "Check the file's permissions.", path=path) from error


def _read(stream: BinaryIO, size: int, path: Path | str) -> bytes:
    try:
        return stream.read(size)
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", "Check the place it is kept.", path=shown(path)) from error


def _unpack(stream: BinaryIO, block: bytes, codec: Callable[[], _Decompressor]) -> Iterator[bytes]:
    """Unpack all members of a compressed stream, one after the other; zero bytes between them are padding."""
    try:
        while block:
            member = codec()
            while not member.eof:
                if not block:
                    raise EOFError("the file stops before its end")
                if unpacked := member.decompress(block):
                    yield unpacked
                block = member.unused_data if member.eof else stream.read(COMPRESSED_BLOCK)
            block = _past_padding(stream, block)
    except (EOFError, OSError, zlib.error, lzma.LZMAError, zstandard.ZstdError) as error:
        raise DamagedError(f"damaged compression: {error}") from error


def _past_padding(stream: BinaryIO, block: bytes) -> bytes:
    """Return the bytes after zero or more zero bytes; empty at the end of the stream."""
    while True:
        rest = block.lstrip(b"\0")
        if rest:
            return rest
        block = stream.read(COMPRESSED_BLOCK)
        if not block:
            return block

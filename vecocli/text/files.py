"""Text files: any compression, strict UTF-8, lines numbered; and files that are written whole or not at all."""

import io
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, Literal, TextIO, overload

from vecocli.errors import DataError, UsageError
from vecocli.text.unpack import STDIN, DamagedError, blocks, shown

BOM = b"\xef\xbb\xbf"
NOT_UTF8 = "Convert it, for example: iconv -f latin1 -t utf-8 IN > OUT."
UTF16 = "It looks like UTF-16; convert it: iconv -f utf-16 -t utf-8 IN > OUT."
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
DAMAGED = "Fetch or make the file again; what follows this place is lost."
EMPTY = "Is it the right file, and was it written to its end?"
READ_ONCE = "Pipe text into it; it can be read only once."


def read_lines(path: Path | str) -> Iterator[str]:
    r"""Read a text file line by line, in constant memory.

    Lines end at `\n` only, never at U+2028, U+0085 or a lone `\r`; the `\r` of a `\r\n` goes. Content is else kept as
    it is, but for a byte order mark at the start.

    Args:
        path: A UTF-8 file, plain or compressed (gzip, bzip2, xz, zstd; told by its content), or `-` for standard input.

    Yields:
        Each line without its end; a final `\n` starts no further line.

    Raises:
        DataError: No such file, an empty one, damaged compression or bytes that are not UTF-8, with the line's number.
    """
    done, pending = 0, bytearray()
    try:
        for block in blocks(path):
            cut = block.rfind(b"\n") + 1
            if cut:
                lines = _decode(bytes(pending) + block[:cut], path, done).split("\n")
                lines.pop()  # what follows the last line end: nothing
                yield from lines
                done += len(lines)
                pending.clear()
            pending += block[cut:]
    except DamagedError as damage:
        raise DataError(str(damage), DAMAGED, path=shown(path), line=done + 1) from damage
    last = _decode(bytes(pending), path, done)
    if last:
        yield last
    elif not done:
        raise DataError("it is empty", READ_ONCE if str(path) == STDIN else EMPTY, path=shown(path))


@overload
def atomic_write(path: Path | str, mode: Literal["wb"] = "wb") -> AbstractContextManager[BinaryIO]: ...
@overload
def atomic_write(path: Path | str, mode: Literal["w"]) -> AbstractContextManager[TextIO]: ...
def atomic_write(path: Path | str, mode: Literal["w", "wb"] = "wb") -> AbstractContextManager[IO[Any]]:
    r"""Write a file that appears under its name only when it is complete.

    It is written under a temporary name in the same folder, renamed when the `with` block ends and removed when the
    block fails. A file of that name is replaced.

    Args:
        path: The file; its folder must exist.
        mode: `wb` for bytes, `w` for UTF-8 text with `\n` line ends.

    Raises:
        UsageError: The place cannot be written to.
    """
    return _atomic(Path(path), mode)


@contextmanager
def _atomic(path: Path, mode: str) -> Iterator[IO[Any]]:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        if path.is_dir():
            raise IsADirectoryError(0, "it is a folder")
        stream: IO[Any] = temporary.open("xb")
    except OSError as error:
        hint = "Name a file in a folder you may write to."
        raise UsageError(f"cannot write {path}: {error.strerror}", hint) from error
    try:
        if mode == "w":
            stream = io.TextIOWrapper(stream, encoding="utf-8", newline="\n")
        with stream:
            yield stream
        temporary.replace(path)
    except BaseException:  # also an interrupt: nothing half-written stays
        temporary.unlink(missing_ok=True)
        raise


def _decode(data: bytes, path: Path | str, done: int) -> str:
    """Decode whole lines; `done` lines came before them."""
    data = data if done else data.removeprefix(BOM)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = done + data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        hint = UTF16 if not done and data.startswith(UTF16_MARKS) else NOT_UTF8
        message = f"not UTF-8: byte 0x{data[error.start]:02x} at byte {column} of the line"
        raise DataError(message, hint, path=shown(path), line=line) from error
    return text.replace("\r\n", "\n") if "\r" in text else text

import bz2
import gzip
import io
import lzma
import os
import sys
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import zstandard

from vecocli.errors import DataError
from vecocli.text.unpack import DamagedError, blocks, check, shown

TEXT = b"".join(b"%d some words on line %d\n" % (i * 7919 % 1000, i) for i in range(5000))
Pack = Callable[[bytes], bytes]
PACKS: dict[str, Pack] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": partial(lzma.compress, preset=0),
    "zst": zstandard.ZstdCompressor().compress,
}
packs = pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)


def unpacked(path: Path, data: bytes) -> bytes:
    path.write_bytes(data)
    return b"".join(blocks(path))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "any name.txt"


def test_plain(path: Path) -> None:
    assert unpacked(path, TEXT) == TEXT
    assert unpacked(path, b"") == b""


@packs
def test_packed(path: Path, pack: Pack) -> None:
    assert unpacked(path, pack(TEXT)) == TEXT
    assert unpacked(path, pack(b"")) == b""


@packs
def test_concatenated_and_padded_members(path: Path, pack: Pack) -> None:
    assert unpacked(path, pack(TEXT) + pack(b"") + pack(b"end\n")) == TEXT + b"end\n"
    assert unpacked(path, pack(TEXT) + bytes(8192) + pack(b"end\n") + bytes(512)) == TEXT + b"end\n"


@packs
def test_cut_off(path: Path, pack: Pack) -> None:
    data = pack(TEXT)
    for size in (len(data) // 2, len(data) - 1):
        with pytest.raises(DamagedError, match="damaged compression: the file stops before its end"):
            unpacked(path, data[:size])


@packs
def test_damaged(path: Path, pack: Pack) -> None:
    data = bytearray(pack(TEXT))
    data[len(data) // 2] ^= 0xFF
    data[-6] ^= 0xFF
    with pytest.raises(DamagedError, match="damaged compression"):
        unpacked(path, bytes(data))


@packs
def test_garbage_behind(path: Path, pack: Pack) -> None:
    with pytest.raises(DamagedError, match="damaged compression"):
        unpacked(path, pack(TEXT) + b"garbage, not a member")


def test_what_precedes_damage_is_read(path: Path) -> None:
    path.write_bytes(gzip.compress(TEXT)[:-1])
    stream = blocks(path)
    assert TEXT.startswith(next(stream))


def test_skippable_frame_first(path: Path) -> None:
    assert unpacked(path, b"\x50\x2a\x4d\x18\x04\0\0\0abcd" + PACKS["zst"](TEXT)) == TEXT


@pytest.mark.parametrize("text", [b"BZh9 is how bzip2 begins\n", b"\x1f\x8b", b"(\n"])
def test_plain_text_that_only_looks_packed(path: Path, text: bytes) -> None:
    assert unpacked(path, text) == text


@pytest.mark.parametrize("pack", [PACKS["gz"], PACKS["xz"], PACKS["zst"]])
def test_constant_memory(path: Path, pack: Pack) -> None:
    path.write_bytes(pack(bytes(64 << 20)))
    tracemalloc.start()
    try:
        assert sum(map(len, blocks(path))) == 64 << 20
        assert tracemalloc.get_traced_memory()[1] < 40 << 20
    finally:
        tracemalloc.stop()


@packs
def test_standard_input(monkeypatch: pytest.MonkeyPatch, pack: Pack) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(pack(TEXT))))
    assert b"".join(blocks("-")) == TEXT
    assert shown(Path("-")) == "standard input"


def test_closed_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(DataError, match="standard input: it is closed"):
        list(blocks("-"))


def test_what_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="no such file"):
        check(tmp_path / "none")
    with pytest.raises(DataError, match="is a folder"):
        check(tmp_path)

    def refuse(path: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataError, match="cannot be opened: Permission denied"):
        check(tmp_path / "any")


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/proc/self/mem")  # can be opened, but has nothing at its start
    with pytest.raises(DataError, match="link: cannot be read: Input/output error"):
        list(blocks(tmp_path / "link"))


def test_check_leaves_a_pipe_alone(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    check(pipe)  # would wait for ever if it opened it
    check("-")

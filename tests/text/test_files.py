import gzip
import io
import sys
from pathlib import Path

import pytest

from vecocli.errors import DataError, UsageError
from vecocli.text.files import atomic_write, read_lines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "text"


def lines_of(path: Path, data: bytes) -> list[str]:
    path.write_bytes(data)
    return list(read_lines(path))


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"a\nb\n", ["a", "b"]),
        (b"a\nb", ["a", "b"]),
        (b"\n", [""]),
        (b"a\n\n\nb\n\n", ["a", "", "", "b", ""]),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n", ["a", "\ufeffb"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\r\r\n\rb\rc", ["a\r", "\rb\rc"]),
        ("a\u2028b\u0085c\x1cd\x0be\x0cf\n".encode(), ["a\u2028b\u0085c\x1cd\x0be\x0cf"]),
        (b"nul\0 stays\n", ["nul\0 stays"]),
        (" 𠮷 é 한 \n".encode(), [" 𠮷 é 한 "]),
    ],
)
def test_lines(path: Path, data: bytes, lines: list[str]) -> None:
    assert lines_of(path, data) == lines


def test_lines_and_characters_across_blocks(path: Path) -> None:
    lines = ["ä" * n for n in (0, 4095, 4096, 1, 300_001, 0, 2_000_000, 3)]
    data = "\r\n".join(lines).encode()
    assert lines_of(path, data) == lines
    assert lines_of(path, gzip.compress(data)) == lines


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", gzip.compress(b"")])
def test_empty_file(path: Path, data: bytes) -> None:
    with pytest.raises(DataError, match=r"text: it is empty") as caught:
        lines_of(path, data)
    assert caught.value.path == str(path)
    assert "right file" in caught.value.hint


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"fine\ncaf\xe9\n", 2, "byte 0xe9 at byte 4 of the line"),
        (b"x\n" * 200_000 + b"\xff", 200_001, "byte 0xff at byte 1 "),
        (b"surrogate \xed\xa0\x80\n", 1, "byte 0xed at byte 11"),
        (b"\xef\xbb\xbf\nover \xc0\xaf", 2, "byte 0xc0"),
    ],
)
def test_not_utf8(path: Path, data: bytes, line: int, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        lines_of(path, data)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"{path}:{line}: not UTF-8")
    assert "iconv -f latin1" in caught.value.hint


def test_utf16_is_recognised(path: Path) -> None:
    with pytest.raises(DataError) as caught:
        lines_of(path, "text".encode("utf-16"))
    assert "iconv -f utf-16" in caught.value.hint


def test_damage_names_the_line_and_keeps_what_precedes(path: Path) -> None:
    data = "".join(f"{n * 7919 % 1000} on line {n}\n" for n in range(1, 9001)).encode()
    path.write_bytes(gzip.compress(data)[:-2000])
    got: list[object] = []
    with pytest.raises(DataError, match="damaged compression") as caught:
        got.extend(read_lines(path))
    assert caught.value.line is not None
    assert caught.value.line > 1000

    stream = read_lines(path)
    assert [next(stream) for _ in range(caught.value.line - 1)][-1].endswith(f"on line {caught.value.line - 1}")


def test_early_end_closes_the_file(path: Path) -> None:
    path.write_bytes(b"a\nb\n")
    stream = read_lines(path)
    assert next(stream) == "a"
    del stream  # a file left open would be a ResourceWarning


def test_standard_input_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(b"a\r\nb\n"))))
    assert list(read_lines("-")) == ["a", "b"]
    with pytest.raises(DataError, match="standard input: it is empty") as caught:
        next(read_lines(Path("-")))
    assert "read only once" in caught.value.hint


def test_atomic_write(path: Path) -> None:
    path.write_text("old")
    with atomic_write(path, "w") as text:
        text.write("ä\n")
        assert path.read_text() == "old"
    assert path.read_bytes() == b"\xc3\xa4\n"
    with atomic_write(path) as stream:
        stream.write(b"\0")
    assert path.read_bytes() == b"\0"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("mode", ["w", "wb"])
def test_a_failed_write_leaves_nothing(path: Path, mode: str) -> None:
    with pytest.raises(KeyboardInterrupt), atomic_write(path, mode):  # type: ignore[call-overload]
        raise KeyboardInterrupt
    assert list(path.parent.iterdir()) == []


def test_atomic_write_where_it_cannot(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="it is a folder"), atomic_write(tmp_path):
        pass
    with pytest.raises(UsageError, match="No such file or directory"), atomic_write(tmp_path / "none" / "file"):
        pass

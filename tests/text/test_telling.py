import bz2
import os
from pathlib import Path

import pytest

from vecocli.errors import DataError, UsageError
from vecocli.text.telling import FORMATS, choose, first_line, tell


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("c.tsv", "tsv"),
        ("c.en-de.tsv.gz", "tsv"),
        ("c.TAB.ZST", "tsv"),
        ("c.jsonl.xz", "jsonl"),
        ("c.ndjson", "jsonl"),
        ("c.parquet", "parquet"),
    ],
)
def test_by_name(name: str, format: str) -> None:
    assert choose([Path(name)], "auto") == format


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (b"PAR1\x15\x04", "parquet"),
        (b"a ||| b\n", "fast-align"),
        (b"a|||b\tc\n", "fast-align"),
        (b"\xef\xbb\xbf\n \n{\ta\tb\n", "tsv"),
        (bz2.compress(b"\n\na\tb\n"), "tsv"),
        (b' {"en": "a", "de": "b ||| c"}\r\n', "jsonl"),
        (b"\tone side only\n", "tsv"),
    ],
)
def test_by_content(tmp_path: Path, data: bytes, format: str) -> None:
    path = tmp_path / "corpus.en-de.gz"
    path.write_bytes(data)
    assert choose([path], "auto") == format


def test_two_files_are_line_aligned() -> None:
    assert choose([Path("a.tsv"), Path("b.jsonl")], "auto") == "moses"
    assert choose([Path("a"), Path("-")], "moses") == "moses"


def test_the_format_named_counts() -> None:
    assert [choose([Path("a.tsv")], format) for format in ("jsonl", "parquet", "fast-align")] == [
        "jsonl",
        "parquet",
        "fast-align",
    ]


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert choose([pipe], "auto") == "auto"
    assert choose([Path("-")], "auto") == "auto"


def test_unknown_text(tmp_path: Path) -> None:
    path = tmp_path / "corpus.en"
    path.write_text("\nA sentence.\n")
    with pytest.raises(DataError, match="in no known format") as caught:
        choose([path], "auto")
    assert caught.value.line == 2
    assert all(word in caught.value.hint for word in ("two line-aligned files", "|||", "TSV", "JSONL", "Parquet"))


@pytest.mark.parametrize(
    ("count", "format", "message"),
    [
        (0, "auto", "0 files given, expected one or two files"),
        (3, "auto", "3 files given, expected one or two files"),
        (1, "moses", "1 files given, expected 2 files for format moses"),
        (2, "tsv", "2 files given, expected 1 file for format tsv"),
        (1, "jsnl", "no corpus format is called 'jsnl'"),
    ],
)
def test_what_does_not_go_together(count: int, format: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        choose([Path("a")] * count, format)


def test_what_standard_input_cannot_be() -> None:
    for files, format in ((["-", "-"], "auto"), (["-"], "parquet")):
        with pytest.raises(UsageError, match="standard input can hold one file of lines"):
            choose(list(map(Path, files)), format)


def test_first_line_takes_no_more_than_it_needs() -> None:
    lines = iter(["", " ", "text", "more"])
    assert first_line(lines) == ["", " ", "text"]
    assert next(lines) == "more"


def test_only_blank_lines() -> None:
    with pytest.raises(DataError, match="in no known format"):
        tell(first_line(["", ""]), Path("-"))


def test_formats_are_sorted_behind_auto() -> None:
    assert FORMATS[0] == "auto"
    assert list(FORMATS[1:]) == sorted(FORMATS[1:])

import gzip
import io
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vecocli.errors import DataError, UsageError
from vecocli.text.corpus import FORMATS, LINE_FORMATS, TAGGED_FORMATS, SentencePair, open_parallel

PAIRS = [SentencePair(1, "a", "字"), SentencePair(2, "", "b"), SentencePair(3, "c", "")]
TEXTS = {
    "fast-align": "a ||| 字\n ||| b\nc ||| \n",
    "tsv": "a\t字\n\tb\nc\t\n",
    "jsonl": '{"en": "a", "zh": "字"}\n{"en": "", "zh": "b"}\n{"translation": {"en": "c", "zh": null}}\n',
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "corpus"


@pytest.mark.parametrize("format", TEXTS)
@pytest.mark.parametrize("told", [True, False])
def test_line_formats(path: Path, format: str, told: bool) -> None:
    path.write_bytes(gzip.compress(TEXTS[format].encode()))
    corpus = open_parallel([path], "eng", "zh-CN", format if told else "auto")
    assert (corpus.format, corpus.source_language, corpus.target_language) == (format, "en", "zh")
    assert list(corpus) == PAIRS
    assert list(corpus) == PAIRS, "a corpus can be read again"


def test_two_files(tmp_path: Path) -> None:
    (tmp_path / "c.en").write_text("a\n\nc\n")
    (tmp_path / "c.zh").write_text("字\nb\n\n")
    corpus = open_parallel([tmp_path / "c.en", str(tmp_path / "c.zh")], "en", "zh")
    assert corpus.format == "moses"
    assert corpus.paths == (tmp_path / "c.en", tmp_path / "c.zh")
    assert list(corpus) == PAIRS


def test_parquet(path: Path) -> None:
    pq.write_table(pa.table({"eng_Latn": ["a", None, "c"], "zh": ["字", "b", ""]}), path)
    corpus = open_parallel([path], "eng_Latn", "zho_Hans")
    assert corpus.format == "parquet"
    assert list(corpus) == PAIRS


def test_columns(path: Path) -> None:
    path.write_text("id\tzh\ten\n1\t字\ta\n")
    for columns in (["en", "zh"], ("2", 1), (2, "1"), ("en", 1)):
        pairs = list(open_parallel([path], "en", "zh", columns=columns))
        assert pairs[-1] == SentencePair(2, "a", "字")
        assert len(pairs) == (1 if "en" in columns else 2)
    path.write_text('{"src": "a", "tgt": "b", "en": "no"}\n')
    assert list(open_parallel([path], "en", "zh", columns=("src", "tgt"))) == [SentencePair(1, "a", "b")]


@pytest.mark.parametrize("format", TEXTS)
def test_standard_input_tells_its_format_when_read(monkeypatch: pytest.MonkeyPatch, format: str) -> None:
    data = gzip.compress(("\n" + TEXTS[format]).encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    corpus = open_parallel(["-"], "en", "zh")
    assert corpus.format == "auto"
    assert [pair.number for pair in corpus] == [1, 2, 3, 4]
    with pytest.raises(DataError, match="standard input: it is empty"):
        list(corpus)


def test_a_file_of_that_name_is_not_standard_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("-").touch()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXTS["tsv"].encode())))
    corpus = open_parallel(["-"], "en", "zh")
    assert (corpus.format, corpus.repeatable, len(list(corpus))) == ("auto", False, 3)


def test_columns_that_turn_out_not_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXTS["jsonl"].encode())))
    with pytest.raises(UsageError, match="columns of JSONL have names"):
        list(open_parallel(["-"], "en", "zh", columns=(0, 1)))


@pytest.mark.parametrize(
    ("columns", "format", "message"),
    [
        ((0, 1), "fast-align", "format fast-align has no columns to choose"),
        ((0, 1), "jsonl", "columns of JSONL have names, not numbers"),
        ((0,), "tsv", "columns 0 are not two columns"),
        (("1", 1), "tsv", "columns 1, 1 are not two columns"),
        ((0, -1), "tsv", "columns 0, -1 are not two columns"),
        ((0, 1, 1), "tsv", "columns 0, 1, 1 are not two columns"),
        (("9" * 5000,) * 2, "tsv", "are not two columns"),
    ],
)
def test_unfit_columns(path: Path, columns: tuple[int | str, ...], format: str, message: str) -> None:
    path.write_text("a\tb\n")
    with pytest.raises(UsageError, match=message):
        open_parallel([path], "en", "zh", format, columns)


def test_columns_of_two_files(path: Path) -> None:
    path.write_text("a\n")
    with pytest.raises(UsageError, match="format moses has no columns"):
        open_parallel([path, path], "en", "zh", columns=(0, 1))


@pytest.mark.parametrize(("source", "target"), [("en", "eng"), ("zh-CN", "zh-TW"), ("pt", "pt-BR")])
def test_one_language_on_both_sides(path: Path, source: str, target: str) -> None:
    with pytest.raises(UsageError, match="are one language"):
        open_parallel([path], source, target)


def test_failures_before_reading(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'xx' is not a language code"):
        open_parallel([tmp_path], "en", "xx")
    with pytest.raises(DataError, match="none: no such file"):
        open_parallel([tmp_path / "none"], "en", "de")
    with pytest.raises(DataError, match="is a folder"):
        open_parallel([tmp_path], "en", "de")
    with pytest.raises(UsageError, match="expected one or two"):
        open_parallel([], "en", "de")


def test_every_format_has_a_reader() -> None:
    assert {*LINE_FORMATS, *TAGGED_FORMATS, "auto", "dataset", "moses", "parquet"} == set(FORMATS)

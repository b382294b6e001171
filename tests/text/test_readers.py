import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from vecocli.errors import DataError
from vecocli.text.readers import Columns, fast_align, jsonl, moses, tsv

PATH = Path("corpus")
NAMES: Columns = (("en",), ("zh-CN", "zh"))
FIRST: Columns = ((0,), (1,))


def lines(*texts: str) -> Iterator[str]:
    return iter(texts)


def test_moses(tmp_path: Path) -> None:
    left, right = tmp_path / "a", tmp_path / "b"
    left.write_text("one\n\n three \u2028 \n")
    right.write_bytes(b"eins\r\nzwei\r\n\r\n")
    assert list(moses(left, right)) == [(1, "one", "eins"), (2, "", "zwei"), (3, " three \u2028 ", "")]


@pytest.mark.parametrize(("left", "right"), [(3, 5), (5, 3), (4, 5), (1, 9)])
def test_moses_with_unequal_counts(tmp_path: Path, left: int, right: int) -> None:
    one, other = tmp_path / "one.en", tmp_path / "other.de"
    one.write_text("x\n" * left)
    other.write_text("x\n" * right)
    got: list[object] = []
    with pytest.raises(DataError) as caught:
        got.extend(moses(one, other))
    assert caught.value.message == f"{one} has {left} lines, but {other} has {right}"

    rows = moses(one, other)
    assert len([next(rows) for _ in range(min(left, right))]) == min(left, right)


def test_fast_align() -> None:
    rows = fast_align(lines("a b ||| c d", "a|||b", " a  |||  b ", "", "||| b", "a |||", "|||"), PATH, FIRST)
    assert list(rows) == [
        (1, "a b", "c d"),
        (2, "a", "b"),
        (3, " a ", " b "),
        (4, "", ""),
        (5, "", "b"),
        (6, "a", ""),
        (7, "", ""),
    ]


@pytest.mark.parametrize(("line", "count"), [("a || b", 0), ("a\tb", 0), (" ", 0), ("a ||| b ||| c", 2)])
def test_fast_align_without_one_separator(line: str, count: int) -> None:
    with pytest.raises(DataError, match=rf"^corpus:2: {count} times '\|\|\|' in the line, expected once"):
        list(fast_align(lines("a ||| b", line), PATH, FIRST))


def test_tsv_is_raw() -> None:
    rows = tsv(lines('"a\tb"', "", "\tb", "a\t", " a \t b \tmore\teven more"), PATH, FIRST)
    assert list(rows) == [(1, '"a', 'b"'), (2, "", ""), (3, "", "b"), (4, "a", ""), (5, " a ", " b ")]


def test_tsv_columns_by_index() -> None:
    assert list(tsv(lines("id\ten\tde\tx"), PATH, ((2,), (1,)))) == [(1, "de", "en")]


def test_tsv_columns_by_name() -> None:
    rows = tsv(lines("id\tde\ten", "1\teins\tone", "2\tzwei\ttwo"), PATH, (("en",), (1,)))
    assert list(rows) == [(2, "one", "eins"), (3, "two", "zwei")]


def test_ragged_tsv() -> None:
    with pytest.raises(DataError, match=r"^corpus:2: 2 columns, expected at least 3$") as caught:
        list(tsv(lines("a\tb\tc", "a\tb"), PATH, ((1,), (2,))))
    assert caught.value.line == 2
    with pytest.raises(DataError, match=r"^corpus:3: 1 column, expected at least 2$"):
        list(tsv(lines("a\tb", "", "a b"), PATH, FIRST))
    with pytest.raises(DataError, match=r"^corpus:3: 1 column, expected at least 2$"):
        list(tsv(lines("en\tde", "a\tb", "a"), PATH, (("en",), ("de",))))


def test_tsv_without_such_a_column() -> None:
    with pytest.raises(DataError, match=r"^corpus:1: no column is called fr$") as caught:
        list(tsv(lines("en\tde", "a\tb"), PATH, (("en",), ("fr",))))
    assert caught.value.hint == "The header has: en, de."


def test_jsonl() -> None:
    rows = [
        {"translation": {"en": "a", "zh": "字"}, "id": 7},
        {"en": "a", "zh": "canonical", "zh-CN": "as given"},
        {"en": None, "zh": "b", "translation": "no object"},
    ]
    texts = [json.dumps(rows[0]), json.dumps(rows[1], ensure_ascii=False), "", json.dumps(rows[2])]
    assert list(jsonl(lines(*texts), PATH, NAMES)) == [
        (1, "a", "字"),
        (2, "a", "as given"),
        (3, "", ""),
        (4, "", "b"),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON: Expecting property name enclosed in double quotes at character 2"),
        ("[1]", "a JSON list, expected an object"),
        ('{"en": "a"}', "no column is called zh-CN or zh; the line has: en"),
        ('{"translation": {"en": "a", "de": "b"}}', "no column is called zh-CN or zh; the line has: en, de"),
        ('{"en": "a", "zh": 3}', "'zh' is not a text but 3"),
        ('{"en": "\\ud800", "zh": "b"}', "surrogates not allowed"),
        ("[" * 100_000, "not a pair: JSON nested too deep"),
        ('{"en": ' + "9" * 5000 + "}", "integer string conversion"),
        (" ", "not JSON"),
    ],
)
def test_jsonl_with_a_bad_line(line: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        list(jsonl(lines("", line), PATH, NAMES))
    assert str(caught.value).startswith("corpus:2: ")
    assert message in caught.value.message
    assert "translation" in caught.value.hint


def test_long_names_of_columns_are_cut_off() -> None:
    with pytest.raises(DataError) as caught:
        list(jsonl(lines(f'{{"{"x" * 9000}": 1}}'), PATH, NAMES))
    assert len(caught.value.message) < 600
    with pytest.raises(DataError) as caught:
        list(tsv(lines("x" * 9000), PATH, (("en",), ("de",))))
    assert len(caught.value.hint) < 600

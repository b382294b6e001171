import gzip
from pathlib import Path

import numpy as np
import pytest

from vecocli.errors import DataError
from vecocli.training import mono
from vecocli.training.mono import MonoText


def test_non_empty_lines_of_all_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mono, "_CHUNK", 2)
    (tmp_path / "a.txt").write_text("one\n\n  \ntwo\u2028still two\n", encoding="utf-8")
    with gzip.open(tmp_path / "b.gz", "wt", encoding="utf-8") as stream:
        stream.write("三\n")
    text = MonoText((tmp_path / "a.txt", tmp_path / "b.gz"))
    assert list(text) == ["one", "two\u2028still two", "三"]
    assert (len(text), text[2]) == (3, "三")


def test_lines_are_known_by_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mono, "_CHUNK", 2)
    for name, lines in {"a": "0\n1\n2\n", "b": "\n", "c": "3\n4\n", "d": "5\n\n6\n7\n8\n"}.items():
        (tmp_path / name).write_text(lines, encoding="utf-8")
    text = MonoText([tmp_path / name for name in "abcd"])
    assert text.sizes == (3, 0, 2, 4)
    assert text.numbers(np.array([3, 0, 2, 0, 3]), np.array([3, 0, 1, 2, 0])) == [8, 0, 4, 2, 5]
    assert [text[number] for number in text.numbers(np.array([3, 0, 2]), np.array([1, 2, 0]))] == ["6", "2", "3"]


def test_no_text(tmp_path: Path) -> None:
    (tmp_path / "blank.txt").write_text("\n \n", encoding="utf-8")
    with pytest.raises(DataError, match=r"blank\.txt: no text"):
        MonoText((tmp_path / "blank.txt",))

import gzip
from pathlib import Path

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


def test_no_text(tmp_path: Path) -> None:
    (tmp_path / "blank.txt").write_text("\n \n", encoding="utf-8")
    with pytest.raises(DataError, match=r"blank\.txt: no text"):
        MonoText((tmp_path / "blank.txt",))

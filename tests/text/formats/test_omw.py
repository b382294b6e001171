from pathlib import Path

import pytest

from vecocli.errors import DataError
from vecocli.text.formats import Word
from vecocli.text.formats.omw import likeness, read

HEADER = "# A wordnet\tfra\thttp://a.b\tCC BY 4.0\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "wn-data-fra.tab"
    path.write_text(text, encoding="utf-8")
    return path


def test_lemmas_are_words_of_their_language_under_their_synset(tmp_path: Path) -> None:
    text = "00001740-n\tfra:lemma\tchat_noir\n\n# note\n00001740-n\tfra:def\t0\tun chat\n00001741-v\tlemma\taller\n"
    content = read(write(tmp_path, HEADER + text), ("fr", "it"))
    assert list(content.words) == [Word("fr", "00001740-n", "chat noir"), Word("fr", "00001741-v", "aller")]
    assert (content.languages, content.licence) == (None, "CC BY 4.0")


def test_a_file_without_a_header_is_read_by_the_languages_of_its_rows(tmp_path: Path) -> None:
    content = read(write(tmp_path, "00001740-n\tita:lemma\tgatto\n"), ("fr", "it"))
    assert list(content.words) == [Word("it", "00001740-n", "gatto")]
    assert content.licence == ""


@pytest.mark.parametrize("row", ["00001740-n\tfra:lemma", "00001740-n", "00001740-n\tnonsense:lemma\tchat"])
def test_a_malformed_row_is_named(tmp_path: Path, row: str) -> None:
    with pytest.raises(DataError, match=r"wn-data-fra\.tab:3: "):
        list(read(write(tmp_path, HEADER + "00001740-n\tfra:lemma\tun\n" + row), ("fr", "it")).words)


def test_a_lemma_needs_a_language(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"wn-data-fra\.tab:1: a lemma of no known language"):
        list(read(write(tmp_path, "00001740-n\tlemma\tgatto\n"), ("fr", "it")).words)


def test_rows_that_begin_with_a_synset_tell_the_format() -> None:
    rows = ["# x\tfra", "00001740-n\tfra:lemma\tx", "00001740-n\tlemma\tx", "cat\tKatze\tx", "1-n\tlemma\tx"]
    assert likeness(rows, Path("x")) == 0.5
    assert likeness(["# x"], Path("x")) == 0

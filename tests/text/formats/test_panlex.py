from itertools import chain
from pathlib import Path

import pytest

from vecocli.errors import DataError
from vecocli.text.formats import Entry, Word
from vecocli.text.formats.panlex import likeness, read

HEADER = "id\tlangvar\ttxt\ttxt_degr\tmeaning\tlangvar_uid\n"
PAIR = ("en", "de")


def write(folder: Path, text: str) -> Path:
    path = folder / "panlex.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_of_meanings_gives_words_with_their_meaning(tmp_path: Path) -> None:
    rows = "1\t187\tGive up\tgiveup\t77\teng-000\n2\t9\tTür\ttur\t78\tdeu-001\n3\t9\tporte\tporte\t78\tfra-000\n"
    content = read(write(tmp_path, HEADER + rows), PAIR)
    assert list(content.words) == [Word("en", "77", "Give up"), Word("de", "78", "Tür")]
    assert content.languages is None


def test_a_table_of_translations_gives_entries_both_ways(tmp_path: Path) -> None:
    rows = "eng-000\tdoor\tdeu-000\tTür\t9\n\ndeu-001\tTor\teng-001\tgate\neng-000\tdoor\tfra-000\tporte\t0.5\n"
    content = read(write(tmp_path, rows), PAIR)
    assert list(content.entries) == [Entry("door", "Tür"), Entry("gate", "Tor")]
    assert content.languages == PAIR


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + "1\t187\tx\n", ":2: 3 columns, not 6"),
        ("eng-000\tdoor\tdeu-000\tTür\neng-000\tdoor\n", ":2: not a translation"),
        ("eng-000\tdoor\tdeu-000\tTür\tgood\n", ":1: not a translation"),
    ],
)
def test_a_malformed_row_is_named(tmp_path: Path, text: str, message: str) -> None:
    content = read(write(tmp_path, text), PAIR)
    with pytest.raises(DataError, match=rf"panlex\.tsv{message}"):
        list(chain(content.entries, content.words))


def test_header_or_rows_tell_the_format() -> None:
    assert likeness([HEADER.strip(), "x"], Path("x")) == 1
    assert likeness(["eng-000\ta\tdeu-000\tb", "a\tb"], Path("x")) == 0.5
    assert likeness([], Path("x")) == 0

from pathlib import Path

import pytest

from vecocli.errors import DataError
from vecocli.text.formats import Entry
from vecocli.text.formats.tsv import SURE, entries, likeness

PATH = Path("en-de.tsv")


def test_two_or_three_columns_become_entries_and_blank_lines_are_passed_over() -> None:
    lines = ["give up\taufgeben", "", "  ", "house \t Haus\twiktionary, freedict,"]
    assert list(entries(lines, PATH)) == [
        Entry("give up", "aufgeben"),
        Entry("house", "Haus", ("wiktionary", "freedict")),
    ]


@pytest.mark.parametrize("line", ["house", "house Haus", "a\tb\tc\td", "house\t", "\tHaus", "house\t\twiktionary"])
def test_a_malformed_line_is_named(line: str) -> None:
    with pytest.raises(DataError, match=r"^en-de\.tsv:2: ") as caught:
        list(entries(["cat\tKatze", line], PATH))
    assert caught.value.line == 2


def test_likeness_is_the_share_of_lines_with_two_or_three_columns() -> None:
    assert likeness(["a\tb", "a\tb\tc", "a b", "a\tb\tc\td"], PATH) == SURE / 2
    assert likeness([], PATH) == 0.0

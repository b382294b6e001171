from pathlib import Path

import pytest

from vecocli.errors import DataError
from vecocli.text.formats import Entry
from vecocli.text.formats.muse import entries, likeness

PATH = Path("en-de.txt")


def test_a_blank_or_a_tab_parts_the_two_words() -> None:
    assert list(entries(["house haus", "", "cat\tkatze", "dog hund "], PATH)) == [
        Entry("house", "haus"),
        Entry("cat", "katze"),
        Entry("dog", "hund"),
    ]


@pytest.mark.parametrize("line", ["house", "give up aufgeben", "house  haus", "eighteen\tacht zehn"])
def test_a_malformed_line_is_named(line: str) -> None:
    with pytest.raises(DataError, match=r"^en-de\.txt:3: "):
        list(entries(["cat katze", "", line], PATH))


def test_lines_with_a_tab_are_left_to_tsv() -> None:
    assert likeness(["a b", "a\tb", "a b c", "d e"], PATH) == 0.5
    assert likeness([], PATH) == 0.0

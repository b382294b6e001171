from itertools import pairwise

import pytest

from vecocli.mining.rules import joins, name
from vecocli.text.segment import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("give up", True),
        ("give\u00a0 up", True),
        ("New-York", True),
        ("ジョン・スミス", True),
        ("维基百科", True),
        ("give, up", False),
        ("give. Up", False),
        ("give (up)", False),
        ("alone", True),
    ],
)
def test_only_blanks_hyphens_and_apostrophes_join_a_phrase(text: str, expected: bool) -> None:
    spans = words(text, "ja" if text.startswith("ジ") else "en")
    assert all(joins(text, one[1], other[0]) for one, other in pairwise(spans)) is expected


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("Tom", "Tom", True),
        ("TOM", "Tom", False),
        ("hotel", "hotel", False),
        ("I", "I", False),
        ("7", "7", True),
        ("b2", "B2", True),
    ],
)
def test_names_and_numbers(source: str, target: str, expected: bool) -> None:
    assert name(source, target) is expected

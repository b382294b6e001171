import numpy as np
import pytest

from vecocli.mining import cut
from vecocli.mining.dictionary import IDENTICAL_WORDS, Matcher
from vecocli.mining.lookup import Lookup
from vecocli.mining.rules import Identical
from vecocli.text.corpus import SentencePair
from vecocli.text.formats import Entry
from vecocli.text.thesaurus import Thesaurus

FUNCTIONAL = frozenset({"the"}), frozenset({"die"})
PAIRS = [SentencePair(1, "the cat, Tom", "die Katze Tom"), SentencePair(2, "cat", "Katze Katze")]


def lookup() -> Lookup:
    entries = [Entry("cat", "Katze"), Entry("the", "die")]
    return Lookup(Matcher(Thesaurus.from_entries(entries, "en", "de", "d"), 2), ("en", "de"), "icu", FUNCTIONAL)


def found(made: Lookup, usable: list[bool], identical: Identical, functional: bool) -> list[tuple[int, int, int]]:
    hits = made.hits(made.cut(PAIRS), np.array(usable), identical=identical, functional=functional)
    places = hits.places(np.array(usable))
    assert hits.counts(2).tolist() == np.bincount(places.pair, minlength=2).tolist()
    return sorted(zip(places.pair.tolist(), places.source.tolist(), places.target.tolist(), strict=True))


@pytest.mark.parametrize(
    ("identical", "functional", "expected"),
    [
        ("all", True, [(0, 0, 0), (0, 1, 1), (0, 2, 2), (1, 3, 3), (1, 3, 4)]),
        ("names", True, [(0, 0, 0), (0, 1, 1), (0, 2, 2), (1, 3, 3), (1, 3, 4)]),
        ("off", True, [(0, 0, 0), (0, 1, 1), (1, 3, 3), (1, 3, 4)]),
        ("off", False, [(0, 1, 1), (1, 3, 3), (1, 3, 4)]),
    ],
)
def test_places_of_the_dictionary_and_of_equal_words(
    identical: Identical, functional: bool, expected: list[tuple[int, int, int]]
) -> None:
    assert found(lookup(), [True, True], identical, functional) == expected
    assert found(lookup(), [False, True], identical, functional) == [place for place in expected if place[0] == 1]


def test_words_are_forgotten_together(monkeypatch: pytest.MonkeyPatch) -> None:
    made = lookup()
    before = found(made, [True, True], "all", True)
    monkeypatch.setattr(cut, "MOST", 1)
    for text in ("x", "y", "z"):
        made.cut([SentencePair(1, text, text)])
    assert made.matcher.vocabulary.size == made.matcher.vocabulary.known + 1
    assert found(made, [True, True], "all", True) == before
    assert made.hits(made.cut(PAIRS), np.ones(2, np.bool_), identical="all", functional=True).matches.entry.min() == (
        IDENTICAL_WORDS
    )

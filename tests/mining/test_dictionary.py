from collections.abc import Sequence
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from vecocli.mining.dictionary import Candidate, Matcher, occurrences
from vecocli.text.thesaurus import Phrase, Thesaurus

MAX_PHRASE = 3

words = st.sampled_from("abcd")
phrases = st.lists(words, min_size=1, max_size=MAX_PHRASE + 1).map(tuple)
dictionaries = st.dictionaries(phrases, st.dictionaries(phrases, st.just(("x",)), max_size=4), max_size=12)
sentences = st.lists(words, max_size=8)


def slow(
    entries: dict[Phrase, dict[Phrase, tuple[str, ...]]], source: Sequence[str], target: Sequence[str]
) -> list[Candidate]:
    """Try every pair of spans."""

    def spans(length: int) -> list[tuple[int, int]]:
        return [(start, end) for end in range(length + 1) for start in range(max(0, end - MAX_PHRASE), end)]

    return sorted(
        (start, end, other, other_end)
        for (start, end), (other, other_end) in product(spans(len(source)), spans(len(target)))
        if tuple(target[other:other_end]) in entries.get(tuple(source[start:end]), {})
    )


@given(dictionaries, sentences, sentences)
def test_every_place_is_found_once_and_no_other(
    entries: dict[Phrase, dict[Phrase, tuple[str, ...]]], source: list[str], target: list[str]
) -> None:
    single, longer = Matcher(Thesaurus("en", "de", entries), MAX_PHRASE).candidates(source, target)
    assert sorted(single + longer) == slow(entries, source, target)
    assert all(end - start == 1 == other_end - other for start, end, other, other_end in single)
    assert not any(end - start == 1 == other_end - other for start, end, other, other_end in longer)
    assert single == sorted(single)
    assert longer == sorted(longer)


def test_occurrences_of_a_single_and_of_a_repeated_word() -> None:
    assert occurrences("b", ["a", "b", "c"]) == [1]
    assert occurrences("a", ["a", "b", "a"]) == [0, 2]

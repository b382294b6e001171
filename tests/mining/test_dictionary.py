from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vecocli.mining.dictionary import IDENTICAL_WORDS, Candidates, Matcher, Target, write_out
from vecocli.text.thesaurus import Phrase, Thesaurus

MAX_PHRASE = 3

words = st.sampled_from("abcd")
phrases = st.lists(words, min_size=1, max_size=MAX_PHRASE + 1).map(tuple)
names = st.sampled_from([("x",), ("x", "y")])
dictionaries = st.dictionaries(phrases, st.dictionaries(phrases, names, max_size=4), max_size=12)
pairs = st.tuples(*[st.lists(st.sampled_from("abcdef"), max_size=8)] * 2)

Found = tuple[int, int, int, int, int, tuple[str, ...] | None]
"""Pair, source start and end, target start and end in words of the pair, and names of the entry's sources."""


def slow(entries: dict[Phrase, dict[Phrase, tuple[str, ...]]], texts: list[tuple[list[str], list[str]]]) -> list[Found]:
    """Try every pair of spans."""

    def spans(sentence: Sequence[str]) -> list[tuple[int, int]]:
        return [(start, end) for end in range(len(sentence) + 1) for start in range(max(0, end - MAX_PHRASE), end)]

    found: list[Found] = []
    for row, (source, target) in enumerate(texts):
        for (start, end), (other, other_end) in product(spans(source), spans(target)):
            words = tuple(source[start:end]), tuple(target[other:other_end])
            listed = entries.get(words[0], {}).get(words[1])
            if listed or (words[0] == words[1] and end - start == 1):
                found.append((row, start, end, other, other_end, listed))
    return found


def look_up(matcher: Matcher, texts: list[tuple[list[str], list[str]]]) -> Candidates:
    sides = []
    for side in (0, 1):
        units = np.array([matcher.vocabulary[word] for text in texts for word in text[side]], np.int64)
        rows = np.array([row for row, text in enumerate(texts) for _ in text[side]], np.int64)
        sides.append((matcher.vocabulary.spans(units, rows, np.arange(len(units))), rows))
    (source, source_rows), (target, target_rows) = sides
    stands = Target(target, target_rows, len(texts), matcher.vocabulary.size)
    return write_out(matcher.matches(source, stands, source_rows, source.length == 1), source, stands)


@given(dictionaries, st.lists(pairs, min_size=1, max_size=4))
def test_every_place_is_found_once_and_no_other(
    entries: dict[Phrase, dict[Phrase, tuple[str, ...]]], texts: list[tuple[list[str], list[str]]]
) -> None:
    matcher = Matcher(Thesaurus("en", "de", entries), MAX_PHRASE)
    first = [np.cumsum([0, *(len(text[side]) for text in texts)]).tolist() for side in (0, 1)]
    found: list[Found] = []
    for row, start, length, other, other_length, entry in zip(
        *(column.tolist() for column in look_up(matcher, texts)), strict=True
    ):
        start, other = start - first[0][row], other - first[1][row]
        listed = None if entry == IDENTICAL_WORDS else matcher.names[matcher.origin[entry]]
        found.append((row, start, start + length, other, other + other_length, listed))
    assert sorted(found, key=str) == sorted(slow(entries, texts), key=str)


@pytest.mark.parametrize("word", [("a",), ("z",)])
def test_looking_up_in_empty_sentences_finds_nothing(word: Phrase) -> None:
    matcher = Matcher(Thesaurus("en", "de", {("a",): {("b",): ("x",)}}), MAX_PHRASE)
    assert len(look_up(matcher, [([], ["b"]), (list(word), []), (list(word), ["c"])]).pair) == 0

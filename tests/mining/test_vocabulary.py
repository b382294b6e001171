import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vecocli.mining.vocabulary import Vocabulary

words = st.sampled_from("abcd")
phrases = st.lists(words, min_size=1, max_size=4).map(tuple)
sentences = st.lists(st.lists(words, max_size=7), min_size=1, max_size=4)


@given(st.lists(phrases), sentences)
def test_all_words_and_phrases_are_found_where_they_stand(
    listed: list[tuple[str, ...]], texts: list[list[str]]
) -> None:
    vocabulary = Vocabulary()
    numbers = {phrase: vocabulary.number(phrase) for phrase in listed}
    vocabulary.close()
    flat = [(row, word) for row, text in enumerate(texts) for word in text]
    units = np.array([vocabulary[word] for _, word in flat], np.int64)
    rows = np.array([row for row, _ in flat], np.int64)
    starts = np.flatnonzero(rows != 1)  # one sentence is left out
    found = set(zip(*(column.tolist() for column in vocabulary.spans(units, rows, starts)), strict=True))
    for phrase, number in numbers.items():
        places = {
            (start, len(phrase))
            for start in starts.tolist()
            if tuple(word for _, word in flat[start : start + len(phrase)]) == phrase
            and len({row for row, _ in flat[start : start + len(phrase)]}) == 1
        }
        assert {(start, length) for start, length, unit in found if unit == number} == places
    assert {(start, 1, int(units[start])) for start in starts.tolist()} <= found
    assert all(length == 1 or unit < vocabulary.known for _, length, unit in found)


def test_different_phrases_have_different_numbers_and_beginnings_are_shared() -> None:
    vocabulary = Vocabulary()
    numbers = [vocabulary.number(phrase) for phrase in [("a",), ("a", "b"), ("a", "b", "c"), ("b", "a"), ("a", "b")]]
    assert len(set(numbers)) == 4
    assert numbers[1] == numbers[4]


def test_words_of_running_text_are_forgotten_and_those_of_the_dictionary_are_not() -> None:
    vocabulary = Vocabulary()
    first = vocabulary.number(("a",))
    vocabulary.close()
    assert vocabulary["x"] == vocabulary.known
    vocabulary.forget()
    assert dict(vocabulary) == {"a": first}
    assert vocabulary["y"] == vocabulary.known

from collections import Counter

import numpy as np

from vecocli.mining.block import Block
from vecocli.mining.cut import Cutter
from vecocli.mining.dictionary import Candidates
from vecocli.mining.vocabulary import Vocabulary
from vecocli.text.corpus import SentencePair

FUNCTIONAL = frozenset({"the", "die"})


def block(*pairs: tuple[str, str]) -> Block:
    vocabulary = Vocabulary()
    sides = [Cutter("en", "icu", vocabulary, FUNCTIONAL).cut(list(texts)) for texts in zip(*pairs, strict=True)]
    return Block([SentencePair(number, *pair) for number, pair in enumerate(pairs, 1)], *sides)


def places(*rows: tuple[int, ...]) -> Candidates:
    return Candidates(*np.array(rows, np.int64).T)


def test_usable_pairs_have_words_on_both_sides_and_not_too_many() -> None:
    counts = Counter[str]()
    found = block(("a b", "c"), ("a", "!"), ("", " "), ("a b c", "d"), ("a", "b c d")).usable(2, counts)
    assert found.tolist() == [True, False, False, False, False]
    assert counts == {"source_words": 7, "target_words": 5, "one_sided": 1, "empty": 1, "too_long": 2}


def test_places_are_shown_by_their_text_words_and_function_words() -> None:
    found = places((0, 0, 1, 0, 1, 0), (1, 2, 2, 2, 1, 0), (1, 2, 1, 2, 1, 0), (1, 3, 1, 3, 1, 0))
    made = block(("a cat", "x Katze"), ("the big dog", "Hund, die"))
    assert list(made.texts(found)) == [("a", "x"), ("the big", "Hund"), ("the", "Hund"), ("big", "die")]
    assert made.code_points(found)[1] == ((0, 7), (0, 4))
    assert made.functional(found).tolist() == [False, False, True, True]


def test_places_with_punctuation_between_their_words_are_told() -> None:
    made = block(("x y", "a b"), ("give, up now", "a-b 'c (d e"))
    rows = [
        (2, 1, 2, 1),
        (2, 2, 2, 1),
        (3, 2, 2, 1),
        (3, 2, 2, 2),
        (3, 2, 2, 3),
        (3, 1, 4, 2),
        (3, 1, 5, 2),
        (3, 1, 3, 3),
    ]
    found = made.joined(places(*((1, *row, 0) for row in rows)))
    assert found.tolist() == [True, False, True, True, True, False, True, False]

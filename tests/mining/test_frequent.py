import itertools

from vecocli.mining.frequent import LEAST_COUNT, function_words, spread


def test_frequent_lower_case_words_are_function_words() -> None:
    sentences = ["The cat saw the 7 dogs and Tom"] * LEAST_COUNT + ["Some other words stand here too"]
    assert function_words(sentences, "en", 0.12) == {"cat", "saw", "the", "dogs", "and"}
    assert function_words(sentences, "en", 0.13) == frozenset()


def test_a_small_corpus_has_none() -> None:
    assert function_words(["the cat"] * (LEAST_COUNT - 1), "en", 0.001) == frozenset()


def test_spellings_of_one_word_count_together() -> None:
    sentences = ["na\u00efve"] * 30 + ["nai\u0308ve"] * 30
    assert function_words(sentences, "fr", 0.9) == {"na\u00efve"}


def test_unspaced_and_caseless_scripts_are_counted() -> None:
    assert "的" in function_words(["我的猫"] * LEAST_COUNT, "zh", 0.2) | function_words(
        ["猫的"] * LEAST_COUNT, "zh", 0.2
    )


def test_words_are_cut_as_asked() -> None:
    assert function_words(["a-b , c"] * LEAST_COUNT, "en", 0.2, "blanks") == {"a-b", "c"}


def test_spread_keeps_items_at_even_distances() -> None:
    assert spread(range(3), 5) == [0, 1, 2]
    assert spread(range(10), 5) == [0, 2, 4, 6, 8]
    assert spread(range(11), 5) == [0, 4, 8]
    for count in range(5, 200):
        kept = spread(range(count), 5)
        steps = {after - before for before, after in itertools.pairwise(kept)}
        assert len(steps) == 1
        assert 3 <= len(kept) <= 5
        assert count - kept[-1] <= steps.pop()

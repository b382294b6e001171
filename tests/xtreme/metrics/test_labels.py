import random

import pytest
from sklearn.metrics import accuracy_score
from sklearn.metrics import f1_score as sklearn_f1

from vecocli.errors import DataError
from vecocli.xtreme.metrics.labels import (
    accuracy,
    accuracy_of_counts,
    hits,
    macro_f1,
    token_accuracy,
    token_counts,
)


def test_agrees_with_scikit_learn():
    rng = random.Random(0)
    seen = set()
    for _ in range(800):
        labels = [f"label {number}" for number in range(rng.randint(1, 6))]
        size = rng.randint(1, 30)
        gold, predicted = rng.choices(labels[: rng.randint(1, 6)], k=size), rng.choices(labels, k=size)
        macro = 100 * sklearn_f1(gold, predicted, average="macro", zero_division=0)
        assert macro_f1(gold, predicted) == pytest.approx(macro, rel=1e-12)
        assert accuracy(gold, predicted) == pytest.approx(100 * accuracy_score(gold, predicted), rel=1e-12)
        seen.add(round(macro))
    assert len(seen) > 30


def test_accuracy_is_the_mean_of_the_hits():
    gold, predicted = ["a", "b", "c"], ["a", "c", "c"]
    assert hits(gold, predicted).tolist() == [100, 0, 100]
    assert accuracy(gold, predicted) == pytest.approx(200 / 3)


def test_a_label_that_only_one_side_has_counts_as_zero():
    # yes: 2 * 1 / (2 + 1); no and maybe: 0
    assert macro_f1(["yes", "no"], ["yes", "yes"]) == pytest.approx(100 * (2 / 3) / 2)
    assert macro_f1(["yes", "yes"], ["yes", "maybe"]) == pytest.approx(100 * (2 / 3) / 2)


def test_labels_may_be_numbers():
    assert accuracy([3, 0], [3, 1]) == 50


def test_words_count_alike_over_all_sentences():
    gold, predicted = [["NOUN", "VERB", "X"], [], ["X"]], [["NOUN", "NOUN", "X"], [], ["SYM"]]
    assert token_counts(gold, predicted).tolist() == [[2, 3], [0, 0], [0, 1]]
    assert token_accuracy(gold, predicted) == 50
    assert accuracy_of_counts([[2, 3], [0, 0]]).tolist() == [pytest.approx(200 / 3), 0]


@pytest.mark.parametrize("score", [hits, accuracy, macro_f1])
@pytest.mark.parametrize(("gold", "predicted"), [([], []), (["a"], []), (["a"], ["a", "b"])])
def test_wrong_lengths_are_refused(score, gold, predicted):
    with pytest.raises(DataError):
        score(gold, predicted)


def test_each_word_needs_a_tag():
    with pytest.raises(DataError, match="sentence 1 has 2 predicted tags for 1 words"):
        token_accuracy([["NOUN"]], [["NOUN", "X"]])

import random
from fractions import Fraction
from math import inf, nan, nextafter

import pytest

from vecocli.errors import DataError
from vecocli.xtreme.metrics.f1 import F1Score
from vecocli.xtreme.metrics.mined import Threshold, best_threshold, pair_f1, take

A, B, C, D = (("zh-1", "en-1"), ("zh-2", "en-2"), ("zh-3", "en-3"), ("zh-4", "en-4"))


def brute_force(candidates, gold):
    """Every cut between two different scores, in exact numbers; of equal F1s the highest cut."""
    levels = sorted({score for score, _ in candidates}, reverse=True)
    best, value = Fraction(0), 0.0
    for place, level in enumerate(levels):
        taken = {pair for score, pair in candidates if score >= level}
        f1 = Fraction(2 * len(taken & gold), len(taken) + len(gold))
        if f1 > best:
            best, value = f1, (level + levels[min(place + 1, len(levels) - 1)]) / 2
    return value, 100 * float(best)


@pytest.mark.parametrize("kinds", [3, 1000])
def test_agrees_with_every_cut(kinds):
    rng = random.Random(kinds)
    at_the_end = 0
    for _ in range(1500):
        pairs = [(f"zh-{i}", f"en-{j}") for i in range(4) for j in range(4)]
        found = rng.sample(pairs, rng.randint(0, 12))
        candidates = [(rng.randint(1, kinds) / 7, pair) for pair in found]
        gold = set(rng.sample(pairs, rng.randint(1, 12)))
        threshold = best_threshold(candidates, gold)
        value, f1 = brute_force(candidates, gold)
        assert (threshold.value, threshold.f1) == (value, pytest.approx(f1))
        assert pair_f1(gold, take(candidates, threshold.value)).f1 == pytest.approx(threshold.f1)
        at_the_end += bool(f1) and len(take(candidates, threshold.value)) == len(candidates)
    assert at_the_end > 50


def test_the_threshold_lies_midway_to_the_next_score():
    assert best_threshold([(1.0, C), (1.25, B), (1.5, A)], {A, B}) == Threshold(1.125, 100.0)


def test_where_all_are_best_the_last_score_is_the_threshold():
    candidates = [(1.5, A), (1.25, B)]
    assert best_threshold(candidates, {A, B, C}) == Threshold(1.25, pytest.approx(80))
    assert take(candidates, 1.25) == {A, B}


def test_equal_scores_are_not_parted():
    # the right one of the two cannot be had without the wrong one: 2 * 1 / (2 + 1), better than 2 * 1 / (3 + 1)
    for tied in ([(1.5, A), (1.5, B)], [(1.5, B), (1.5, A)]):
        assert best_threshold([*tied, (1.0, C)], {A}) == Threshold(1.25, pytest.approx(200 / 3))


def test_of_equally_good_cuts_the_highest_wins():
    # A alone: 2 * 1 / (1 + 3); A to D with one more right: 2 * 2 / (5 + 3)
    candidates = [(1.9, A), (1.7, C), (1.6, D), (1.5, ("zh-9", "en-9")), (1.4, B)]
    assert best_threshold(candidates, {A, B, ("zh-7", "en-7")}) == Threshold(pytest.approx(1.8), 50.0)


def test_a_pair_that_occurs_again_has_its_highest_score():
    for candidates in ([(1.0, A), (2.0, A), (1.5, B)], [(2.0, A), (1.0, A), (1.5, B)]):
        assert best_threshold(candidates, {A}) == Threshold(1.75, 100.0)
        assert take(candidates, 1.75) == {A}


def test_a_middle_that_rounds_down_still_parts_the_two():
    below, above = nextafter(1.0, 2.0), nextafter(nextafter(1.0, 2.0), 2.0)
    threshold = best_threshold([(above, A), (below, B)], {A})
    assert take([(above, A), (below, B)], threshold.value) == {A}
    assert take([(1.0, B), (below, A)], best_threshold([(below, A), (1.0, B)], {A}).value) == {A}


@pytest.mark.parametrize("candidates", [[], [(1.5, B), (1.2, C)]])
def test_where_nothing_is_right_the_threshold_is_zero(candidates):
    assert best_threshold(candidates, {A}) == Threshold(0.0, 0.0)


def test_scores_may_be_negative():
    assert best_threshold([(-0.25, A), (-0.75, B)], {A}) == Threshold(-0.5, 100.0)


def test_pairs_are_scored_as_sets():
    assert pair_f1({A, B, C, D}, {A, ("zh-2", "en-1")}) == F1Score(50.0, 25.0, pytest.approx(100 / 3))
    assert pair_f1({A}, set()) == F1Score(0, 0, 0)


@pytest.mark.parametrize("score", [nan, inf, -inf])
def test_a_score_that_is_no_number_is_refused(score):
    with pytest.raises(DataError, match=r"'zh-2', 'en-2' has the score"):
        best_threshold([(1.0, A), (score, B)], {A})


def test_without_gold_nothing_is_scored():
    with pytest.raises(DataError, match="no gold pairs"):
        best_threshold([(1.0, A)], frozenset())
    with pytest.raises(DataError, match="no gold pairs"):
        pair_f1(set(), {A})

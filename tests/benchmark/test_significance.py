import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vecocli.benchmark.significance import average_comparison, drawn_differences, holm
from vecocli.xtreme.metrics.bootstrap import paired
from vecocli.xtreme.metrics.f1 import f1_of_counts


def counts(seed, n=60):
    rng = np.random.default_rng(seed)
    gold = rng.integers(1, 6, n)
    return np.stack([rng.binomial(gold, 0.6), gold, gold], axis=1).astype(float)


def test_the_average_of_one_language_is_compared_as_the_language_is():
    first, second = counts(1), counts(2)
    drawn = drawn_differences(first, second, f1_of_counts, seed=5, resamples=200)
    whole = paired(first, second, statistic=f1_of_counts, seed=5, resamples=200)
    measured = float(f1_of_counts(first.sum(0)) - f1_of_counts(second.sum(0)))
    assert average_comparison([measured], [drawn]) == whole


def test_an_average_is_surer_than_its_languages():
    pairs = [(counts(seed, 50 + seed), counts(seed + 100, 50 + seed)) for seed in range(8)]
    measured = [float(f1_of_counts(one.sum(0)) - f1_of_counts(two.sum(0))) for one, two in pairs]
    drawn = [drawn_differences(one, two, f1_of_counts, seed=0, resamples=300) for one, two in pairs]
    alone = average_comparison(measured[:1], drawn[:1]).difference
    whole = average_comparison(measured, drawn).difference
    assert whole.value == pytest.approx(np.mean(measured))
    assert whole.high - whole.low < (alone.high - alone.low) / 2


def test_translations_of_one_test_are_no_surer_than_one_of_them():
    first, second = counts(1), counts(2)
    drawn = drawn_differences(first, second, f1_of_counts, seed=0, resamples=100)
    again = drawn_differences(first, second, f1_of_counts, seed=0, resamples=100)
    assert average_comparison([1.0, 1.0], [drawn, again]) == average_comparison([1.0], [drawn])


def test_no_difference_is_chance():
    same = counts(1)
    drawn = drawn_differences(same, same, f1_of_counts, seed=0, resamples=50)
    assert not drawn.any()
    assert average_comparison([0.0], [drawn]).p_value == 1.0


def test_a_difference_that_every_draw_has_is_as_sure_as_the_draws_allow():
    drawn = np.full(99, 3.0) + np.linspace(-1, 1, 99)
    comparison = average_comparison([3.0], [drawn], level=0.9)
    assert comparison.p_value == 0.01
    assert (comparison.difference.level, comparison.difference.resamples) == (0.9, 99)
    assert (comparison.difference.low, comparison.difference.high) == (pytest.approx(2.1), pytest.approx(3.9))


@pytest.mark.parametrize(
    ("given_", "adjusted"),
    [
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),  # worked example: 4, 3, 2, 1 times, never falling
        ([0.5, 0.6], [1.0, 1.0]),
        ([0.2], [0.2]),
        ([], []),
    ],
)
def test_holms_correction(given_, adjusted):
    assert holm(given_) == pytest.approx(adjusted)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_correction_keeps_the_order_and_lowers_nothing(values):
    adjusted = holm(values)
    assert all(after >= before for before, after in zip(values, adjusted, strict=True))
    assert max(adjusted) <= 1
    order = sorted(range(len(values)), key=values.__getitem__)
    assert [adjusted[place] for place in order] == sorted(adjusted)

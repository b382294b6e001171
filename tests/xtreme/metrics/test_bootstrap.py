import tracemalloc
from itertools import product

import numpy as np
import pytest

from vecocli.errors import DataError, UsageError
from vecocli.xtreme.metrics import bootstrap
from vecocli.xtreme.metrics.bootstrap import counts_interval, interval, paired
from vecocli.xtreme.metrics.f1 import f1_of_counts

VALUES = np.array([3.0, 10.0, 26.0, 61.0, 97.0])
OTHERS = np.array([1.0, 14.0, 20.0, 40.0, 90.0])


def every_resample(count):
    """All tests of `count` examples that can be drawn, each as likely as the others: [count ** count, count]."""
    return np.array(list(product(range(count), repeat=count)))


def random_counts(seed, count=40):
    generator = np.random.default_rng(seed)
    correct = generator.integers(0, 3, count)
    return np.stack([correct, correct + generator.integers(0, 2, count), correct + generator.integers(0, 2, count)], 1)


def drawn_by_hand(seed, count, resamples):
    generator = np.random.default_rng(seed)
    return [generator.integers(count, size=count) for _ in range(resamples)]


def test_a_mean_has_the_range_of_all_resamples():
    means = VALUES[every_resample(5)].mean(axis=1)
    found = interval(VALUES, seed=0, resamples=40_000, level=0.9)
    assert found.value == pytest.approx(VALUES.mean())
    assert (found.low, found.high) == pytest.approx(np.quantile(means, [0.05, 0.95]), abs=0.5)
    assert (found.level, found.resamples) == (0.9, 40_000)


def test_a_mean_has_about_the_range_of_theory():
    values = 100.0 * (np.random.default_rng(1).random(2_000) < 0.7)
    found = interval(values, seed=2)
    error = values.std() / np.sqrt(len(values))
    assert (found.low, found.high) == pytest.approx((found.value - 1.96 * error, found.value + 1.96 * error), abs=0.25)


def test_f1_is_resampled_by_sentence():
    counts = random_counts(0)
    scores = [f1_of_counts(counts[rows].sum(axis=0)) for rows in drawn_by_hand(7, 40, 500)]
    found = counts_interval(counts, f1_of_counts, seed=7, resamples=500)
    assert found.value == pytest.approx(f1_of_counts(counts.sum(axis=0)))
    assert (found.low, found.high) == pytest.approx(np.quantile(scores, [0.025, 0.975]), rel=1e-12)
    assert found.low < found.value < found.high


def test_two_systems_are_drawn_together():
    first, second = random_counts(1), random_counts(2)
    draws = drawn_by_hand(3, 40, 500)
    gaps = np.array([f1_of_counts(first[r].sum(axis=0)) - f1_of_counts(second[r].sum(axis=0)) for r in draws])
    found = paired(first, second, seed=3, statistic=f1_of_counts, resamples=500)
    measured = f1_of_counts(first.sum(axis=0)) - f1_of_counts(second.sum(axis=0))
    assert found.difference.value == pytest.approx(measured)
    assert (found.difference.low, found.difference.high) == pytest.approx(np.quantile(gaps, [0.025, 0.975]))
    assert found.p_value == pytest.approx((1 + (np.abs(gaps - measured) >= np.abs(measured)).sum()) / 501)
    assert 1 / 501 < found.p_value < 1


def test_the_p_value_is_that_of_all_resamples():
    gaps = (VALUES - OTHERS)[every_resample(5)].mean(axis=1)
    measured = (VALUES - OTHERS).mean()
    exact = (np.abs(gaps - measured) >= measured - 1e-9).mean()
    assert 0.02 < exact < 0.2
    assert paired(VALUES, OTHERS, seed=0, resamples=40_000).p_value == pytest.approx(exact, abs=0.005)


def test_differences_that_are_equal_but_for_rounding_count():
    whole = np.array([-25, -10, -24, 30, -15])
    exact, rounded = (paired(values, np.zeros(5), seed=0, resamples=2000).p_value for values in (whole * 5, whole / 7))
    assert exact == rounded


def test_equal_systems_do_not_differ():
    found = paired(VALUES, VALUES, seed=0)
    assert (found.difference.value, found.difference.low, found.difference.high, found.p_value) == (0, 0, 0, 1)


def test_a_clear_difference_is_not_chance():
    generator = np.random.default_rng(0)
    first = generator.normal(60, 10, 500)
    found = paired(first, first - generator.normal(2, 5, 500), seed=1)
    assert found.p_value == 1 / 1001
    assert found.difference.low > 1


def test_chance_alone_is_called_a_difference_as_often_as_it_should():
    generator = np.random.default_rng(5)
    p_values = [paired(*generator.normal(0, 1, (2, 60)), seed=seed, resamples=200).p_value for seed in range(600)]
    assert np.mean(np.array(p_values) <= 0.05) == pytest.approx(0.05, abs=0.025)
    assert np.mean(np.array(p_values) <= 0.5) == pytest.approx(0.5, abs=0.06)


def test_the_other_way_round_only_the_sign_changes():
    one, other = paired(VALUES, OTHERS, seed=4), paired(OTHERS, VALUES, seed=4)
    assert one.p_value == other.p_value
    assert one.difference.value == -other.difference.value
    assert one.difference.low == pytest.approx(-other.difference.high)


@pytest.mark.parametrize("block", [1, 7, 100, 333])
def test_the_size_of_a_block_changes_nothing(monkeypatch, block):
    counts = random_counts(3, count=9)
    whole = counts_interval(counts, f1_of_counts, seed=1, resamples=50)
    monkeypatch.setattr(bootstrap, "BLOCK", block)
    assert counts_interval(counts, f1_of_counts, seed=1, resamples=50) == whole


def test_memory_does_not_grow_with_the_resamples(monkeypatch):
    monkeypatch.setattr(bootstrap, "BLOCK", 1 << 14)
    values = np.arange(1 << 13)
    tracemalloc.start()
    interval(values, seed=0, resamples=512)  # 32 MB of draws at once
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_the_seed_fixes_the_result():
    assert interval(VALUES, seed=1) == interval(VALUES, seed=1)
    assert interval(VALUES, seed=1) != interval(VALUES, seed=2)


def test_one_example_has_no_range():
    found = interval([42.0], seed=0, resamples=10)
    assert (found.low, found.value, found.high) == (42, 42, 42)


@pytest.mark.parametrize(
    ("values", "message"),
    [([], "no examples"), ([1.0, np.nan], "not a finite number"), (5.0, "shape"), ([[1.0], [2.0]], "shape")],
)
def test_unusable_scores_are_refused(values, message):
    with pytest.raises(DataError, match=message):
        interval(values, seed=0)


@pytest.mark.parametrize(
    ("options", "message"), [({"resamples": 0}, "0 resamples"), ({"level": 1.0}, r"1\.0"), ({"level": 0.0}, r"0\.0")]
)
def test_unusable_settings_are_refused(options, message):
    for run in (lambda: interval(VALUES, seed=0, **options), lambda: paired(VALUES, OTHERS, seed=0, **options)):
        with pytest.raises(UsageError, match=message):
            run()


def test_systems_need_the_same_examples():
    with pytest.raises(DataError, match=r"shapes \(5,\) and \(4,\)"):
        paired(VALUES, OTHERS[:4], seed=0)

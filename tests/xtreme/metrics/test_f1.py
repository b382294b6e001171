import numpy as np
import pytest

from vecocli.xtreme.metrics.f1 import F1Score, f1_of_counts, f1_score, ratio


def test_scores_one_total_in_percent():
    assert f1_score(1, 2, 4) == F1Score(50.0, 25.0, pytest.approx(100 / 3))


@pytest.mark.parametrize("counts", [(0, 0, 0), (0, 3, 0), (0, 0, 3), (0, 2, 2)])
def test_nothing_correct_scores_zero(counts):
    assert f1_score(*counts) == F1Score(0.0, 0.0, 0.0)
    assert f1_of_counts(counts) == 0


def test_many_totals_score_as_one_by_one():
    generator = np.random.default_rng(0)
    correct = generator.integers(0, 5, (40, 7))
    counts = np.stack([correct, correct + generator.integers(0, 3, (40, 7)), correct + 1], axis=-1)
    scores = f1_of_counts(counts)
    assert scores.shape == (40, 7)
    expected = [[f1_score(*map(int, row)).f1 for row in rows] for rows in counts]
    np.testing.assert_allclose(scores, expected, rtol=1e-14)
    assert 0 < scores.mean() < 100


def test_a_ratio_of_nothing_is_zero():
    np.testing.assert_array_equal(ratio(np.array([1.0, 0.0, 3.0]), np.array([2.0, 0.0, 0.0])), [0.5, 0.0, 0.0])

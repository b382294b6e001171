"""Precision, recall and F1 from counts: of one total, or of many totals at once.

Shapes: counts [..., 3] hold how many are correct, how many were predicted and how many are in the gold.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class F1Score:
    """How well what was predicted agrees with the gold, in percent.

    Args:
        precision: Share of the predicted that is correct; 0 where nothing was predicted.
        recall: Share of the gold that was predicted; 0 where there is no gold.
        f1: Their harmonic mean; 0 where nothing is correct.
    """

    precision: float
    recall: float
    f1: float


def f1_score(correct: int, predicted: int, gold: int) -> F1Score:
    """Turn one total into scores.

    Args:
        correct: How many of the predicted are in the gold.
        predicted: How many were predicted.
        gold: How many there are.
    """
    if not correct:
        return F1Score(0.0, 0.0, 0.0)
    precision, recall = correct / predicted, correct / gold
    return F1Score(100 * precision, 100 * recall, 100 * (2 * precision * recall / (precision + recall)))


def f1_of_counts(counts: npt.ArrayLike) -> Floats:
    """Turn many totals into F1, such as those of resampled tests.

    Args:
        counts: [..., 3].

    Returns:
        [...] F1 in percent.
    """
    correct, predicted, gold = np.moveaxis(np.asarray(counts, dtype=np.float64), -1, 0)
    return 100 * ratio(2 * correct, predicted + gold)


def ratio(part: Floats, whole: Floats) -> Floats:
    """Divide two arrays of one shape; 0 where the whole is 0."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole != 0)

"""How sure a score is, and a difference of two: by drawing the test's examples anew, with replacement.

Shapes: N examples, K counts an example, R resamples.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vecocli.errors import DataError, UsageError
from vecocli.xtreme.metrics.f1 import Floats

Statistic = Callable[[Floats], Floats]

BLOCK = 1 << 21  # examples drawn at once: what bounds the memory, at about 50 MB
ROUNDING = 1e-9  # differences that are equal but for rounding count as equal


@dataclass(frozen=True, slots=True)
class Interval:
    """A score and the range that it has over resamples of the test.

    Args:
        value: The score on the test itself.
        low: Lower end of the range.
        high: Upper end.
        level: Share of the resamples inside.
        resamples: R.
    """

    value: float
    low: float
    high: float
    level: float
    resamples: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two systems on the same examples.

    Args:
        difference: Score of the first minus score of the second, with its range.
        p_value: How often chance alone gives a difference as large, either way; in [1 / (R + 1), 1].
    """

    difference: Interval
    p_value: float


def interval(values: npt.ArrayLike, *, seed: int, resamples: int = 1000, level: float = 0.95) -> Interval:
    """Resample a score that is a mean over examples.

    Args:
        values: [N] score of each example.
        seed: Of the draws.
        resamples: R.
        level: Share of the resamples inside the interval.

    Raises:
        DataError: There is no example, or a score is not finite.
        UsageError: R is below 1, or the level not between 0 and 1.

    Source: percentile bootstrap (Efron 1979).
    """
    return counts_interval(_column(values), _mean(values), seed=seed, resamples=resamples, level=level)


def counts_interval(
    counts: npt.ArrayLike, statistic: Statistic, *, seed: int, resamples: int = 1000, level: float = 0.95
) -> Interval:
    """Resample a score that is no mean, such as F1 from each sentence's counts; otherwise as `interval`.

    Args:
        counts: [N, K] of each example.
        statistic: Turns counts summed over a test, [..., K], into scores, [...]; such as `f1_of_counts`.
        seed: Of the draws.
        resamples: R.
        level: Share of the resamples inside the interval.

    Raises:
        DataError: There is no example, or a count is not finite.
        UsageError: R is below 1, or the level not between 0 and 1.
    """
    table = _table(counts)
    drawn = statistic(_resample(table, seed, resamples))
    return _interval(float(statistic(table.sum(axis=0))), drawn, level)


def paired(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    *,
    seed: int,
    statistic: Statistic | None = None,
    resamples: int = 1000,
    level: float = 0.95,
) -> Comparison:
    """Compare two systems on the same examples, drawn together.

    The p-value is two-sided: the share of resamples whose difference is at least as far from the measured difference as
    that is from 0, the test itself counted as one of them.

    Args:
        first: [N] scores of the first system, or [N, K] counts where there is a statistic.
        second: The same of the second, example by example.
        seed: Of the draws.
        statistic: As in `counts_interval`; None for the mean of scores.
        resamples: R.
        level: Share of the resamples inside the interval.

    Raises:
        DataError: The shapes differ, there is no example, or a value is not finite.
        UsageError: R is below 1, or the level not between 0 and 1.

    Source: paired bootstrap (Koehn 2004), its p-value by shifting as in Berg-Kirkpatrick et al. 2012, made two-sided.
    """
    if np.shape(first) != np.shape(second):
        message = f"the systems' scores have the shapes {np.shape(first)} and {np.shape(second)}"
        raise DataError(message, "Both need one score for each example of the same test.")
    score = _mean(first) if statistic is None else statistic
    one, other = (_column(side) if statistic is None else _table(side) for side in (first, second))
    width = one.shape[1]
    table = np.concatenate([one, other], axis=1)

    def gap(sums: Floats) -> Floats:
        return np.asarray(score(sums[..., :width]) - score(sums[..., width:]))

    drawn, measured = gap(_resample(table, seed, resamples)), float(gap(table.sum(axis=0)))
    extreme = int(np.count_nonzero(np.abs(drawn - measured) >= abs(measured) - ROUNDING))
    return Comparison(_interval(measured, drawn, level), (1 + extreme) / (1 + resamples))


def _resample(table: Floats, seed: int, resamples: int) -> Floats:
    """Draw R tests of N examples and sum the counts of each: [R, K]."""
    if resamples < 1:
        raise UsageError(f"there cannot be {resamples:,} resamples", "Choose 1 or more; 1,000 is usual.")
    generator, count = np.random.default_rng(seed), len(table)
    sums = np.empty((resamples, table.shape[1]))
    step = max(1, BLOCK // count)
    for start in range(0, resamples, step):
        rows = min(step, resamples - start)
        drawn = generator.integers(count, size=(rows, count))
        drawn += count * np.arange(rows)[:, None]
        times = np.bincount(drawn.ravel(), minlength=rows * count).reshape(rows, count)
        sums[start : start + rows] = times @ table
    return sums


def _interval(value: float, drawn: Floats, level: float) -> Interval:
    if not 0 < level < 1:
        raise UsageError(f"the level of an interval cannot be {level}", "Choose a share such as 0.95.")
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2]).tolist()
    return Interval(value, low, high, level, len(drawn))


def _mean(values: npt.ArrayLike) -> Statistic:
    count = len(np.asarray(values))
    return lambda sums: sums[..., 0] / count


def _column(values: npt.ArrayLike) -> Floats:
    """Scores as a table of one count an example."""
    return _table(np.asarray(values, dtype=np.float64)[..., None])


def _table(counts: npt.ArrayLike) -> Floats:
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2:
        raise DataError(f"an array of the shape {table.shape} does not hold one row an example", "Give one score each.")
    if not len(table):
        raise DataError("there are no examples to resample", "Is the file empty?")
    if not np.isfinite(table).all():
        raise DataError("the score of an example is not a finite number", "Does the model return numbers for it?")
    return table

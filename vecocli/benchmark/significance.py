"""What the comparison of two runs adds to the paired bootstrap: averages of languages, and many tests at once.

Shapes: N examples, K counts an example, R resamples, L languages.
"""

from collections.abc import Sequence

import numpy as np

from vecocli.xtreme.metrics.bootstrap import ROUNDING, Comparison, Interval, Statistic
from vecocli.xtreme.metrics.f1 import Floats


def drawn_differences(first: Floats, second: Floats, statistic: Statistic, *, seed: int, resamples: int) -> Floats:
    """Draw examples of both systems together and return how much the scores differ.

    The draws depend on the seed and N alone: tests of as many examples are drawn alike.

    Args:
        first: [N, K] counts of the first system.
        second: The same of the second.
        statistic: Turns summed counts, [..., K], into scores, [...].
        seed: Of the draws.
        resamples: R.

    Returns:
        [R] first minus second.
    """
    generator, count = np.random.default_rng(seed), len(first)
    table, width = np.concatenate([first, second], axis=1), first.shape[1]
    draws = (np.bincount(generator.integers(count, size=count), minlength=count) for _ in range(resamples))
    sums = np.array([times @ table for times in draws])
    return np.asarray(statistic(sums[:, :width]) - statistic(sums[:, width:]))


def average_comparison(measured: Sequence[float], drawn: Sequence[Floats], level: float = 0.95) -> Comparison:
    """Compare two systems' averages over languages.

    Args:
        measured: [L] difference of each language on its test.
        drawn: [L] of [R], differences of the same languages over resamples.
        level: Share of the resamples inside the interval.

    Source: as `vecocli.xtreme.metrics.bootstrap.paired`, of the mean of the languages' differences.
    """
    difference, resampled = float(np.mean(measured)), np.mean(drawn, axis=0)
    low, high = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2]).tolist()
    extreme = int(np.count_nonzero(np.abs(resampled - difference) >= abs(difference) - ROUNDING))
    whole = Interval(difference, low, high, level, len(resampled))
    return Comparison(whole, (1 + extreme) / (1 + len(resampled)))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values for how many there are: what is at most 0.05 then is significant at 0.05 for all together.

    Args:
        p_values: [L] each by itself.

    Returns:
        [L] adjusted, in the same order; 1 at most.

    Source: Holm 1979, "A simple sequentially rejective multiple test procedure".
    """
    adjusted, least = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = least
    return adjusted

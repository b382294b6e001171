"""Two runs on the same tests: is one better, or is it chance?

Examples are drawn with replacement, for both runs together (paired bootstrap), 1,000 times. Of a language, all seeds of
an example are drawn together, and their scores averaged. Of a task, each language's examples are drawn within the
language, and the differences of the languages averaged; tests of as many examples are drawn alike, for those of XNLI,
XQuAD and PAWS-X are translations of one another, and what is hard in one language is hard in all.

It tells how much of a difference is due to the choice of examples, not how much another seed would change.

Source: `vecocli.xtreme.metrics.bootstrap`; drawing within languages, and alike in tests of one size: this project's
choice. Holm 1979 for the correction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

from vecocli.benchmark.pairing import Counts, Pairing, counts_of, pair_up
from vecocli.benchmark.result import RESAMPLES
from vecocli.benchmark.significance import average_comparison, drawn_differences, holm
from vecocli.progress import Progress, silent
from vecocli.xtreme.metrics.bootstrap import Comparison, paired
from vecocli.xtreme.metrics.f1 import Floats
from vecocli.xtreme.score import Protocol

SIGNIFICANT = 0.05
SEED = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """Two runs in one language.

    Args:
        language: Canonical code.
        n: Examples.
        seeds: Seeds of the first run and of the second, pair by pair.
        first: Score of the first run in percent, mean over its seeds.
        second: Of the second.
        comparison: First minus second, by paired bootstrap.
        adjusted: The p-value after Holm's correction over the languages of the task.
        by_seed: The same of each pair of seeds; empty where there is one.
    """

    language: str
    n: int
    seeds: tuple[tuple[int, int], ...]
    first: float
    second: float
    comparison: Comparison
    adjusted: float
    by_seed: tuple[Comparison, ...]

    @property
    def significant(self) -> bool:
        """Whether the difference is significant at 0.05, over all languages of the task together."""
        return self.adjusted <= SIGNIFICANT


@dataclass(frozen=True, slots=True)
class TaskDifference:
    """Two runs in one task.

    Args:
        task: Its name.
        languages: Those that both runs have.
        first: Average of the first run over these languages, in percent.
        second: Of the second.
        comparison: First minus second.
    """

    task: str
    languages: tuple[Difference, ...]
    first: float
    second: float
    comparison: Comparison

    @property
    def significant(self) -> bool:
        """Whether the difference of the averages is significant at 0.05, by itself."""
        return self.comparison.p_value <= SIGNIFICANT


@dataclass(frozen=True, slots=True)
class RunDifference:
    """Two runs.

    Args:
        tasks: Those that both runs have languages of.
        only_first: Languages that only the first run has, by task.
        only_second: The same of the second.
    """

    tasks: tuple[TaskDifference, ...]
    only_first: Mapping[str, tuple[str, ...]]
    only_second: Mapping[str, tuple[str, ...]]


def compare(
    first: Path,
    second: Path,
    protocol: Protocol = "xtreme",
    tasks: Sequence[str] = (),
    *,
    resamples: int = RESAMPLES,
    progress: Progress = silent,
) -> RunDifference:
    """Compare two folders of results, in what a table shows of them.

    Args:
        first: A folder of results.
        second: Another, of the same tests.
        protocol: Whose scores are compared.
        tasks: Tasks to compare; none for all that both have.
        resamples: Draws.
        progress: Called with (languages done, languages in all).

    Raises:
        DataError: A folder has no results, a result is damaged, the two share nothing, or were scored on other data.
        UsageError: An asked task is in neither.
    """
    common = pair_up(first, second, tasks)
    total, done, compared = sum(map(len, common.tasks.values())), 0, []
    for task, pairings in common.tasks.items():
        languages: list[Difference] = []
        drawn: list[Floats] = []
        for pairing in pairings:
            counts = counts_of(pairing, first, second, protocol)
            languages.append(_language(pairing, counts, resamples))
            sides = counts.first, counts.second
            drawn.append(drawn_differences(*sides, counts.statistic, seed=SEED, resamples=resamples))
            done += 1
            progress(done, total)
        compared.append(_task(task, languages, drawn))
    return RunDifference(tuple(compared), common.only_first, common.only_second)


def _language(pairing: Pairing, counts: Counts, resamples: int) -> Difference:
    """Compare a language; its p-value is not yet adjusted."""
    first, second, count = counts.first, counts.second, len(pairing.seeds)
    whole = paired(first, second, seed=SEED, statistic=counts.statistic, resamples=resamples)
    width = first.shape[1] // count
    parts = [slice(start, start + width) for start in range(0, first.shape[1], width)]
    by_seed = [
        paired(first[:, part], second[:, part], seed=SEED, statistic=counts.by_seed, resamples=resamples)
        for part in (parts if count > 1 else [])
    ]
    one, two = (float(counts.statistic(side.sum(axis=0))) for side in (first, second))
    return Difference(pairing.language, pairing.n, pairing.seeds, one, two, whole, whole.p_value, tuple(by_seed))


def _task(task: str, languages: Sequence[Difference], drawn: Sequence[Floats]) -> TaskDifference:
    adjusted = holm([one.comparison.p_value for one in languages])
    corrected = tuple(replace(one, adjusted=value) for one, value in zip(languages, adjusted, strict=True))
    measured = [one.comparison.difference.value for one in languages]
    first, second = fmean(one.first for one in languages), fmean(one.second for one in languages)
    return TaskDifference(task, corrected, first, second, average_comparison(measured, drawn))

"""What the results of a run amount to, as values: scores by language over seeds, averages, transfer gaps.

An average says what it was taken over and what of the benchmark was missing. Spreads are standard deviations over seeds
(of a sample, n - 1) where there are several seeds, and bootstrap intervals where there is one: the first is of the
training, the second of the test's examples, and neither holds the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from vecocli.benchmark.order import english_first, in_order, languages_of
from vecocli.benchmark.result import Result
from vecocli.errors import DataError
from vecocli.xtreme.metrics.averages import (
    CATEGORIES,
    Average,
    answer_mean,
    category_mean,
    category_means,
    mean,
    task_mean,
    transfer_gap,
)
from vecocli.xtreme.score import Protocol

ANSWERS = ("f1", "exact_match")


@dataclass(frozen=True, slots=True)
class Score:
    """A score over seeds.

    Args:
        value: Mean over the seeds, in percent.
        seeds: The seeds.
        deviation: Standard deviation over several seeds; None where there is one.
        interval: Low and high end by bootstrap, level 0.95, where there is one seed; None where there are several.
    """

    value: float
    seeds: tuple[int, ...]
    deviation: float | None
    interval: tuple[float, float] | None

    @property
    def ends(self) -> tuple[float, float]:
        """What a chart's whiskers reach: the interval, or a standard deviation to both sides."""
        if self.interval is not None:
            return self.interval
        return self.value - (self.deviation or 0.0), self.value + (self.deviation or 0.0)


@dataclass(frozen=True, slots=True)
class Row:
    """A language of a task.

    Args:
        language: Canonical code.
        n: Examples.
        score: Of what a table shows.
        metrics: Every metric of the protocol, mean over the seeds.
        truncated: Examples that were not read whole; of the seed with the most.
    """

    language: str
    n: int
    score: Score
    metrics: Mapping[str, float]
    truncated: int


@dataclass(frozen=True, slots=True)
class TaskTable:
    """A task over its languages.

    Args:
        name: The task.
        rows: A row a language, English first, the others by code.
        average: Over the languages that were scored; names those that were not.
        deviation: Of the average over the seeds that all languages have; None where they share fewer than two.
        answers: Mean F1 and mean exact match of questions; None for other tasks.
        gap: English minus the mean of the others; None for retrieval, and where one of the two was not scored.
    """

    name: str
    rows: tuple[Row, ...]
    average: Average
    deviation: float | None
    answers: tuple[float, float] | None
    gap: Average | None


@dataclass(frozen=True, slots=True)
class Table:
    """A run in one protocol.

    Args:
        protocol: `xtreme` or `sane`.
        tasks: In the benchmark's order.
        average: Unweighted mean of the tasks; the benchmark's own only if `comparable`.
        categories: Mean of each category's tasks.
        by_category: Unweighted mean of the categories.
    """

    protocol: Protocol
    tasks: tuple[TaskTable, ...]
    average: Average
    categories: Mapping[str, Average]
    by_category: Average

    @property
    def overall(self) -> float | None:
        """The average of the benchmark; None where one of its nine tasks is missing."""
        return self.average.value if self.average.complete else None

    @property
    def comparable(self) -> bool:
        """Whether all nine tasks are there in all their languages."""
        return self.average.complete and all(task.average.complete for task in self.tasks)

    def task(self, name: str) -> TaskTable | None:
        """Return a task; None where the run lacks it."""
        return next((task for task in self.tasks if task.name == name), None)


def tabulate(results: Sequence[Result], protocol: Protocol) -> Table:
    """Sum up a run.

    Args:
        results: Of one folder, in any order.
        protocol: Whose scores are shown.

    Raises:
        DataError: There is no result, or two are of the same task, language and seed.
        UsageError: No task or language has such a name.
    """
    by_task: dict[str, list[Result]] = {}
    for result in results:
        by_task.setdefault(result.task, []).append(result)
    tasks = tuple(_task(name, by_task[name], protocol) for name in in_order(by_task))
    scores = {task.name: task.average.value for task in tasks}
    return Table(protocol, tasks, task_mean(scores), category_means(scores), category_mean(scores))


def _task(name: str, results: Sequence[Result], protocol: Protocol) -> TaskTable:
    by_language: dict[str, list[Result]] = {}
    for result in results:
        by_language.setdefault(result.language, []).append(result)
    codes = english_first(by_language)
    rows = tuple(_row(sorted(by_language[code], key=lambda one: one.seed), protocol) for code in codes)
    shown = {row.language: row.score.value for row in rows}
    languages, answers, average = languages_of(name), None, None
    if all(set(ANSWERS) <= set(row.metrics) for row in rows):
        overlap, exact = ({row.language: row.metrics[metric] for row in rows} for metric in ANSWERS)
        average = answer_mean(exact, overlap, languages)
        answers = (mean(overlap, languages).value, mean(exact, languages).value)
    return TaskTable(
        name,
        rows,
        average or mean(shown, languages),
        _deviation(by_language, protocol),
        answers,
        _gap(name, shown, languages),
    )


def _row(results: Sequence[Result], protocol: Protocol) -> Row:
    """Sum up a language, by seed."""
    first, seeds = results[0], tuple(result.seed for result in results)
    if len(set(seeds)) < len(seeds):
        message = f"{first.task} has two results of {first.language} with one seed"
        raise DataError(message, "Give the results of one folder.")
    values = [result.shown[protocol] for result in results]
    several = len(values) > 1
    score = Score(
        fmean(values), seeds, stdev(values) if several else None, None if several else first.intervals.get(protocol)
    )
    shared = [name for name in first.scores[protocol] if all(name in one.scores[protocol] for one in results)]
    metrics = {name: fmean(result.scores[protocol][name] for result in results) for name in shared}
    return Row(first.language, first.n, score, metrics, max(result.truncated for result in results))


def _deviation(by_language: Mapping[str, Sequence[Result]], protocol: Protocol) -> float | None:
    """How much the average differs between the seeds that all languages have."""
    found = [{result.seed: result.shown[protocol] for result in results} for results in by_language.values()]
    shared = set.intersection(*(set(scores) for scores in found))
    means = [fmean(scores[seed] for scores in found) for seed in sorted(shared)]
    return stdev(means) if len(means) > 1 else None


def _gap(task: str, shown: Mapping[str, float], languages: Sequence[str]) -> Average | None:
    if task in CATEGORIES["retrieval"] or "en" not in shown or len(shown) < 2:
        return None
    return transfer_gap(shown, languages)

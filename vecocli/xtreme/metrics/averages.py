"""Means over languages, tasks and categories; each says what it was taken over, and what was missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vecocli.errors import DataError, UsageError
from vecocli.registry import did_you_mean

CATEGORIES: dict[str, tuple[str, ...]] = {
    "classification": ("xnli", "pawsx"),
    "structured": ("udpos", "panx"),
    "qa": ("xquad", "mlqa", "tydiqa"),
    "retrieval": ("bucc2018", "tatoeba"),
}
TASKS = tuple(task for tasks in CATEGORIES.values() for task in tasks)


@dataclass(frozen=True, slots=True)
class Average:
    """A mean.

    Args:
        value: The mean, in the unit of what went in.
        over: Names of what went in.
        missing: Names of what belongs to it and was not there.
    """

    value: float
    over: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing was missing."""
        return not self.missing


def mean(scores: Mapping[str, float], names: Sequence[str]) -> Average:
    """Take the unweighted mean of what is there.

    Args:
        scores: Score by name.
        names: All names that belong to the mean, such as a task's languages.

    Raises:
        DataError: No score is there.
        UsageError: A score has another name.
    """
    over, missing = _split(scores, names)
    return Average(sum(scores[name] for name in over) / len(over), over, missing)


def answer_mean(exact_match: Mapping[str, float], f1: Mapping[str, float], languages: Sequence[str]) -> Average:
    """Score a task of questions: half the mean exact match, half the mean F1.

    Args:
        exact_match: Percent by language.
        f1: Percent by language, of the same languages.
        languages: The task's languages.

    Raises:
        DataError: No score is there, or the two are of different languages.
        UsageError: The task has no such language.
    """
    if exact_match.keys() != f1.keys():
        odd = ", ".join(sorted(exact_match.keys() ^ f1.keys()))
        raise DataError(f"only one of exact match and F1 is there for {odd}", "Give both for each language.")
    exact, overlap = mean(exact_match, languages), mean(f1, languages)
    return Average((exact.value + overlap.value) / 2, exact.over, exact.missing)


def task_mean(scores: Mapping[str, float]) -> Average:
    """Average the benchmark: the unweighted mean of its nine tasks.

    XTREME prints it only where all nine are there: see `Average.complete`.

    Args:
        scores: Percent by task.

    Raises:
        DataError: No score is there.
        UsageError: The benchmark has no such task.
    """
    return mean(scores, TASKS)


def category_means(scores: Mapping[str, float]) -> dict[str, Average]:
    """Average each category of tasks; one without a score is left out.

    Args:
        scores: Percent by task.

    Raises:
        DataError: No score is there.
        UsageError: The benchmark has no such task.
    """
    _split(scores, TASKS)
    inside = {name: {task: scores[task] for task in tasks if task in scores} for name, tasks in CATEGORIES.items()}
    return {name: mean(found, CATEGORIES[name]) for name, found in inside.items() if found}


def category_mean(scores: Mapping[str, float]) -> Average:
    """Average the benchmark by category: the unweighted mean of the categories' means.

    Args:
        scores: Percent by task.

    Returns:
        The mean; it names tasks, not categories, so that a part of a category is seen to be missing.

    Raises:
        DataError: No score is there.
        UsageError: The benchmark has no such task.

    Source: the average of RemBERT (arXiv 2010.12821); XTREME's own is `task_mean`.
    """
    means = category_means(scores)
    over, missing = _split(scores, TASKS)
    return Average(sum(part.value for part in means.values()) / len(means), over, missing)


def transfer_gap(scores: Mapping[str, float], languages: Sequence[str]) -> Average:
    """Measure what is lost between languages: English minus the mean of the others.

    Args:
        scores: Percent by language.
        languages: The task's languages, English among them.

    Returns:
        The gap, and which other languages it is over.

    Raises:
        DataError: English, or every other language, is not there.
        UsageError: The task has no such language.
    """
    if "en" not in scores:
        raise DataError("there is no score of English", "A transfer gap is measured from English.")
    _split(scores, languages)
    others = {language: score for language, score in scores.items() if language != "en"}
    rest = mean(others, [language for language in languages if language != "en"])
    return Average(scores["en"] - rest.value, rest.over, rest.missing)


def _split(scores: Iterable[str], names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names that are there, and those that are not; both in the order of the names."""
    there = set(scores)
    for name in sorted(there.difference(names)):
        raise UsageError(f"there is no {name!r} to average", did_you_mean(name, names))
    over = tuple(name for name in names if name in there)
    if not over:
        raise DataError("there is nothing to average", f"Expected at least one of {', '.join(names)}.")
    return over, tuple(name for name in names if name not in there)

"""In which order tasks and languages stand in tables, and which languages a task has."""

from collections.abc import Iterable

from vecocli import registry
from vecocli.xtreme.metrics.averages import TASKS


def in_order(tasks: Iterable[str]) -> list[str]:
    """Return names of tasks in the benchmark's order; those that it lacks come last."""
    return sorted(tasks, key=lambda name: (TASKS.index(name) if name in TASKS else len(TASKS), name))


def english_first(codes: Iterable[str]) -> list[str]:
    """Return languages by code, English before the others."""
    return sorted(codes, key=lambda code: (code != "en", code))


def languages_of(task: str) -> tuple[str, ...]:
    """Return the test languages of a task.

    Raises:
        UsageError: There is no such task.
    """
    return tuple(registry.get("vecocli.xtreme.tasks", task).TASK.languages)

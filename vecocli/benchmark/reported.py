"""Runs to report on: results of a folder under a name, summed up in both protocols."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vecocli.benchmark.order import in_order
from vecocli.benchmark.result import Result, read_all
from vecocli.benchmark.table import Table, tabulate
from vecocli.errors import UsageError
from vecocli.xtreme.score import PROTOCOLS, Protocol


@dataclass(frozen=True, slots=True)
class Run:
    """The results of one folder.

    Args:
        name: What reports call it.
        results: Its results.
        tables: What they amount to, by protocol.
    """

    name: str
    results: tuple[Result, ...]
    tables: Mapping[Protocol, Table]

    @property
    def models(self) -> list[str]:
        """Names of the encoders that were measured."""
        return distinct(self.results, lambda one: one.model.get("name"))

    @property
    def versions(self) -> dict[str, str]:
        """The software; where results were made with several versions, all of them."""
        packages = dict.fromkeys(name for one in self.results for name in one.versions)
        return {name: ", ".join(distinct(self.results, lambda one: one.versions.get(name))) for name in packages}  # noqa: B023

    def of_task(self, task: str) -> list[Result]:
        """Return the results of one task."""
        return [one for one in self.results if one.task == task]


def run_of(name: str, results: Sequence[Result]) -> Run:
    """Sum up results; errors as `tabulate`."""
    return Run(name, tuple(results), {protocol: tabulate(results, protocol) for protocol in PROTOCOLS})


def open_runs(folders: Sequence[Path]) -> list[Run]:
    """Read folders of results; each is called by its own name, or by its path where names are alike.

    Raises:
        DataError: A result is damaged, or there is none.
        UsageError: A folder is named twice.
    """
    names = [folder.resolve().name for folder in folders]
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise UsageError("a folder of results is named twice", "Name each once.")
    unique = len(set(names)) == len(names)
    return [
        run_of(name if unique else str(folder), read_all(folder)) for name, folder in zip(names, folders, strict=True)
    ]


def tasks_of(runs: Sequence[Run]) -> list[str]:
    """Return the tasks that any run has, in the benchmark's order."""
    return in_order({one.task for run in runs for one in run.results})


def distinct(results: Sequence[Result], fact: Callable[[Result], Any]) -> list[str]:
    """Return the different values of a fact in words, in order; None is left out."""
    return list(dict.fromkeys(str(value) for value in map(fact, results) if value is not None))

"""Compare two folders of XTREME results: is one run better, or is it chance?

Takes the --out of two `veco evaluate xtreme` on the same data. For each language, and for each task's average over
languages, the difference with a 95 % interval and a p-value, by paired bootstrap over the test's examples. Significant
(*) is what stays so after Holm's correction over the languages of a task. Differences are in percent points.
"""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from vecocli.commands.evaluate._common import check_out, write_out
from vecocli.config.xtreme import CompareConfig
from vecocli.console import Screen

if TYPE_CHECKING:
    from vecocli.benchmark.compare import Difference, RunDifference, TaskDifference
    from vecocli.xtreme.metrics.bootstrap import Comparison

CONFIG = CompareConfig
EXAMPLE = """
    veco evaluate compare runs/xtreme-base runs/xtreme-aligned
"""
TESTED = ("difference", "95 % interval", "p")
ALL = "average"


def run(config: CompareConfig, screen: Screen) -> dict[str, Any]:
    """Read, draw, show."""
    check_out(config)
    from vecocli.benchmark.compare import compare

    with screen.progress("comparing") as progress:
        found = compare(config.first, config.second, config.protocol, config.tasks, progress=progress)
    names = _names(config)
    for task in found.tasks:
        _show(task, names, screen)
    _show_averages(found, names, screen)
    _say(found, names, screen)
    return write_out(
        config,
        {
            "first": str(config.first),
            "second": str(config.second),
            "protocol": config.protocol,
            "level": 0.95,
            "significant": 0.05,
            "tasks": {task.task: _document(task) for task in found.tasks},
            "only_first": {task: list(codes) for task, codes in found.only_first.items()},
            "only_second": {task: list(codes) for task, codes in found.only_second.items()},
        },
    )


def _names(config: CompareConfig) -> tuple[str, str]:
    """What the two are called in tables: their folders' names, or their paths where those are alike."""
    one, two = config.first.resolve().name, config.second.resolve().name
    return (one, two) if one != two else (str(config.first), str(config.second))


def _show(task: "TaskDifference", names: tuple[str, str], screen: Screen) -> None:
    """Show a task, language by language."""
    rows = [_row(one, task) for one in task.languages]
    rows.append((ALL, None, *_cells(task.first, task.second, task.comparison), None, _mark(task.significant)))
    columns = ("language", "n", *names, *TESTED, "p, Holm", "")
    screen.table(f"{task.task}: {names[0]} minus {names[1]}", columns, rows)


def _row(one: "Difference", task: "TaskDifference") -> tuple[object, ...]:
    cells = _cells(one.first, one.second, one.comparison)
    return (one.language, one.n, *cells, _p(one.adjusted), _mark(one.significant))


def _show_averages(found: "RunDifference", names: tuple[str, str], screen: Screen) -> None:
    """Show all tasks, where there are several."""
    if len(found.tasks) < 2:
        return
    rows = [
        (one.task, len(one.languages), *_cells(one.first, one.second, one.comparison), _mark(one.significant))
        for one in found.tasks
    ]
    columns = ("task", "languages", *names, *TESTED, "")
    screen.table(f"Averages over languages: {names[0]} minus {names[1]}", columns, rows)


def _say(found: "RunDifference", names: tuple[str, str], screen: Screen) -> None:
    """Say how seeds were paired, and what only one of the two has."""
    ways: dict[tuple[tuple[int, int], ...], list[str]] = {}
    for task in found.tasks:
        for seeds in dict.fromkeys(one.seeds for one in task.languages):
            ways.setdefault(seeds, []).append(task.task)
    for seeds, tasks in ways.items():
        if all(one == two for one, two in seeds):
            said = f"seed {seeds[0][0]}" if len(seeds) == 1 else f"seeds {', '.join(str(one) for one, _ in seeds)}"
            screen.text(f"Compared with the same {said}: {', '.join(tasks)}")
        else:
            one, two = seeds[0]
            screen.text(
                f"They share no seed; seed {one} of {names[0]} is compared with seed {two} of {names[1]}: "
                f"{', '.join(tasks)}"
            )
    for name, alone in zip(names, (found.only_first, found.only_second), strict=True):
        if alone:
            listed = "; ".join(f"{task} {', '.join(codes)}" for task, codes in alone.items())
            screen.text(f"Only {name} has: {listed}")


def _cells(first: float, second: float, found: "Comparison") -> tuple[object, ...]:
    ends = f"{found.difference.low:+.1f} to {found.difference.high:+.1f}"
    return first, second, f"{found.difference.value:+.1f}", ends, _p(found.p_value)


def _p(value: float) -> str:
    return f"{value:.3f}"


def _mark(significant: bool) -> str:
    return "*" if significant else ""


def _document(task: "TaskDifference") -> dict[str, Any]:
    """A task's part of the document."""
    return {
        "languages": {one.language: _language(one) for one in task.languages},
        "average": {
            "first": task.first,
            "second": task.second,
            "over": [one.language for one in task.languages],
            **_tested(task.comparison),
            "significant": task.significant,
        },
    }


def _language(one: "Difference") -> dict[str, Any]:
    seeds = [
        {"first": pair[0], "second": pair[1], **_tested(found)}
        for pair, found in zip(one.seeds, one.by_seed or (one.comparison,), strict=True)
    ]
    return {
        "n": one.n,
        "first": one.first,
        "second": one.second,
        **_tested(one.comparison),
        "p_holm": one.adjusted,
        "significant": one.significant,
        "seeds": seeds,
    }


def _tested(found: "Comparison") -> dict[str, Any]:
    whole = asdict(found.difference)
    return {"difference": whole["value"], "low": whole["low"], "high": whole["high"], "p": found.p_value}

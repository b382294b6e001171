"""Run tasks of the XTREME benchmark: fine-tune on English, test on up to 40 languages.

Models that are not there yet are fine-tuned as XTREME does (see `veco finetune`), into --out. What is done already
with the same model, data and settings is not done again. Languages without data are named, and averages say what they
are over. Scores are in percent, by XTREME's own metrics and by those that other papers use (see docs/tasks.md).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from vecocli.commands.evaluate._common import best_layer, both_ways, layer_row
from vecocli.config.xtreme import XtremeConfig
from vecocli.console import Screen
from vecocli.provenance import versions

if TYPE_CHECKING:
    from vecocli.benchmark.result import Result
    from vecocli.benchmark.run import Outcome
    from vecocli.xtreme.evaluate import TaskResult
    from vecocli.xtreme.score import Protocol

CONFIG = XtremeConfig
EXAMPLE = """
    veco evaluate xtreme runs/aligned --data download --out runs/xtreme --seeds 1,2,3
"""
PROTOCOLS: tuple["Protocol", ...] = ("xtreme", "sane")
DIRECTIONS = ("en->xx", "xx->en")


def run(config: XtremeConfig, screen: Screen) -> dict[str, Any]:
    """Run the tasks, show their languages."""
    from vecocli.benchmark.run import run as run_tasks

    outcome = run_tasks(config, screen.progress, screen.note)
    tasks = list(dict.fromkeys(result.task for result in outcome.results))
    documents = {}
    for task in tasks:
        results = [result for result in outcome.results if result.task == task]
        documents[task] = _show(task, results, outcome, screen)
    for task, missing in outcome.missing.items():
        if task not in documents:
            screen.text(f"{task}: not scored, for want of data.")
            documents[task] = {"languages": {}, "missing": missing}
    reports = _report(config, outcome, screen) if outcome.results else []
    head = {"model": config.model, "data": config.data, "split": config.split, "limit": config.most}
    return {**head, "tasks": documents, "reports": reports, "versions": versions()}


def _report(config: XtremeConfig, outcome: "Outcome", screen: Screen) -> list[str]:
    """Show all tasks at once, say what has to be known of them, and write the reports."""
    from vecocli.benchmark.export import write_exports
    from vecocli.benchmark.grids import overview
    from vecocli.benchmark.page import write_page
    from vecocli.benchmark.remarks import remarks
    from vecocli.benchmark.reported import open_runs, run_of

    if config.out is None:
        run = run_of(str(config.model or config.predictions), outcome.results)
    else:  # with what was scored there before
        (run,) = open_runs([config.out])
    for protocol in PROTOCOLS:
        grid = overview([run], protocol)
        screen.table(grid.title, grid.head, grid.rows)
    for remark in remarks(run):
        screen.text(remark)
    if config.out is None:
        return []
    files = [*write_exports(config.out, [run]), write_page(config.out, [run])]
    screen.text(f"Reports: {', '.join(map(str, files))}")
    return [str(path) for path in files]


def _show(task: str, results: "Sequence[Result]", outcome: "Outcome", screen: Screen) -> dict[str, Any]:
    """Show one task and return its part of the document."""
    missing = outcome.missing.get(task, {})
    extra = _show_layers(task, outcome.layers[task], screen) if task in outcome.layers else {}
    names = [(protocol, name) for protocol, found in results[0].scores.items() for name in found]
    rows = [
        (result.language, result.seed, result.n, *(result.scores[p][name] for p, name in names)) for result in results
    ]
    columns = ("language", "seed", "n", *(f"{name} ({protocol})" for protocol, name in names))
    means = {p: {n: _mean([r.scores[p][n] for r in results]) for q, n in names if q == p} for p, _ in names}
    screen.table(task, columns, [*rows, ("mean", None, None, *(means[p][name] for p, name in names))])
    if missing:
        screen.text(f"Not scored and not in the mean: {', '.join(missing)}")
    languages = list(dict.fromkeys(result.language for result in results))
    return {
        "languages": {
            language: [_row(result) for result in results if result.language == language] for language in languages
        },
        "missing": missing,
        "average": {"over": languages, **means, **({"layers": extra["layers"]} if extra else {})},
        **({"best": extra["best"]} if extra else {}),
    }


def _show_layers(task: str, found: "TaskResult", screen: Screen) -> dict[str, Any]:
    """Show the scores of several layers."""
    if len(found.average) > 1:
        rows = [(score.layer, *score.percent) for score in found.average]
        screen.table(f"{task}: mean over {len(found.languages)} languages", ("layer", *DIRECTIONS, "MEXA"), rows)
    best = best_layer(both_ways(found.average), "mean accuracy", screen)
    return {"layers": [layer_row(score, *DIRECTIONS) for score in found.average], "best": best}


def _row(result: "Result") -> dict[str, Any]:
    names = ("seed", "n", "truncated", "scores", "shown", "intervals", "model", "data", "settings", "seconds")
    return {name: getattr(result, name) for name in names}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)

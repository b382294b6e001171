"""What a reader of scores must know, in sentences: what is missing, and what was not done as the benchmark does."""

from collections.abc import Iterator, Sequence

from vecocli.benchmark.reported import Run, distinct, tasks_of
from vecocli.benchmark.result import Result
from vecocli.benchmark.table import Table, TaskTable
from vecocli.xtreme.metrics.averages import CATEGORIES, TASKS


def about_average(table: Table) -> str:
    """Say what the average over tasks is worth; empty where it is the benchmark's own."""
    average = table.average
    if not average.complete:
        return (
            f"The average is over {len(average.over)} of {len(TASKS)} tasks, without {', '.join(average.missing)}: "
            f"{average.value:.1f}. It does not compare with averages over all of them."
        )
    if not table.comparable:
        short = ", ".join(task.name for task in table.tasks if not task.average.complete)
        return f"Languages are missing in {short}: the average does not compare with averages over all of them."
    return ""


def about_part(run: Run) -> str:
    """Say where a run scored less than the whole test, or other data; empty where it did not."""
    said = []
    for name, words in (("limit", "only the first {} examples of a language"), ("split", "{} in place of the test")):
        for value in distinct(run.results, lambda one: one.settings.get(name)):  # noqa: B023
            tasks = [task for task in tasks_of([run]) if value in _values(run, task, name)]
            if value != "test":
                said.append(f"{words.format(value)} ({', '.join(tasks)})")
    return f"Scored on {'; '.join(said)}: not comparable with scores of the whole test." if said else ""


def about_task(task: TaskTable) -> str:
    """Say which of a task's languages are missing; empty where none is."""
    average = task.average
    if average.complete:
        return ""
    number = len(average.over) + len(average.missing)
    return f"{task.name}: {len(average.over)} of {number} languages, without {', '.join(average.missing)}."


def remarks(run: Run) -> list[str]:
    """Say all that a reader of a run's scores must know.

    What is said of a task: languages that are missing, a part of the data only, other data than the test, examples that
    were not read whole, seeds or models that are not the same in all languages, and arithmetic. Then the layouts of the
    data, and versions.

    Args:
        run: The run.
    """
    table = run.tables["xtreme"]
    said = [about_average(table), about_part(run)]
    for task in table.tasks:
        said.append(about_task(task))
        said.extend(f"{task.name}: {one}" for one in _of_results(task, run.of_task(task.name)))
    said.append(_layouts(run))
    several = [f"{name} {versions}" for name, versions in run.versions.items() if ", " in versions]
    if several:
        said.append(f"Results were made with several versions: {'; '.join(several)}.")
    return list(filter(None, said))


def _values(run: Run, task: str, setting: str) -> list[str]:
    return distinct(run.of_task(task), lambda one: one.settings.get(setting))


def _of_results(task: TaskTable, results: Sequence[Result]) -> Iterator[str]:
    if cut := sum(row.truncated for row in task.rows):
        whole = sum(row.n for row in task.rows)
        of = "texts" if task.name in CATEGORIES["retrieval"] else f"of {whole:,} examples"
        yield f"{cut:,} {of} were too long and not read whole."
    yield from _mixed(results)
    if any(_chosen_there(one) for one in results):
        yield "the layer was chosen on the scored data itself: confirm it on other data."
    if "bf16" in distinct(results, lambda one: one.settings.get("precision")):
        yield "computed in bf16, which moves scores in the third digit."


def _layouts(run: Run) -> str:
    """In which layouts of files the data of the tasks were found."""
    found: dict[str, list[str]] = {}
    for task in tasks_of([run]):
        for layout in distinct(run.of_task(task), lambda one: one.data.get("layout")):
            found.setdefault(layout, []).append(task)
    said = "; ".join(f"{layout} ({', '.join(tasks)})" for layout, tasks in found.items())
    return f"Layouts of the data: {said}." if said else ""


def _chosen_there(result: Result) -> bool:
    """Whether the layer was chosen by what was scored; BUCC has a development set for that."""
    elsewhere = result.task == "bucc2018" and result.settings.get("split") != "dev"
    layers = result.settings.get("layers")
    return isinstance(layers, list) and len(layers) > 1 and not elsewhere


def _mixed(results: Sequence[Result]) -> Iterator[str]:
    """What is not the same in all results of a task."""
    by_language: dict[str, set[int]] = {}
    by_seed: dict[int, set[str]] = {}
    for one in results:
        by_language.setdefault(one.language, set()).add(one.seed)
        by_seed.setdefault(one.seed, set()).add(str(one.model.get("digest")))
    if len(set(map(frozenset, by_language.values()))) > 1:
        yield "not all languages have the same seeds."
    if any(len(models) > 1 for models in by_seed.values()):
        yield "its languages were scored with different models."
    if len(names := distinct(results, lambda one: one.model.get("name"))) > 1:
        yield f"its results are of different encoders: {', '.join(names)}."

"""Reports as grids of text, before they are Markdown, LaTeX or HTML."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vecocli.benchmark.order import english_first
from vecocli.benchmark.reported import Run
from vecocli.benchmark.table import Row, Table, TaskTable
from vecocli.xtreme.metrics.averages import CATEGORIES, TASKS
from vecocli.xtreme.score import PROTOCOLS, Protocol

TITLES = {
    "xnli": "XNLI",
    "pawsx": "PAWS-X",
    "udpos": "POS",
    "panx": "NER",
    "xquad": "XQuAD",
    "mlqa": "MLQA",
    "tydiqa": "TyDiQA",
    "bucc2018": "BUCC",
    "tatoeba": "Tatoeba",
}
_ACCURACY, _ANSWERS = "accuracy", "mean of F1 and exact match"
_BY_WORDS, _BY_SIGNS = f"{_ANSWERS}, by words", f"{_ANSWERS}, by characters where no spaces are written"
MEASURES: dict[str, tuple[str, str]] = {
    "xnli": (_ACCURACY, _ACCURACY),
    "pawsx": (_ACCURACY, _ACCURACY),
    "udpos": ("F1 of chunks of equal tags (seqeval)", "accuracy of words"),
    "panx": ("F1 of names (seqeval)", "F1 of names in strict IOB2"),
    "xquad": (_BY_WORDS, _BY_SIGNS),
    "mlqa": (_ANSWERS, _ANSWERS),
    "tydiqa": (_BY_WORDS, _BY_WORDS),
    "bucc2018": ("F1 of pairs", "F1 of pairs"),
    "tatoeba": ("accuracy, from English", "accuracy, mean of both directions"),
}
"""What is shown of a task in the protocols `xtreme` and `sane`."""
KINDS = {"classification": "classification", "structured": "structured", "qa": "questions", "retrieval": "retrieval"}
NOTHING = "–"
PART = "*"
SPREAD = "±"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of text.

    Args:
        title: What it shows.
        head: The columns' names; the first is of the rows' names.
        rows: As many cells each as the head.
        notes: What its marks mean, in sentences.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def number(value: float | None) -> str:
    """Write a score; a dash for none."""
    return NOTHING if value is None else f"{value:.1f}"


def answers(f1: float, exact_match: float) -> str:
    """Write the two scores of questions as papers do: F1/exact match."""
    return f"{f1:.1f}/{exact_match:.1f}"


def overview(runs: Sequence[Run], protocol: Protocol) -> Grid:
    """Lay out runs by tasks, as XTREME's paper does, with the average of the nine."""
    rows = []
    for run in runs:
        table = run.tables[protocol]
        tasks = {task.name: task for task in table.tasks}
        cells = [task_cell(tasks[name]) if name in tasks else NOTHING for name in TASKS]
        overall = number(table.overall) + PART * (table.overall is not None and not table.comparable)
        rows.append((run.name, *cells, overall))
        spreads = [tasks[name].deviation if name in tasks else None for name in TASKS]
        rows += _spread([*spreads, None])
    head = ("", *(TITLES[name] for name in TASKS), "average")
    return _noted(f"All tasks, protocol {protocol}", head, rows)


def categories(runs: Sequence[Run], protocol: Protocol) -> Grid:
    """Lay out runs by categories of tasks."""
    rows = []
    for run in runs:
        table = run.tables[protocol]
        cells = [category_cell(table, name) for name in CATEGORIES]
        overall = table.by_category.value if table.by_category.complete else None
        rows.append((run.name, *cells, number(overall) + PART * (overall is not None and not table.comparable)))
    head = ("", *(KINDS[name] for name in CATEGORIES), "average of the four")
    return _noted(f"Categories of tasks, protocol {protocol}", head, rows)


def languages(runs: Sequence[Run], task: str, protocol: Protocol) -> Grid:
    """Lay out a task: languages as columns, English first, then their average and the transfer gap."""
    tables = {run.name: one for run in runs for one in run.tables[protocol].tasks if one.name == task}
    order = english_first({row.language for table in tables.values() for row in table.rows})
    gaps = any(table.gap for table in tables.values())
    rows = []
    for name, table in tables.items():
        found = {row.language: row for row in table.rows}
        cells = [row_cell(found[code]) if code in found else NOTHING for code in order]
        gap = [number(table.gap.value if table.gap else None)] * gaps
        rows.append((name, *cells, task_cell(table), *gap))
        spreads = [found[code].score.deviation if code in found else None for code in order]
        rows += _spread([*spreads, table.deviation, *[None] * gaps])
    head = ("", *order, "average", *["gap"] * gaps)
    return _noted(f"{TITLES[task]}: {measure(task, protocol)}, protocol {protocol}", head, rows)


def measure(task: str, protocol: Protocol) -> str:
    """Say what is shown of a task."""
    return MEASURES[task][PROTOCOLS.index(protocol)]


def task_cell(task: TaskTable) -> str:
    """Write a task's average."""
    text = answers(*task.answers) if task.answers else number(task.average.value)
    return text + PART * (not task.average.complete)


def row_cell(row: Row) -> str:
    """Write a language's score."""
    both = [row.metrics.get(name) for name in ("f1", "exact_match")]
    return answers(both[0], both[1]) if both[0] is not None and both[1] is not None else number(row.score.value)


def category_cell(table: Table, category: str) -> str:
    """Write a category's mean, with a mark where a task or a language of it is missing."""
    average = table.categories.get(category)
    if average is None:
        return NOTHING
    tasks = [task for task in table.tasks if task.name in average.over]
    return number(average.value) + PART * (not average.complete or not all(task.average.complete for task in tasks))


def same_in_both(runs: Sequence[Run], task: str) -> bool:
    """Tell whether a task shows the same in both protocols."""

    def shown(run: Run, protocol: Protocol) -> list[tuple[object, ...]]:
        rows = [row for one in run.tables[protocol].tasks if one.name == task for row in one.rows]
        return [(row.language, row.score, row_cell(row)) for row in rows]

    return all(shown(run, "xtreme") == shown(run, "sane") for run in runs)


def _spread(values: Sequence[float | None]) -> Iterator[tuple[str, ...]]:
    """A row below a run's: how much the seeds differ; none where no score has several."""
    if any(value is not None for value in values):
        yield (SPREAD, *("" if value is None else f"{value:.1f}" for value in values))


NOTES: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda cell: cell == SPREAD, f"{SPREAD}: standard deviation over seeds of the scores above; they are means."),
    (lambda cell: cell.endswith(PART), f"{PART}: over a part of the benchmark's languages or tasks."),
    (lambda cell: "/" in cell, "F1/exact match: such a task counts as the mean of both."),
)


def _noted(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Grid:
    """A grid with the notes that its cells need."""
    cells = [cell for row in rows for cell in (row[0] if row[0] == SPREAD else "", *row[1:])]
    return Grid(title, head, tuple(rows), tuple(note for needs, note in NOTES if any(map(needs, cells))))

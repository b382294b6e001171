"""Sections of the report's page: runs at a glance, all tasks, published rows, what to know, what scores depend on."""

import json
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from vecocli.benchmark.chart import Bar, Group, bar_chart
from vecocli.benchmark.grids import (
    KINDS,
    NOTHING,
    PART,
    SPREAD,
    TITLES,
    Grid,
    categories,
    category_cell,
    number,
    overview,
    task_cell,
)
from vecocli.benchmark.pieces import bullets, facts, folded, grid_table, legend, named, paragraph
from vecocli.benchmark.published import PUBLISHED, WARNING, PublishedTable
from vecocli.benchmark.remarks import about_average, about_part, remarks
from vecocli.benchmark.reported import Run, distinct, tasks_of
from vecocli.xtreme.metrics.averages import CATEGORIES, TASKS
from vecocli.xtreme.score import Protocol

HERE, THERE = "measured here", "published"
ABOUT = "Rows measured here are in the protocol xtreme. What is published goes into no average of this report."


def glance(runs: Sequence[Run], protocol: Protocol) -> str:
    """Return a card a run: its average, its categories, and what they are not."""
    return f'<div class="runs">{"".join(_card(slot, run, protocol) for slot, run in enumerate(runs))}</div>'


def all_tasks(runs: Sequence[Run], protocol: Protocol) -> str:
    """Return the averages of tasks and of categories, as charts and as tables."""
    tasks = [Group(TITLES[task], "", _task_bars(runs, task, protocol)) for task in tasks_of(runs)]
    kinds = [Group(KINDS[name], "", _category_bars(runs, name, protocol)) for name in CATEGORIES]
    said = "Averages over languages, in percent. Whiskers: a standard deviation over seeds, where there are several."
    figures = [
        _figure(runs, f"Average of each task, protocol {protocol}; the table below has the same numbers", tasks, said),
        _figure(
            runs,
            f"Average of each category of tasks, protocol {protocol}; the table below has the same numbers",
            [group for group in kinds if group.bars],
            f"Averages of the tasks of a category; {PART} in the table below marks those of a part.",
        ),
    ]
    tables = grid_table(overview(runs, protocol)) + grid_table(categories(runs, protocol))
    return f'<div class="grid">{"".join(figures)}</div><div class="card">{tables}</div>'


def published(runs: Sequence[Run]) -> str:
    """Return what others published, below what was measured here; the two are never averaged."""
    first, *others = PUBLISHED
    rest = "".join(folded(table.title, _published(table, runs)) for table in others)
    here = paragraph(ABOUT, "note") + "".join(
        paragraph(f"{run.name}: {said}", "note") for run in runs if (said := about_part(run))
    )
    return f'<div class="card">{here}{_published(first, runs)}{rest}{paragraph(WARNING, "note")}</div>'


def to_know(runs: Sequence[Run]) -> str:
    """Return all remarks, run by run."""
    parts = []
    for slot, run in enumerate(runs):
        said = remarks(run)
        inside = bullets(said) or paragraph("All nine tasks were scored whole, in all their languages.", "")
        parts.append(f"<h3>{named(slot, run.name)}</h3>{inside}")
    return f'<div class="card">{"".join(parts)}</div>'


def settings(runs: Sequence[Run]) -> str:
    """Return what the scores depend on: models, data, settings and software."""
    parts = []
    for slot, run in enumerate(runs):
        rows = {}
        for task in tasks_of([run]):
            results = run.of_task(task)
            sets = "; or ".join(distinct(results, lambda one: _words(one.settings)))
            examples = sum({one.language: one.n for one in results}.values())
            seeds = ", ".join(map(str, sorted({one.seed for one in results})))
            rows[task] = f"{sets}; {examples:,} examples; seeds {seeds}"
        software = ", ".join(f"{name} {version}" for name, version in run.versions.items())
        parts.append(f"<h3>{named(slot, run.name)}</h3>{facts({**rows, 'software': software})}")
    return f'<div class="card">{"".join(parts)}</div>'


def _card(slot: int, run: Run, protocol: Protocol) -> str:
    table = run.tables[protocol]
    if table.overall is None:
        big, what = NOTHING, f"no average: {len(table.average.over)} of {len(TASKS)} tasks"
    else:
        part = "" if table.comparable else ", not of all languages"
        big, what = number(table.overall), f"average of nine tasks{part}"
    said = " ".join(filter(None, (about_average(table), about_part(run))))
    means = {KINDS[name]: category_cell(table, name) for name in CATEGORIES}
    return (
        f'<div class="card"><h3>{named(slot, run.name)}</h3><div class="big">{big} <small>{what}</small></div>'
        f"{facts({'model': ', '.join(run.models), **means})}{paragraph(said, 'note')}</div>"
    )


def _figure(runs: Sequence[Run], title: str, groups: Sequence[Group], caption: str) -> str:
    chart = bar_chart(title, groups)
    return f'<div class="card">{legend(runs)}<figure>{chart}<figcaption>{caption}</figcaption></figure></div>'


def _task_bars(runs: Sequence[Run], task: str, protocol: Protocol) -> tuple[Bar, ...]:
    bars = []
    for slot, run in enumerate(runs):
        if table := run.tables[protocol].task(task):
            value, deviation = table.average.value, table.deviation
            told = "" if deviation is None else f" {SPREAD} {deviation:.1f} over seeds"
            ends = (value - (deviation or 0.0), value + (deviation or 0.0))
            bars.append(Bar(slot, run.name, value, ends, told))
    return tuple(bars)


def _category_bars(runs: Sequence[Run], category: str, protocol: Protocol) -> tuple[Bar, ...]:
    found = ((slot, run.name, run.tables[protocol].categories.get(category)) for slot, run in enumerate(runs))
    return tuple(Bar(slot, name, mean.value, (mean.value, mean.value)) for slot, name, mean in found if mean)


def _published(table: PublishedTable, runs: Sequence[Run]) -> str:
    """A published table, with the runs on top where those are of the same kind."""
    tasks = [task for task in TASKS if any(task in row.cells for row in table.rows)]
    rows = [_own(run, tasks) for run in runs if table.training == "zero-shot"]
    notes = [f"{PART}: not of all languages."] if any(PART in cell for row in rows for cell in row[1:]) else []
    notes += [f"Published rows: {table.source}.", *(f"{row.model}: {row.note}." for row in table.rows if row.note)]
    rows += [
        (row.model, *(row.cells.get(task, NOTHING) for task in tasks), row.average or NOTHING, THERE)
        for row in table.rows
    ]
    head = ("", *(TITLES[task] for task in tasks), "average", "")
    return grid_table(Grid(table.title, head, tuple(rows), tuple(notes)), words=1, own=HERE)


def _own(run: Run, tasks: Sequence[str]) -> tuple[str, ...]:
    """A run's row; its average is over the same tasks, if it has them all."""
    found = {task: table for task in tasks if (table := run.tables["xtreme"].task(task))}
    cells = [task_cell(found[task]) if task in found else NOTHING for task in tasks]
    average = fmean(table.average.value for table in found.values()) if len(found) == len(tasks) else None
    part = PART * (average is not None and not all(table.average.complete for table in found.values()))
    return (run.name, *cells, number(average) + part, HERE)


def _words(settings: Mapping[str, Any]) -> str:
    """Settings as words."""
    plain = {name: json.dumps(value, ensure_ascii=False).strip('"') for name, value in settings.items()}
    return ", ".join(f"{name} {'none' if text == 'null' else text}" for name, text in plain.items())

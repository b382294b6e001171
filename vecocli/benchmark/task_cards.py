"""The tasks on the report's page: a card each, with a chart of its languages and the numbers behind it."""

from collections.abc import Sequence
from html import escape

from vecocli.benchmark.chart import Bar, Group, Span, bar_chart
from vecocli.benchmark.grids import SPREAD, TITLES, Grid, measure, number, row_cell, same_in_both, task_cell
from vecocli.benchmark.order import english_first
from vecocli.benchmark.pieces import folded, grid_table, named, paragraph, spread
from vecocli.benchmark.remarks import about_task
from vecocli.benchmark.reported import Run, tasks_of
from vecocli.benchmark.table import TaskTable
from vecocli.text.languages import name as language_name
from vecocli.xtreme.score import PROTOCOLS, Protocol


def task_cards(runs: Sequence[Run]) -> str:
    """Return a card a task, one of each protocol where the two differ."""
    cards = []
    for task in tasks_of(runs):
        if same_in_both(runs, task):
            metric = "; the same as ".join(dict.fromkeys(measure(task, protocol) for protocol in PROTOCOLS))
            cards.append(_card(runs, task, "xtreme", "card task", metric))
            continue
        for protocol in PROTOCOLS:
            cards.append(_card(runs, task, protocol, f"card task only-{protocol}", measure(task, protocol)))
    return f'<div class="grid">{"".join(cards)}</div>'


def _card(runs: Sequence[Run], task: str, protocol: Protocol, kind: str, metric: str) -> str:
    tables = {slot: table for slot, run in enumerate(runs) if (table := run.tables[protocol].task(task))}
    names = {slot: runs[slot].name for slot in tables}
    title = TITLES[task]
    averages = "".join(f"<span>{named(slot, names[slot])} {_average(table)}</span>" for slot, table in tables.items())
    chart = bar_chart(
        f"{title}: {metric} by language; the numbers are in the table below",
        [_group(code, tables, names) for code in _codes(tables)],
        [_span(slot, names[slot], table) for slot, table in tables.items() if table.gap],
        "gap to English",
    )
    missing = dict.fromkeys(filter(None, map(about_task, tables.values())))
    return (
        f'<section class="{kind}"><header><h3>{escape(title)}</h3><span class="muted">{escape(task)}</span></header>'
        f'{paragraph(metric, "note")}<p class="legend">{averages}</p>{paragraph(" ".join(missing), "note")}'
        f"<figure>{chart}<figcaption>{_whiskers(tables)}</figcaption></figure>"
        f"{folded('Numbers', _numbers(title, tables, names))}</section>"
    )


def _codes(tables: dict[int, TaskTable]) -> list[str]:
    return english_first({row.language for table in tables.values() for row in table.rows})


def _average(table: TaskTable) -> str:
    return f"<b>{escape(task_cell(table))}</b> {_apart(table)}"


def _apart(table: TaskTable) -> str:
    """How much the seeds' averages differ."""
    return "" if table.deviation is None else f"{SPREAD} {table.deviation:.1f}"


def _group(code: str, tables: dict[int, TaskTable], names: dict[int, str]) -> Group:
    bars = []
    for slot, table in tables.items():
        for row in table.rows:
            if row.language == code:
                bars.append(Bar(slot, names[slot], row.score.value, row.score.ends, f" ({spread(row.score)})"))
    return Group(code, language_name(code), tuple(bars))


def _span(slot: int, name: str, table: TaskTable) -> Span:
    assert table.gap is not None
    english = next(row.score.value for row in table.rows if row.language == "en")
    told = f"English {english:.1f}, mean of the others {english - table.gap.value:.1f}, gap {table.gap.value:.1f}"
    return Span(slot, name, english - table.gap.value, english, told)


def _whiskers(tables: dict[int, TaskTable]) -> str:
    """What the marks of a chart are."""
    scores = [row.score for table in tables.values() for row in table.rows]
    said = []
    if any(score.deviation is not None for score in scores):
        said.append("Whiskers of means over seeds: one standard deviation.")
    if any(score.interval is not None for score in scores):
        said.append("Whiskers of one seed: 95 % of resamples of the test (bootstrap).")
    if any(table.gap for table in tables.values()):
        said.append("Top: from the mean of the other languages (open) to English (full).")
    return escape(" ".join(said))


def _numbers(title: str, tables: dict[int, TaskTable], names: dict[int, str]) -> str:
    """All numbers of a card as a table, runs below one another."""
    both, several = any(table.answers for table in tables.values()), len(tables) > 1
    rows: list[tuple[str, ...]] = []
    for code in _codes(tables):
        for slot, table in tables.items():
            for row in (row for row in table.rows if row.language == code):
                score = (*[row_cell(row)] * both, number(row.score.value), spread(row.score))
                tail = (", ".join(map(str, row.score.seeds)), f"{row.n:,}", f"{row.truncated:,}")
                rows.append((f"{code} {language_name(code)}", *[names[slot]] * several, *score, *tail))
    for slot, table in tables.items():
        score = (*[task_cell(table)] * both, number(table.average.value), _apart(table))
        rows.append(("average", *[names[slot]] * several, *score, *[""] * 3))
    for slot, table in tables.items():
        if table.gap:
            rows.append(("gap", *[names[slot]] * several, *[""] * both, number(table.gap.value), *[""] * 4))
    head = ("", *["run"] * several, *["F1/EM"] * both, "score", "sure to", "seeds", "n", "cut")
    note = f"sure to: {SPREAD} one standard deviation over seeds, or the 95 % bootstrap interval. cut: not read whole."
    return grid_table(Grid(title, head, tuple(rows), (note,)))

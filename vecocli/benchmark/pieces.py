"""Pieces of the report's page: tables, lists and legends; all text is escaped here."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from vecocli.benchmark.chart import COLOURS
from vecocli.benchmark.grids import SPREAD, Grid
from vecocli.benchmark.reported import Run
from vecocli.benchmark.table import Score


def grid_table(grid: Grid, *, words: int = 0, own: str = "") -> str:
    """Return a grid as a table that scrolls sideways, with its notes.

    Args:
        grid: The grid.
        words: How many of the last columns hold words.
        own: A cell that marks a row to be set off; empty for none.
    """
    last = len(grid.head) - words
    head = "".join(_cell("th", text, place >= last, 'scope="col"') for place, text in enumerate(grid.head))
    body = "".join(f"<tr{_kind(row, own)}>{_row(row, last)}</tr>" for row in grid.rows)
    title = escape(grid.title)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{title}"><table><caption>{title}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{paragraph(' '.join(grid.notes), 'note')}"
    )


def paragraph(text: str, kind: str) -> str:
    """Return a paragraph, or nothing for no text."""
    return f'<p class="{kind}">{escape(text)}</p>' if text else ""


def bullets(texts: Iterable[str]) -> str:
    """Return a list, or nothing for no texts."""
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul>{items}</ul>" if items else ""


def facts(rows: Mapping[str, str]) -> str:
    """Return names and values."""
    return f'<dl class="facts">{"".join(_fact(name, value) for name, value in rows.items() if value)}</dl>'


def folded(summary: str, inside: str) -> str:
    """Return what is shown when it is asked for."""
    return f"<details><summary>{escape(summary)}</summary>{inside}</details>"


def legend(runs: Sequence[Run]) -> str:
    """Return which colour is which run; nothing where there is one."""
    if len(runs) < 2:
        return ""
    return f'<p class="legend">{"".join(f"<span>{named(slot, run.name)}</span>" for slot, run in enumerate(runs))}</p>'


def named(series: int, name: str) -> str:
    """Return a name behind the colour of its series."""
    return f'<span class="dot s{series % COLOURS}" aria-hidden="true"></span>{escape(name)}'


def spread(score: Score) -> str:
    """Say how sure a score is: its deviation over seeds or the interval of one seed."""
    if score.deviation is not None:
        return f"{SPREAD} {score.deviation:.1f}"
    return "" if score.interval is None else "{:.1f} to {:.1f}".format(*score.interval)


def _fact(name: str, value: str) -> str:
    return f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"


def _kind(row: Sequence[str], own: str) -> str:
    if row[0] == SPREAD:
        return ' class="spread"'
    return ' class="own"' if own and own in row[1:] else ""


def _row(row: Sequence[str], last: int) -> str:
    first = _cell("th", row[0], False, 'scope="row"')
    return first + "".join(_cell("td", text, place >= last) for place, text in enumerate(row[1:], start=1))


def _cell(tag: str, text: str, words: bool, attribute: str = "") -> str:
    kind = ' class="words"' if words else ""
    return f"<{tag}{' ' * bool(attribute)}{attribute}{kind}>{escape(text)}</{tag}>"

"""The only file that prints: results on stdout; notes, progress and errors on stderr."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table

from vecocli.errors import VecoError


class Screen:
    """Where a command shows things.

    Args:
        as_json: Suppress tables; `document` prints exactly one JSON document on stdout.
        quiet: Suppress notes and progress, not results and errors.
    """

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self._out = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
        self._err = Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())

    def note(self, text: str) -> None:
        """Say something about the run on stderr."""
        if not self.quiet:
            self._err.print(text, markup=False)

    def text(self, text: str = "") -> None:
        """Print a result line on stdout."""
        if not self.as_json:
            self._out.print(text, markup=False)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Print a table on stdout; numbers are set to the right, floats with one decimal."""
        if self.as_json:
            return
        table = Table(title=title or None, title_justify="left", header_style="bold")
        for index, column in enumerate(columns):
            numeric = all(isinstance(row[index], int | float | None) for row in rows)
            table.add_column(column, justify="right" if numeric and rows else "left", no_wrap=index == 0)
        for row in rows:
            table.add_row(*(_cell(value) for value in row))
        self._out.print(table)

    def document(self, value: Any) -> None:
        """Print the command's result as JSON when `--json` asks for it."""
        if self.as_json:
            sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str, allow_nan=False) + "\n")
            sys.stdout.flush()

    def error(self, error: VecoError) -> None:
        """Show a failure and its hint on stderr."""
        word = "Stopped" if error.exit_code == 130 else "Error"
        self._err.print(f"[bold red]{word}:[/] ", end="")
        self._err.print(error.message, markup=False)
        if error.hint:
            self._err.print("[bold]Hint:[/] ", end="")
            self._err.print(error.hint, markup=False)

    @contextmanager
    def progress(self, description: str) -> Iterator["Meter"]:
        """Show a bar with an estimate of the time left; off a terminal a line of detail now and then."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[detail]}"),
        )
        hidden = self.quiet or not self._err.is_terminal
        with Bar(*columns, console=self._err, disable=hidden, transient=True) as bar:
            task = bar.add_task(description, total=None, detail="")

            def show(done: int, total: int | None, detail: str) -> None:
                bar.update(task, completed=done, total=total, detail=detail)
                if hidden and detail and meter.is_due():
                    self.note(f"{description} {done}{f'/{total}' if total else ''} {detail}")

            meter = Meter(show)
            yield meter


class Meter:
    """A progress callable that also takes a detail, such as the losses."""

    def __init__(self, show: Callable[[int, int | None, str], None], every: float = 30.0) -> None:
        self._show = show
        self._every = every
        self._last = 0.0

    def __call__(self, done: int, total: int | None, detail: str = "") -> None:
        """Show that `done` of `total` units are done."""
        self._show(done, total, detail)

    def is_due(self) -> bool:
        """Whether enough time has passed for another line of a log."""
        now = time.monotonic()
        due = now - self._last >= self._every
        self._last = now if due else self._last
        return due


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)

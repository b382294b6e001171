"""The only file that prints: results on stdout; notes, progress and errors on stderr."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from typing import Any, TextIO

from rich.console import Console

from vecocli.errors import VecoError

LOG_SECONDS = 30.0
"""Time between two lines of progress where there is no terminal."""
WIDE = 1000
"""Columns of a table where there is no terminal."""


class Screen:
    """Where a command shows things.

    Args:
        as_json: Suppress tables; `document` prints exactly one JSON document on stdout.
        quiet: Suppress notes and progress, not results and errors.
        mute: Suppress results.
    """

    def __init__(self, *, as_json: bool = False, quiet: bool = False, mute: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self._stdout = StringIO() if mute else sys.stdout or StringIO()  # of a stream closed at the start, it is None
        self._stderr = sys.stderr or StringIO()
        self._out, self._err = _console(self._stdout), _console(self._stderr)

    def note(self, text: str) -> None:
        """Say something about the run on stderr."""
        if not self.quiet:
            self._err.print(text)

    def text(self, text: str = "") -> None:
        """Print a result line on stdout."""
        if not self.as_json:
            self._out.print(text)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Print a table on stdout; numbers are set to the right, floats with one decimal."""
        if self.as_json:
            return
        from rich.table import Table

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
            self._stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str, allow_nan=False) + "\n")
            self._stdout.flush()

    def error(self, error: VecoError) -> None:
        """Show a failure and its hint on stderr."""
        self._err.print("Stopped:" if error.exit_code == 130 else "Error:", style="bold red", end=" ")
        self._err.print(error.message)
        if error.hint:
            self._err.print("Hint:", style="bold", end=" ")
            self._err.print(error.hint)

    @contextmanager
    def progress(self, description: str) -> Iterator["Meter"]:
        """Show a bar with an estimate of the time left; off a terminal a line now and then."""
        # imported here, for a help page shows no bar
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[detail]}", markup=False),
        )
        hidden = self.quiet or not self._stderr.isatty()
        with Progress(*columns, console=self._err, disable=hidden, transient=True) as bar:
            task = bar.add_task(description, total=None, detail="")

            def show(done: int, total: int | None, detail: str) -> None:
                bar.update(task, completed=done, total=total, detail=detail)

            def log(done: int, total: int | None, detail: str) -> None:
                self.note(f"{description} {done:,}{f'/{total:,}' if total else ''} {detail}".rstrip())

            yield Meter(log, LOG_SECONDS) if hidden else Meter(show)


class Meter:
    """A progress callable that also takes a detail, such as the losses.

    Args:
        show: Called with what is done, the total if known, and the detail.
        every: Seconds between two calls of it.
    """

    def __init__(self, show: Callable[[int, int | None, str], None], every: float = 0.0) -> None:
        self._show = show
        self._every = every
        self._last = time.monotonic()

    def __call__(self, done: int, total: int | None, detail: str = "") -> None:
        """Show that `done` of `total` units are done."""
        now = time.monotonic()
        if now - self._last >= self._every:
            self._last = now
            self._show(done, total, detail)


def _console(stream: TextIO) -> Console:
    """A console that prints text as it is, whole lines and whole tables where no terminal sets a width."""
    terminal = stream.isatty()
    return Console(
        file=stream,
        width=None if terminal else WIDE,
        soft_wrap=not terminal,
        highlight=False,
        markup=False,
        emoji=False,
    )


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)

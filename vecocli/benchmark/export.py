"""Reports of runs as files: Markdown, LaTeX and CSV, beside the results.

report.md    to read: all tasks, categories, each task by language, remarks
report.tex   the same tables for a paper, with booktabs
report.csv   every metric of every result, a line each
"""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from vecocli.benchmark.grids import Grid, categories, languages, overview
from vecocli.benchmark.remarks import remarks
from vecocli.benchmark.reported import Run, tasks_of
from vecocli.benchmark.result import Result
from vecocli.benchmark.table import ANSWERS
from vecocli.text.files import atomic_write
from vecocli.xtreme.score import PROTOCOLS

COLUMNS = ("run", "task", "language", "seed", "protocol", "metric", "value", "n", "low", "high")
BOTH = "f1_exact_match_mean"
WIDE = 18
"""Columns of scores in a LaTeX table; languages beyond them follow below."""
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "±": r"$\pm$",
    "–": "--",
    "\n": " ",
    "\r": " ",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}
_MARKDOWN = {**{sign: f"\\{sign}" for sign in "\\`*_[]<>|#~&"}, "\n": " ", "\r": " "}


def write_exports(out: Path, runs: Sequence[Run]) -> list[Path]:
    """Write report.md, report.tex and report.csv.

    Args:
        out: A folder that is there, such as that of the results.
        runs: What to report on, at least one.

    Returns:
        The files.

    Raises:
        UsageError: A file cannot be written.
    """
    texts = {"report.md": markdown(runs), "report.tex": latex(runs), "report.csv": long_format(runs)}
    for name, text in texts.items():
        with atomic_write(out / name, "w") as stream:
            stream.write(text)
    return [out / name for name in texts]


def markdown(runs: Sequence[Run]) -> str:
    """Return the report as Markdown."""
    parts = ["# XTREME\n"]
    for run in runs:
        software = ", ".join(f"{name} {version}" for name, version in run.versions.items())
        parts.append(
            f"{_escaped(run.name)}: {_escaped(', '.join(run.models) or 'predictions')}; {_escaped(software)}\n"
        )
    for grid in _grids(runs):
        rows = [f"| {' | '.join(map(_escaped, row))} |" for row in grid.rows]
        head = f"| {' | '.join(map(_escaped, grid.head))} |"
        rule = "|---" + "|---:" * (len(grid.head) - 1) + "|"
        notes = [f"\n{_escaped(' '.join(grid.notes))}"] if grid.notes else []
        parts.append("\n".join([f"## {_escaped(grid.title)}\n", head, rule, *rows, *notes]) + "\n")
    parts.append("## Remarks\n")
    for run in runs:
        said = [f"- {_escaped(one)}" for one in remarks(run)] or ["- Nothing is missing."]
        parts.append("\n".join([f"{_escaped(run.name)}:\n", *said]) + "\n")
    return "\n".join(parts)


def latex(runs: Sequence[Run]) -> str:
    r"""Return the tables as LaTeX, to be read with `\input`; it needs the package booktabs."""
    return "% needs \\usepackage{booktabs}\n" + "".join(f"\n{_tabular(grid)}" for grid in _grids(runs))


def long_format(runs: Sequence[Run]) -> str:
    """Return every metric of every result as CSV; low and high are of what a table shows, where one seed has them."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for run in runs:
        for result in run.results:
            writer.writerows((run.name, *line) for line in _lines(result))
    return stream.getvalue()


def _grids(runs: Sequence[Run]) -> Iterator[Grid]:
    """All tables, protocol by protocol."""
    for protocol in PROTOCOLS:
        yield overview(runs, protocol)
        yield categories(runs, protocol)
        yield from (languages(runs, task, protocol) for task in tasks_of(runs))


def _lines(result: Result) -> Iterator[tuple[object, ...]]:
    """The metrics of a result, and of questions their mean, in which alone the interval is."""
    for protocol in PROTOCOLS:
        found = dict(result.scores[protocol])
        main = next(iter(found))
        if set(ANSWERS) <= found.keys():
            main, found = BOTH, {**found, BOTH: result.shown[protocol]}
        for name, value in found.items():
            ends = result.intervals[protocol] if name == main else ("", "")
            yield result.task, result.language, result.seed, protocol, name, value, result.n, *ends


def _tabular(grid: Grid) -> str:
    """A grid as a tabular; one that is too wide is cut into several, one below the other."""
    lines = [f"% {_tex(grid.title)}"]
    width = min(WIDE, len(grid.head) - 1)
    lines += [f"\\begin{{tabular}}{{l{'r' * width}}}", "\\toprule"]
    for start in range(1, len(grid.head), WIDE):
        columns = range(start, min(start + WIDE, len(grid.head)))
        rule = ["\\midrule"] if start > 1 else []
        lines += [*rule, _tex_row(grid.head, columns, width), "\\midrule"]
        lines += [_tex_row(row, columns, width) for row in grid.rows]
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}", *(f"% {_tex(note)}" for note in grid.notes)]) + "\n"


def _tex_row(row: Sequence[str], columns: range, width: int) -> str:
    cells = [row[0], *(row[column] for column in columns)]
    return " & ".join(map(_tex, [*cells, *[""] * (width + 1 - len(cells))])) + r" \\"


def _tex(text: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in text)


def _escaped(text: str) -> str:
    """Text as Markdown shows it."""
    return "".join(_MARKDOWN.get(sign, sign) for sign in text)

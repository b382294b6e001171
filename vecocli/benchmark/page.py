"""The report as one page: no scripts, nothing to fetch; it can be mailed, printed and put on any server."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path

from vecocli.benchmark.pieces import legend
from vecocli.benchmark.reported import Run
from vecocli.benchmark.sections import all_tasks, glance, published, settings, to_know
from vecocli.benchmark.style import STYLE
from vecocli.benchmark.task_cards import task_cards
from vecocli.text.files import atomic_write
from vecocli.xtreme.score import PROTOCOLS, Protocol

PAGE = "report.html"
SAID = {
    "xtreme": "the benchmark's own scores, as its scripts compute them: what papers print.",
    "sane": "what the task is about: accuracy of words in place of F1 of chunks, names in strict IOB2, answers by "
    "characters where a language writes no spaces, retrieval in both directions.",
}


def write_page(out: Path, runs: Sequence[Run], made: date | None = None) -> Path:
    """Write report.html.

    Args:
        out: A folder that is there, such as that of the results.
        runs: What to report on, at least one; several are shown side by side.
        made: The date that it bears; today by default.

    Returns:
        The file.

    Raises:
        UsageError: It cannot be written.
    """
    with atomic_write(out / PAGE, "w") as stream:
        stream.write(page(runs, made or datetime.now(UTC).date()))
    return out / PAGE


def page(runs: Sequence[Run], made: date) -> str:
    """Return the page.

    Args:
        runs: What to report on, at least one.
        made: The date that it bears.
    """
    names = escape(" and ".join(run.name for run in runs))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>XTREME: {names}</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<h1>XTREME: {names}</h1>
<p class="muted">{escape(_origin(runs, made))}</p>
{_switch()}
</header>
<main>
{_both(glance, runs)}
<h2>All tasks</h2>
{_both(all_tasks, runs)}
<h2>Each task, by language</h2>
{legend(runs)}{task_cards(runs)}
<h2>Published results, for reference</h2>
{published(runs)}
<h2>What to know</h2>
{to_know(runs)}
<h2>What the scores depend on</h2>
{settings(runs)}
</main>
<footer>{_foot()}</footer>
</body>
</html>
"""


def _origin(runs: Sequence[Run], made: date) -> str:
    """Models, date and software."""
    models = ", ".join(dict.fromkeys(model for run in runs for model in run.models)) or "predictions"
    software = ", ".join(dict.fromkeys(f"{name} {one}" for run in runs for name, one in run.versions.items()))
    return " · ".join(filter(None, (models, made.isoformat(), software)))


def _switch() -> str:
    """Choose which protocol is shown; where a browser cannot choose, both are."""
    options = "".join(
        f'<input type="radio" name="protocol" id="{name}"{" checked" * (name == PROTOCOLS[0])}>'
        f'<label for="{name}">{name}</label>'
        for name in PROTOCOLS
    )
    told = "".join(f'<p class="note only-{name}"><b>{name}</b>: {escape(text)}</p>' for name, text in SAID.items())
    return f"<fieldset><legend>Protocol</legend>{options}</fieldset>{told}"


def _both(section: Callable[[Sequence[Run], Protocol], str], runs: Sequence[Run]) -> str:
    """A section in each protocol."""
    return "".join(f'<div class="only-{name}">{section(runs, name)}</div>' for name in PROTOCOLS)


def _foot() -> str:
    return (
        "<p>A task's score is the unweighted mean over its languages, English included; the benchmark's is the "
        "unweighted mean of nine tasks. The gap is English minus the mean of the other languages. A standard deviation "
        "over seeds tells how much training differs; a bootstrap interval (95 %) how much the choice of test examples "
        "does.</p><p>Written by veco.</p>"
    )

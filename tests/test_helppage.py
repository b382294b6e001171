from types import SimpleNamespace

import pytest
import typer
from pydantic import Field
from typer.testing import CliRunner

from vecocli.app import callback
from vecocli.config.base import Config
from vecocli.helppage import GroupedCommand, epilog, summary


class Settings(Config):
    words: tuple[str, ...] = Field(description="Words.", json_schema_extra={"argument": True})
    last: str = Field(description="Last.", json_schema_extra={"argument": True})
    late: int = Field(3, description="A number.", json_schema_extra={"panel": "Rules"})
    deep: bool = Field(False, description="A switch.")


PAGE = """Usage: veco [OPTIONS] WORDS... LAST

  What it does.

Arguments:
  WORDS...  Words.
  LAST      Last.

Options:
  --[no-]deep  A switch.

Rules:
  --late N  A number.  [default: 3]

General:
  --config PATH  YAML file of settings; flags beat it. A run's own run.yaml
                 repeats that run.
  --json         Print exactly one JSON document on stdout and no tables.
  --quiet        No notes and no progress.
  --help         Show this message and exit.

  Example:
    veco a b
"""


def test_the_page_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    module = SimpleNamespace(CONFIG=Settings, EXAMPLE="", run=None)
    app.command("veco", cls=GroupedCommand, help="What it does.", epilog=epilog("veco a b"))(callback(module))
    assert CliRunner().invoke(app, ["--help"], prog_name="veco").stdout == PAGE


def test_the_summary_is_the_first_paragraph_on_one_line() -> None:
    assert summary("First\n    line.\n\n    More.\n") == "First line."


def test_an_example_keeps_its_lines() -> None:
    long = "veco " + "word " * 50 + "end"
    assert epilog(f"\n    {long}\n\n    veco b\n") == f"\b\nExample:\n  {long}\n  veco b"

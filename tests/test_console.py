import io
import json
import sys

import pytest

from vecocli import console
from vecocli.console import Meter, Screen
from vecocli.errors import Interrupted, UsageError


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def _terminal(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Terminal:
    """Make standard error a terminal of 80 columns with colours; to be called in the test, after capturing began."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm-256color", "COLUMNS": "80", **environment}.items():
        monkeypatch.setenv(name, value)
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def test_text_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    screen.text("[mask] :smile: 3/4 " + "long " * 300 + "end")
    screen.note("[bold]not bold[/]")
    out, err = capsys.readouterr()
    assert out == "[mask] :smile: 3/4 " + "long " * 300 + "end\n"
    assert err == "[bold]not bold[/]\n"


def test_a_table_off_a_terminal_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[list[object]] = [["[x]", 1234567, 0.25, None, "a" * 200], ["y", 2, 10.0, 3, "b"]]
    Screen().table("Title [t]", ["name", "count", "score", "other", "text"], rows)
    title, *lines = capsys.readouterr().out.splitlines()
    assert title.strip() == "Title [t]"
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines if line.startswith("│")]
    assert cells == [["[x]", "1,234,567", "0.2", "–", "a" * 200], ["y", "2", "10.0", "3", "b"]]


def test_numbers_stand_to_the_right_and_words_to_the_left(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().table("", ["word", "n"], [["a", 1], ["bcd", 100], ["e", None]])
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("│")]
    assert rows == ["│ a    │   1 │", "│ bcd  │ 100 │", "│ e    │   – │"]


def test_an_empty_table_is_its_head(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().table("", ["word", "n"], [])
    assert "word" in capsys.readouterr().out


def test_json_alone(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(as_json=True)
    screen.text("a")
    screen.table("b", ["c"], [["d"]])
    screen.document({"größe": [1, None]})
    out, _ = capsys.readouterr()
    assert json.loads(out) == {"größe": [1, None]} and "größe" in out


def test_no_document_without_json(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().document({"a": 1})
    assert capsys.readouterr().out == ""


def test_errors_are_shown_however_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(quiet=True)
    screen.note("hidden")
    screen.error(UsageError("no [x]", "try [y]"))
    screen.error(Interrupted("stopped at 3"))
    assert capsys.readouterr().err == "Error: no [x]\nHint: try [y]\nStopped: stopped at 3\n"


def test_colours_on_a_terminal_but_not_with_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)
    Screen().error(UsageError("no"))
    assert "\x1b[1;31m" in terminal.getvalue()
    terminal = _terminal(monkeypatch, NO_COLOR="1")
    Screen().error(UsageError("no"))
    assert "31m" not in terminal.getvalue() and "Error:" in terminal.getvalue()


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)
    with Screen().progress("mining [x]") as progress:
        progress(1, 4, "loss [0.5]")
        progress(4, 4)
    shown = terminal.getvalue()
    assert "mining [x]" in shown and "4/4" in shown and "\x1b[" in shown


def test_quiet_shows_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)
    with Screen(quiet=True).progress("mining") as progress:
        progress(1, 4)
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("force", ["", "1"])
def test_lines_and_no_bar_off_a_terminal(
    force: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", force)
    monkeypatch.setattr(console, "LOG_SECONDS", 0.0)
    with Screen().progress("training") as progress:
        progress(1, None)
        progress(2500, 10000, "loss 0.5")
    assert capsys.readouterr().err == "training 1\ntraining 2,500/10,000 loss 0.5\n"


def test_a_meter_shows_only_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 1.0, 10.0, 11.0, 20.0])
    monkeypatch.setattr("vecocli.console.time.monotonic", lambda: next(now))
    seen: list[int] = []
    meter = Meter(lambda done, total, detail: seen.append(done), every=10.0)
    for done in range(1, 5):
        meter(done, None)
    assert seen == [2, 4]


def test_closed_streams_show_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    screen = Screen(as_json=True)
    screen.document({"a": 1})
    screen.error(UsageError("no"))
    with screen.progress("mining") as progress:
        progress(1, 2)

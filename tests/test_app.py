"""The veco app from outside: start-up, help, settings, exit codes, JSON."""

import inspect
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest
import typer
import yaml
from pydantic import Field
from typer.testing import CliRunner

from vecocli import __version__, registry
from vecocli.app import GROUPS, ROOM, build, callback, main
from vecocli.config.base import Config
from vecocli.console import Screen
from vecocli.errors import DataError, MissingError, UsageError, VecoError
from vecocli.helppage import GroupedCommand

STOPPED = "Stopped: interrupted\nHint: Run the same command again, pretrain with --resume auto.\n"

COMMANDS = [[name] for name in registry.names("vecocli.commands")] + [
    [group, name] for group in GROUPS for name in registry.names(f"vecocli.commands.{group}")
]
SLOW = ("torch", "transformers", "datasets", "pyarrow", "sklearn", "scipy", "accelerate", "tokenizers", "rich.markdown")


class Settings(Config):
    """Settings of a command that only these tests have."""

    words: tuple[str, ...] = Field((), description="Words.", json_schema_extra={"argument": True})
    size: int = Field(3, ge=1, description="A size.")
    mode: Literal["slow", "fast"] = Field("slow", description="A mode.")
    deep: bool = Field(False, description="A switch.")
    weight: dict[str, float] = Field({}, description="A table.", json_schema_extra={"metavar": "NAME=VALUE"})


def _show(config: Settings, screen: Screen) -> dict[str, Any]:
    screen.note("a note")
    screen.text("a line")
    screen.table("a table", ["a", "b"], [["x", 1]])
    with screen.progress("working") as progress:
        progress(1, 2)
    return config.model_dump()


def _invoke(*arguments: str, run: Callable[[Settings, Screen], Any] = _show) -> Any:
    """Run a command of these tests; its result has `exit_code`, `stdout` and `stderr`."""
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    module = SimpleNamespace(CONFIG=Settings, EXAMPLE="", run=run)
    app.command(cls=GroupedCommand)(callback(module))
    return CliRunner().invoke(app, arguments)


def _settings(*arguments: str) -> Any:
    result = _invoke(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def _raise(error: BaseException) -> Callable[[Settings, Screen], Any]:
    def run(config: Settings, screen: Screen) -> Any:
        raise error

    return run


def test_help_of_every_command_loads_nothing_slow() -> None:
    code = f"""
import sys
from typer.testing import CliRunner
from vecocli.app import build
app = build()
for command in {[[], *([group] for group in GROUPS), *COMMANDS]!r}:
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0 and "Usage:" in result.stdout, (command, result.output)
print(*sorted(set({SLOW!r}) & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("columns", ["80", "120"])
def test_a_help_page_is_whole_and_has_an_example(
    command: list[str], columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    page = CliRunner().invoke(build(), [*command, "--help"], prog_name="veco").stdout
    head, _, example = page.partition("\n  Example:\n")
    assert example.lstrip().startswith(f"veco {' '.join(command)}")
    assert "…" not in head
    assert max(map(len, head.splitlines())) <= int(columns)
    module = registry.get(".".join(["vecocli.commands", *command[:-1]]), command[-1])
    for name in module.CONFIG.model_fields:
        assert name.upper().replace("_", "-") in head.upper()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_list_of_commands_has_the_whole_summary(command: list[str]) -> None:
    page = " ".join(CliRunner().invoke(build(), [*command[:-1], "--help"]).stdout.split())
    module = registry.get(".".join(["vecocli.commands", *command[:-1]]), command[-1])
    first = inspect.cleandoc(module.__doc__ or "").partition("\n\n")[0]
    assert f"{command[-1]} {' '.join(first.split())}" in page


def test_an_example_can_be_parsed_by_its_own_command(monkeypatch: pytest.MonkeyPatch) -> None:
    for command in COMMANDS:
        module = registry.get(".".join(["vecocli.commands", *command[:-1]]), command[-1])
        seen: list[Config] = []
        monkeypatch.setattr(module, "run", lambda config, screen, seen=seen: seen.append(config))
        lines = [line for line in inspect.cleandoc(module.EXAMPLE).splitlines() if line]
        for line in lines:
            result = CliRunner().invoke(build(), line.split()[1:])
            assert result.exit_code == 0, (line, result.stderr)
        assert len(seen) == len(lines)


def test_no_arguments_show_the_help() -> None:
    result = CliRunner().invoke(build(), [])
    assert "mine-synonyms" in result.output and "Usage:" in result.output


def test_version() -> None:
    assert CliRunner().invoke(build(), ["--version"]).stdout == f"veco {__version__}\n"


def test_defaults_then_file_then_flags(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("size: 5\nmode: fast\nweight: {a: 1}\nwords: [x, y]\n", encoding="utf-8")
    assert _settings() == {"words": [], "size": 3, "mode": "slow", "deep": False, "weight": {}}
    assert _settings("--config", str(file)) | {"weight": None} == {
        "words": ["x", "y"], "size": 5, "mode": "fast", "deep": False, "weight": None,
    }  # fmt: skip
    typed = _settings("z", "--config", str(file), "--size", "7", "--deep", "--weight", "b=2", "--weight", "c=0.5")
    assert typed == {"words": ["z"], "size": 7, "mode": "fast", "deep": True, "weight": {"b": 2.0, "c": 0.5}}


def test_a_switch_of_the_file_can_be_turned_off(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("deep: true", encoding="utf-8")
    assert _settings("--config", str(file))["deep"] is True
    assert _settings("--config", str(file), "--no-deep")["deep"] is False


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--weight", "a"], "--weight: 'a' is not of the form NAME=VALUE"),
        (["--weight", "a=x"], "--weight: input should be a valid number"),
        (["--size", "0"], "--size: input should be greater than or equal to 1 (got 0)"),
        (["--size", "many"], "--size"),
        (["--mode", "quick"], "--mode"),
        (["--sise", "3"], "--size"),
    ],
)
def test_flags_that_cannot_work_exit_with_2_and_name_the_flag(arguments: list[str], message: str) -> None:
    result = _invoke(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr and result.stdout == ""


def test_an_unknown_setting_of_the_file_gets_a_suggestion(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("sice: 4", encoding="utf-8")
    result = _invoke("--config", str(file))
    assert result.exit_code == 2
    assert result.stderr == f"Error: {file}: unknown setting 'sice'\nHint: Did you mean size?\n"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (VecoError("it broke"), 1, "Error: it broke\n"),
        (UsageError("not so", "But so."), 2, "Error: not so\nHint: But so.\n"),
        (DataError("bad row", path="a.tsv", line=7), 3, "Error: a.tsv:7: bad row\n"),
        (MissingError("no network"), 4, "Error: no network\n"),
        (KeyboardInterrupt(), 130, STOPPED),
        (PermissionError(13, "Permission denied", "/x/y"), 1, "Error: /x/y: Permission denied\n"),
        (OSError(5, "Input/output error"), 1, "Error: Input/output error\n"),
        (OSError(28, "No space left on device"), 1, f"Error: No space left on device\nHint: {ROOM}\n"),
    ],
)
def test_every_failure_has_its_exit_code_and_one_message(error: BaseException, code: int, said: str) -> None:
    for arguments in ([], ["--json"], ["--quiet"]):
        result = _invoke(*arguments, run=_raise(error))
        assert (result.exit_code, result.stderr, result.stdout) == (code, said, "")


def test_sigterm_stops_a_command_as_ctrl_c_does() -> None:
    def run(config: Settings, screen: Screen) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)

    before = signal.getsignal(signal.SIGTERM)
    result = _invoke(run=run)
    assert (result.exit_code, result.stderr) == (130, STOPPED)
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("error", [ValueError("a bug"), OSError("no file in it")])
def test_a_bug_is_not_dressed_up(error: Exception) -> None:
    assert _invoke(run=_raise(error)).exception is error


def test_json_is_the_only_thing_on_stdout() -> None:
    result = _invoke("--json")
    assert json.loads(result.stdout)["size"] == 3
    assert result.stderr == "a note\n"


def test_results_and_notes_go_to_their_own_streams() -> None:
    loud, quiet = _invoke(), _invoke("--quiet")
    assert loud.stderr == "a note\n" and quiet.stderr == ""
    assert loud.stdout == quiet.stdout and "a line" in loud.stdout and "a table" in loud.stdout


def test_the_process_itself_exits_with_2() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vecocli", "pretrain", "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("Error: --out is missing; MINED is missing")


def test_ctrl_c_ends_the_process_with_130() -> None:
    code = """
import signal, sys, time, vecocli.commands.demo as demo
from vecocli.app import main
def run(config, screen):
    sys.stderr.write("ready\\n")
    time.sleep(60)
demo.run = run
sys.argv = ["veco", "demo"]
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job is started with it ignored
main()
"""
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == STOPPED
    assert process.returncode == 130


def test_what_is_written_can_be_read_again(tmp_path: Path) -> None:
    file = tmp_path / "run.yaml"
    Settings(words=("ä", "-"), weight={"a": 0.5}, deep=True).write(file)
    assert yaml.safe_load(file.read_text(encoding="utf-8"))["words"] == ["ä", "-"]
    assert _settings("--config", str(file)) == {
        "words": ["ä", "-"], "size": 3, "mode": "slow", "deep": True, "weight": {"a": 0.5},
    }  # fmt: skip


@pytest.mark.parametrize("stream", ["stdout", "stderr", "stdin"])
def test_a_stream_that_is_closed_at_the_start(stream: str) -> None:
    code = f"import sys; sys.{stream} = None; sys.argv = ['veco', 'mine-synonyms', '--json']; " + (
        "from vecocli.app import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stdout == ""
    assert ("Error: CORPUS is missing" in done.stderr) == (stream != "stderr")
    assert "Traceback" not in done.stderr


def test_a_reader_that_went_away_is_no_error_of_ours() -> None:
    result = _invoke(run=_raise(BrokenPipeError(32, "Broken pipe")))
    assert result.exit_code == 1 and "Error" not in result.stderr


def test_waiting_threads_sleep_unless_the_user_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vecocli.app.build", lambda: lambda: None)
    for given, found in ((None, "PASSIVE"), ("ACTIVE", "ACTIVE")):
        monkeypatch.setenv("OMP_WAIT_POLICY", given or "")
        if given is None:
            monkeypatch.delenv("OMP_WAIT_POLICY")
        main()
        assert os.environ["OMP_WAIT_POLICY"] == found

"""The veco app: one command per file of `vecocli/commands`, groups per folder; the one place that catches errors."""

import importlib
import inspect
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC, EPIPE
from typing import Any, Protocol

import typer

from vecocli import __version__, registry
from vecocli.config.base import Config
from vecocli.console import Screen
from vecocli.errors import Interrupted, VecoError
from vecocli.flags import parsed, signature
from vecocli.helppage import GroupedCommand, epilog, summary

GROUPS = {"evaluate": "Measure cross-lingual transfer, retrieval and word alignment."}
ROOM = "Make room and run the same command again, pretrain with --resume auto; what was finished is kept."


class CommandModule(Protocol):
    """What a file in `vecocli/commands` offers; its docstring is the command's help."""

    CONFIG: type[Config]
    EXAMPLE: str

    def run(self, config: Any, screen: Screen) -> Any:
        """Do the work, show it, and return the JSON document."""


def build() -> typer.Typer:
    """Build the command tree from the files in `vecocli/commands`."""
    app = _typer("veco", "Mine synonyms, pre-train cross-lingual encoders (VECO 2.0), measure their transfer.")
    app.callback()(_root)
    _add(app, "vecocli.commands")
    for group, text in GROUPS.items():
        branch = _typer(group, text)
        _add(branch, f"vecocli.commands.{group}")
        app.add_typer(branch, short_help=text)
    return app


def main() -> None:
    """Run `veco`.

    Waiting threads sleep instead of spinning unless the user says otherwise: beside any other busy process on the
    machine, spinning makes PyTorch's CPU threads stall at every barrier. It must be set before torch is loaded.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    build()()


def callback(module: CommandModule) -> Callable[..., None]:
    """Build the function that Typer calls for a command: flags -> config -> run -> JSON document."""

    def command(**flags: Any) -> None:
        first = os.environ.get("RANK", "0") == "0"  # of the processes that torchrun started, this one speaks
        screen = Screen(as_json=bool(flags.pop("json")), quiet=bool(flags.pop("quiet")) or not first, mute=not first)
        file = flags.pop("config")
        try:
            with _terminable():
                config = module.CONFIG.resolve(parsed(module.CONFIG, flags), file)
                screen.document(module.run(config, screen))
        except KeyboardInterrupt:
            _fail(screen, Interrupted("interrupted", "Run the same command again, pretrain with --resume auto."))
        except VecoError as error:
            _fail(screen, error)
        except OSError as error:
            if error.errno in (None, EPIPE):  # a library's own, to be seen whole; a reader that has gone away
                raise
            where = "" if error.filename is None else f"{error.filename}: "
            _fail(screen, VecoError(f"{where}{error.strerror}", ROOM if error.errno in (ENOSPC, EDQUOT) else ""))

    command.__signature__ = signature(module.CONFIG)  # type: ignore[attr-defined]
    return command


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM, with which clusters take machines back, stop a command as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _typer(name: str, text: str) -> typer.Typer:
    return typer.Typer(
        name=name,
        help=text,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    )


def _add(app: typer.Typer, package: str) -> None:
    for name in registry.names(package):
        module = importlib.import_module(f"{package}.{name.replace('-', '_')}")
        text = inspect.cleandoc(module.__doc__ or "")
        foot = epilog(module.EXAMPLE)
        register = app.command(name, cls=GroupedCommand, help=text, short_help=summary(text), epilog=foot)
        register(callback(module))


def _fail(screen: Screen, error: VecoError) -> None:
    screen.error(error)
    raise SystemExit(error.exit_code)


def _version(wanted: bool | None) -> None:
    if wanted:
        typer.echo(f"veco {__version__}")
        raise typer.Exit


def _root(
    version: bool | None = typer.Option(None, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """Cross-lingual encoders from the command line."""

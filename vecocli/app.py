"""The veco app: one command per file of `vecocli/commands`, groups per folder."""

import importlib
import inspect

import typer

from vecocli import __version__, registry
from vecocli.flags import callback

GROUPS = {"evaluate": "Measure cross-lingual transfer, retrieval and word alignment."}


def build() -> typer.Typer:
    """Build the command tree from the files in `vecocli/commands`."""
    app = typer.Typer(
        name="veco",
        help="Mine synonyms, pre-train cross-lingual encoders (VECO 2.0), measure their transfer.",
        no_args_is_help=True,
        pretty_exceptions_show_locals=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    _add(app, "vecocli.commands")
    for group, text in GROUPS.items():
        branch = typer.Typer(help=text, no_args_is_help=True)
        _add(branch, f"vecocli.commands.{group}")
        app.add_typer(branch, name=group)
    return app


def main() -> None:
    """Run `veco`."""
    build()()


def _add(app: typer.Typer, package: str) -> None:
    for name in registry.names(package):
        module = importlib.import_module(f"{package}.{name.replace('-', '_')}")
        example = "Example:\n\n" + inspect.cleandoc(module.EXAMPLE)
        app.command(name, help=inspect.cleandoc(module.__doc__ or ""), epilog=example)(callback(module))


def _version(wanted: bool | None) -> None:
    if wanted:
        typer.echo(f"veco {__version__}")
        raise typer.Exit


def _root(
    version: bool | None = typer.Option(None, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """Cross-lingual encoders from the command line."""

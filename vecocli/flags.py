"""A command's configuration model as command-line flags: names, types, defaults and help written once."""

import inspect
import types
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, Union, get_args, get_origin

import typer
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from vecocli.config.base import Config
from vecocli.console import Screen
from vecocli.errors import Interrupted, UsageError, VecoError


class CommandModule(Protocol):
    """What a file in `vecocli/commands` offers; its docstring is the command's help."""

    CONFIG: type[Config]
    EXAMPLE: str

    def run(self, config: Any, screen: Screen) -> Any:
        """Do the work, show it, and return the JSON document."""


def callback(module: CommandModule) -> Callable[..., None]:
    """Build the function that Typer calls for a command: flags -> config -> run -> JSON document."""

    def command(**flags: Any) -> None:
        screen = Screen(as_json=bool(flags.pop("json")), quiet=bool(flags.pop("quiet")))
        try:
            file = flags.pop("config")
            values = {key: _parsed(module.CONFIG, key, value) for key, value in flags.items()}
            screen.document(module.run(module.CONFIG.resolve(values, file), screen))
        except KeyboardInterrupt:
            _fail(screen, Interrupted("interrupted", "Run the same command again to go on."))
        except VecoError as error:
            _fail(screen, error)

    parameters = [_parameter(name, field) for name, field in module.CONFIG.model_fields.items()]
    command.__signature__ = inspect.Signature(parameters + _common())  # type: ignore[attr-defined]
    command.__doc__ = module.__doc__
    return command


def _fail(screen: Screen, error: VecoError) -> None:
    screen.error(error)
    raise SystemExit(error.exit_code)


def _common() -> list[inspect.Parameter]:
    shared: dict[str, tuple[Any, str]] = {
        "config": (Path | None, "YAML file of settings; flags beat it. A run's own run.yaml repeats that run."),
        "json": (bool | None, "Print exactly one JSON document on stdout and no tables."),
        "quiet": (bool | None, "No notes and no progress."),
    }
    return [_keyword(name, kind, typer.Option(f"--{name}", help=text)) for name, (kind, text) in shared.items()]


def _parameter(name: str, field: FieldInfo) -> inspect.Parameter:
    """One field as a Typer argument or option that stays None when it is not typed."""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    text = field.description or ""
    if extra.get("argument"):
        return _keyword(name, _flag_type(field), typer.Argument(help=text, show_default=False))
    kind = _flag_type(field)
    flag = "--" + name.replace("_", "-")
    if kind == bool | None:
        flag += f"/--no-{name.replace('_', '-')}"
    shown = _shown_default(field)
    option = typer.Option(
        flag,
        help=text,
        show_default=shown,
        metavar=extra.get("metavar"),  # type: ignore[arg-type]
        rich_help_panel=extra.get("panel"),  # type: ignore[arg-type]
    )
    return _keyword(name, kind, option)


def _keyword(name: str, kind: Any, option: Any) -> inspect.Parameter:
    annotation = Annotated[kind, option]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=None)


def _flag_type(field: FieldInfo) -> Any:
    """The type that Typer parses: lists stay lists, `NAME=VALUE` tables are lists of text, unions lose None."""
    kind = field.annotation
    if get_origin(kind) in (Union, types.UnionType):
        options = [option for option in get_args(kind) if option is not type(None)]
        kind = options[0] if len(options) == 1 else str
    if get_origin(kind) is dict:
        return list[str] | None
    if get_origin(kind) is tuple:
        return list[get_args(kind)[0]] | None  # type: ignore[misc]
    if get_origin(kind) is Literal or kind in (bool, int, float, Path):
        return kind | None  # type: ignore[operator]
    return str | None


def _shown_default(field: FieldInfo) -> str | bool:
    default = field.default
    if default is PydanticUndefined:
        return "required"
    if default is None or default == () or default == {}:
        return False
    if isinstance(default, bool):
        return "yes" if default else "no"
    return " ".join(map(str, default)) if isinstance(default, tuple) else str(default)


def _parsed(config: type[Config], name: str, value: Any) -> Any:
    """Undo what Typer cannot say: an empty list is untyped, `NAME=VALUE` items make a mapping."""
    if value is None or value == []:
        return None
    if get_origin(config.model_fields[name].annotation) is not dict:
        return value
    pairs = [str(item).partition("=") for item in value]
    for key, equals, _ in pairs:
        if not equals:
            raise UsageError(f"--{name.replace('_', '-')}: {key!r} is not of the form NAME=VALUE")
    return {key: text for key, _, text in pairs}

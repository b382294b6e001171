"""A command's configuration model as command-line flags: names, types, defaults and help written once."""

import inspect
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import typer
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from vecocli.config.base import Config, flag_of
from vecocli.errors import UsageError

GENERAL = "General"
"""The group of the flags that every command has; shown last."""
ARGUMENTS = "Arguments"
OPTIONS = "Options"

_VALUES = {Path: "PATH", int: "N", float: "X", bool: "", str: "TEXT"}
_BOUNDS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}


@dataclass(frozen=True, slots=True)
class Flag:
    """How one setting is typed and explained.

    Args:
        name: `--batch-size`, `--[no-]overwrite`, or `CORPUS` for a positional one.
        value: What stands behind it: `PATH`, `N`, `mean|first`; empty for a switch.
        text: What it does.
        group: The heading it stands under in the help.
        default: As shown; empty when there is none to show, `required` when one must be given.
        bounds: The values allowed, such as `≥ 0, < 1`; empty when all are.
        repeatable: Whether several values may be given.
    """

    name: str
    value: str
    text: str
    group: str
    default: str = ""
    bounds: str = ""
    repeatable: bool = False

    def notes(self) -> list[str]:
        """What the help says behind the text."""
        default = "required" if self.default == "required" else f"default: {self.default}"
        return [default] * bool(self.default) + ["repeatable"] * self.repeatable


COMMON = (
    Flag("--config", "PATH", "YAML file of settings; flags beat it. A run's own run.yaml repeats that run.", GENERAL),
    Flag("--json", "", "Print exactly one JSON document on stdout and no tables.", GENERAL),
    Flag("--quiet", "", "No notes and no progress.", GENERAL),
)


def describe(config: type[Config]) -> dict[str, Flag]:
    """Return the flag of every field of a configuration model, by field name."""
    return {name: _describe(config, name, field) for name, field in config.model_fields.items()}


def signature(config: type[Config]) -> inspect.Signature:
    """Return the signature that makes Typer offer a configuration model's fields; untyped flags are None."""
    flags = describe(config)
    own = [_parameter(name, _typed(field), flags[name]) for name, field in config.model_fields.items()]
    common = [_parameter(flag.name[2:], Path if flag.value else bool, flag) for flag in COMMON]
    return inspect.Signature(own + common)


def parsed(config: type[Config], flags: dict[str, Any]) -> dict[str, Any]:
    """Undo what Typer cannot say: an empty list is untyped, `NAME=VALUE` items make a mapping.

    Raises:
        UsageError: An item of a mapping has no `=`.
    """
    typed = {name: value for name, value in flags.items() if value is not None and value != []}
    for name, value in typed.items():
        if get_origin(config.model_fields[name].annotation) is dict:
            typed[name] = dict(_name_and_value(flag_of(config, name), item) for item in value)
    return typed


def _describe(config: type[Config], name: str, field: FieldInfo) -> Flag:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    positional = bool(extra.get("argument"))
    typed = flag_of(config, name)
    if field.annotation is bool:
        typed = typed.replace("--", "--[no-]", 1)
    return Flag(
        name=typed,
        value="" if positional else str(extra.get("metavar") or _value(_typed(field))),
        text=field.description or "",
        group=ARGUMENTS if positional else str(extra.get("panel", OPTIONS)),
        default=_default(field),
        bounds=_bounds(field),
        repeatable=get_origin(field.annotation) in (tuple, dict),
    )


def _bounds(field: FieldInfo) -> str:
    limits = ((sign, getattr(item, name, None)) for item in field.metadata for name, sign in _BOUNDS.items())
    return ", ".join(f"{sign} {limit}" for sign, limit in limits if limit is not None)


def _parameter(name: str, kind: Any, flag: Flag) -> inspect.Parameter:
    """One flag as a Typer argument or option."""
    given: Any
    if flag.group == ARGUMENTS:
        metavar = flag.name + "..." * flag.repeatable
        given = typer.Argument(help=flag.text, show_default=False, metavar=metavar, rich_help_panel=flag.group)
    else:
        on, off = flag.name.replace("[no-]", ""), flag.name.replace("[no-]", "no-")
        typed = on if on == off else f"{on}/{off}"
        notes = "; ".join(flag.notes())
        given = typer.Option(
            typed,
            help=f"{flag.text}  [{notes}]" if notes else flag.text,
            show_default=False,
            metavar=flag.value or None,
            rich_help_panel=flag.group,
        )
    annotation = Annotated[kind | None, given]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=None)


def _typed(field: FieldInfo) -> Any:
    """The type that Typer parses: lists stay lists, `NAME=VALUE` tables are lists of text, unions lose None."""
    kind: Any = field.annotation
    if get_origin(kind) in (Union, types.UnionType):
        options = [option for option in get_args(kind) if option is not type(None)]
        kind = options[0] if len(options) == 1 else str
    if get_origin(kind) is dict:
        return list[str]
    if get_origin(kind) is tuple:
        item = get_args(kind)[0]
        return list[str if item is int else item]  # type: ignore[misc]  # numbers may stand together: 1,2,3
    return kind if kind in _VALUES or get_origin(kind) is Literal else str


def _value(kind: Any) -> str:
    """The word that stands for a value of a type."""
    if get_origin(kind) is Literal:
        return "|".join(map(str, get_args(kind)))
    return _VALUES[get_args(kind)[0] if get_origin(kind) is list else kind]


def _default(field: FieldInfo) -> str:
    default = field.default
    if default is PydanticUndefined:
        return "required"
    if default is None or default is False or default == () or default == {}:
        return ""
    if default is True:
        return "yes"
    return ",".join(map(str, default)) if isinstance(default, tuple) else str(default)


def _name_and_value(flag: str, item: str) -> tuple[str, str]:
    name, equals, value = item.partition("=")
    if not equals:
        raise UsageError(f"{flag}: {item!r} is not of the form NAME=VALUE", f"Type it as: {flag} NAME=VALUE")
    return name, value

from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import Field

from vecocli.config.base import Config
from vecocli.errors import UsageError
from vecocli.flags import COMMON, Flag, describe, parsed, signature


class Settings(Config):
    files: tuple[Path, ...] = Field(description="Files.", json_schema_extra={"argument": True})
    out: Path = Field(description="Folder.")
    share: float = Field(0.0, ge=0, lt=1, description="Share.", json_schema_extra={"panel": "Rules"})
    batch_size: int | None = Field(None, gt=0, le=9, description="Size.")
    mode: Literal["a", "b"] | None = Field(None, description="Mode.")
    keep: bool = Field(True, description="Keep.")
    drop: bool = Field(False, description="Drop.")
    weight: dict[str, float] = Field({}, description="Weights.", json_schema_extra={"metavar": "NAME=VALUE"})
    only: tuple[str, ...] = Field(("x", "y"), description="Only.")
    either: int | str = Field("auto", description="Number or word.")


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("files", Flag("FILES", "", "Files.", "Arguments", "required", repeatable=True)),
        ("out", Flag("--out", "PATH", "Folder.", "Options", "required")),
        ("share", Flag("--share", "X", "Share.", "Rules", "0.0", "≥ 0, < 1")),
        ("batch_size", Flag("--batch-size", "N", "Size.", "Options", "", "> 0, ≤ 9")),
        ("mode", Flag("--mode", "a|b", "Mode.", "Options")),
        ("keep", Flag("--[no-]keep", "", "Keep.", "Options", "yes")),
        ("drop", Flag("--[no-]drop", "", "Drop.", "Options")),
        ("weight", Flag("--weight", "NAME=VALUE", "Weights.", "Options", repeatable=True)),
        ("only", Flag("--only", "TEXT", "Only.", "Options", "x,y", repeatable=True)),
        ("either", Flag("--either", "TEXT", "Number or word.", "Options", "auto")),
    ],
)
def test_a_field_is_described(name: str, flag: Flag) -> None:
    assert describe(Settings)[name] == flag


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        ("out", ["required"]),
        ("share", ["default: 0.0"]),
        ("only", ["default: x,y", "repeatable"]),
        ("weight", ["repeatable"]),
        ("mode", []),
    ],
)
def test_notes_say_what_the_text_does_not(name: str, notes: list[str]) -> None:
    assert describe(Settings)[name].notes() == notes


def test_the_signature_has_every_field_then_the_common_flags() -> None:
    parameters = signature(Settings).parameters
    assert list(parameters) == [*Settings.model_fields, *(flag.name[2:] for flag in COMMON)]
    assert all(parameter.default is None for parameter in parameters.values())


def test_what_was_not_typed_is_left_out() -> None:
    flags: dict[str, Any] = {"files": [], "out": None, "weight": [], "drop": False, "only": ["z"]}
    assert parsed(Settings, flags) == {"drop": False, "only": ["z"]}


def test_items_of_a_mapping() -> None:
    assert parsed(Settings, {"weight": ["a=1", "b=x=y"]}) == {"weight": {"a": "1", "b": "x=y"}}
    with pytest.raises(UsageError, match="--weight: 'a' is not of the form NAME=VALUE"):
        parsed(Settings, {"weight": ["a"]})

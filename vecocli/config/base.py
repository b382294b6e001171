"""What every command's configuration can do: read YAML, take flags, say what is wrong, write itself."""

import re
import shlex
from pathlib import Path
from typing import Any, Self, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from vecocli.errors import UsageError
from vecocli.registry import did_you_mean

_UNWRITABLE = re.compile("[\ud800-\udfff]")
MOST_SAID = 200
"""Characters of a foreign message or value that an error shows."""


class Config(BaseModel):
    """A command's settings; a flag beats the file, the file beats the default."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)

    @classmethod
    def resolve(cls, flags: dict[str, Any], file: Path | None = None) -> Self:
        """Merge flags over a YAML file over the defaults.

        Args:
            flags: Values typed by the user, by field name; `None` means not typed.
            file: A YAML mapping of field names, such as a run's own `run.yaml`.

        Raises:
            UsageError: An unknown key, a value out of range or a missing setting.
        """
        for name, value in flags.items():
            _check_texts(value, flag_of(cls, name))
        values = {} if file is None else read_yaml(file)
        for key in values:
            if key not in cls.model_fields:
                raise UsageError(f"{file}: unknown setting {key!r}", did_you_mean(key, cls.model_fields))
            if isinstance(values[key], str) and get_origin(cls.model_fields[key].annotation) is tuple:
                values[key] = [values[key]]  # a list of one, written as such
        values |= {key: value for key, value in flags.items() if value is not None}
        try:
            return cls(**values)
        except ValidationError as error:
            raise UsageError("; ".join(_explain(cls, item) for item in error.errors())) from None

    def command_line(self, command: str) -> str:
        """Return the shell command that repeats these settings, defaults left out."""
        words = [
            _words(flag_of(type(self), name), getattr(self, name))
            for name, field in type(self).model_fields.items()
            if getattr(self, name) != field.default
        ]
        return shlex.join(["veco", *command.split(), *(word for part in words for word in part)])

    def write(self, path: Path) -> None:
        """Write the resolved settings as YAML, in the form that `--config` reads."""
        settings = self.model_dump(mode="json")
        text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
        temporary = path.with_name(path.name + ".tmp")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)


def split_commas(value: Any) -> Any:
    """Take lists typed as `a,b`, as `--x a --x b`, or written as YAML lists."""
    items = value if isinstance(value, list | tuple) else [value]
    if not all(isinstance(item, str | int) for item in items):
        return value
    return tuple(part.strip() for item in items for part in str(item).split(",") if part.strip())


def as_text(value: Any) -> Any:
    """Take a path where a text is asked for that may also be something else."""
    return str(value) if isinstance(value, Path) else value


def read_yaml(file: Path) -> dict[str, Any]:
    """Read a YAML mapping.

    Raises:
        UsageError: The file is missing, is not YAML or holds no mapping.
    """
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
        _check_texts(values, str(file))
    except (OSError, UnicodeDecodeError) as error:
        hint = "Give a YAML file in UTF-8, such as a run's own run.yaml."
        raise UsageError(f"cannot read the configuration {file}: {error}", hint) from None
    except UsageError:
        raise
    except Exception as error:  # PyYAML lets through what Python says of a date or a number
        message = str(error).replace("\n", " ")[:MOST_SAID] or type(error).__name__
        raise UsageError(f"{file} is not valid YAML: {message}") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise UsageError(f"{file} must hold a mapping of settings", "Write one `name: value` per line.")
    return {str(key).replace("-", "_"): value for key, value in values.items()}


def _check_texts(values: Any, where: str) -> None:
    """Refuse texts and paths that UTF-8 cannot write, and NUL; raises RecursionError for what contains itself."""
    if isinstance(values, dict):
        _check_texts([*values, *values.values()], where)
    elif isinstance(values, list | tuple | set):
        for value in values:
            _check_texts(value, where)
    elif isinstance(values, str | Path):
        text = str(values)
        if "\0" in text or (not text.isascii() and _UNWRITABLE.search(text)):
            hint = "Give the file another name, or take out what is no character."
            raise UsageError(f"{where}: {text[:MOST_SAID]!r} cannot be written as UTF-8", hint)


def _words(flag: str, value: Any) -> list[str]:
    """How one setting is typed after the command's name."""
    if isinstance(value, bool):
        return [flag if value else flag.replace("--", "--no-", 1)]
    if isinstance(value, dict):
        return [word for key, item in value.items() for word in (flag, f"{key}={item}")]
    items = [str(item) for item in value] if isinstance(value, tuple) else [str(value)]
    return [word for item in items for word in ((flag, item) if flag.startswith("--") else (item,))]


def flag_of(config: type[Config], field: str) -> str:
    """Return how a field is typed on the command line: `--some-name`, or `NAME` for a positional one."""
    extra = config.model_fields[field].json_schema_extra if field in config.model_fields else None
    if isinstance(extra, dict) and extra.get("argument"):
        return field.upper().replace("_", "-")
    return "--" + field.replace("_", "-")


def _explain(config: type[Config], error: ErrorDetails) -> str:
    """Turn one pydantic error into words with the flag in front."""
    field = str(error["loc"][0]) if error["loc"] else ""
    name = flag_of(config, field) if field else ""
    if error["type"] == "missing":
        return f"{name} is missing"
    message = error["msg"].removeprefix("Value error, ")
    if not name:
        return message
    value = error.get("input")
    return f"{name}: {message[:1].lower()}{message[1:]} (got {value!r})"

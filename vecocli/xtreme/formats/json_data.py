"""JSON from outside: what is not there or of another kind is said with its place in the file."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vecocli.errors import DataError

HINT = "Is it the right file, and was it written to its end?"
KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a whole number"}


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a JSON document and its place.

    Args:
        value: What the document holds there.
        path: The file.
        line: The line, where each line is a document.
        keys: The way to the value: `data[3].paragraphs[0]`; empty for the whole document.
    """

    value: Any
    path: Path
    line: int | None = None
    keys: str = ""

    def field(self, key: str) -> "Node":
        """Return what an object holds under a key; a null where the key is not there."""
        return self._below(self._of(dict).get(key), f".{key}" if self.keys else key)

    def items(self) -> Iterator["Node"]:
        """Go through a list."""
        for number, value in enumerate(self._of(list)):
            yield self._below(value, f"[{number}]")

    def text(self) -> str:
        """Return a text; half a surrogate pair is refused, for it cannot be written again."""
        text: str = self._of(str)
        if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
            raise DataError(f"{self._place()} holds half a surrogate pair", HINT, path=self.path, line=self.line)
        return text

    def number(self) -> int:
        """Return a whole number."""
        number: int = self._of(int)
        return number

    def _of(self, kind: type) -> Any:
        if type(self.value) is not kind:
            found = KINDS.get(type(self.value), "missing or null" if self.value is None else "a number with a fraction")
            message = f"{self._place()} is {found}, not {KINDS[kind]}"
            raise DataError(message, HINT, path=self.path, line=self.line)
        return self.value

    def _below(self, value: Any, step: str) -> "Node":
        return Node(value, self.path, self.line, self.keys + step)

    def _place(self) -> str:
        return self.keys or "the document"


def decode(text: str, path: Path, line: int | None = None) -> Node:
    """Read a JSON document.

    Args:
        text: The document.
        path: The file.
        line: The line it stands on, where each line is a document.

    Raises:
        DataError: It is not JSON, or is nested too deeply.
    """
    try:
        return Node(json.loads(text), path, line)
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg} at character {error.colno}"
        raise DataError(message, HINT, path=path, line=line or error.lineno) from error
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else "a number is too long"
        raise DataError(f"not JSON that can be read: {reason}", HINT, path=path, line=line) from error

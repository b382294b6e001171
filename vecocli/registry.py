"""A folder is a registry: each Python file in it adds one named thing."""

import difflib
import importlib
import importlib.util
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from vecocli.errors import UsageError


def names(package: str) -> list[str]:
    """List what a package's folder offers, without importing its files.

    Args:
        package: Dotted name of the package, such as `vecocli.objectives`.

    Returns:
        Sorted names as typed on the command line: file names with `-` for `_`; files starting with `_` are private.
    """
    spec = importlib.util.find_spec(package)
    folders = [] if spec is None or spec.submodule_search_locations is None else spec.submodule_search_locations
    files = (file for folder in folders for file in Path(folder).glob("*.py"))
    return sorted(file.stem.replace("_", "-") for file in files if not file.stem.startswith("_"))


def get(package: str, name: str) -> ModuleType:
    """Import one file of a registry.

    Raises:
        UsageError: No file has that name; the hint names the nearest ones.
    """
    known = names(package)
    if name not in known:
        kind = package.rpartition(".")[2].replace("_", " ").rstrip("s")
        raise UsageError(f"no {kind} is called {name!r}", did_you_mean(name, known))
    return importlib.import_module(f"{package}.{name.replace('-', '_')}")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest known words, or all of them when none is near."""
    choices = list(known)
    near = difflib.get_close_matches(word, choices, n=3, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"Known: {', '.join(choices)}."

"""What an XTREME task is: data, in one file of `vecocli/xtreme/tasks`; the code that scores it belongs to its kind."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vecocli.xtreme.data import AlignedTexts


@dataclass(frozen=True, slots=True)
class XtremeTask:
    """A task of the benchmark.

    Args:
        name: Its name on the command line.
        kind: How it is scored: the module of `vecocli.xtreme` of that name.
        languages: Canonical codes of its test languages.
        metric: What its score is.
        read: Reads one language from a data folder; raises MissingError where the folder lacks it.
    """

    name: str
    kind: Literal["retrieve"]
    languages: tuple[str, ...]
    metric: str
    read: Callable[[Path, str], AlignedTexts]

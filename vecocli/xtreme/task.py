"""What an XTREME task is: data, in one file of `vecocli/xtreme/tasks`; the code that scores it belongs to its kind."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from vecocli.xtreme.data import AlignedTexts, Found, MixedTexts, Split
from vecocli.xtreme.score import Scoring

Category = Literal["classification", "structured", "qa", "retrieval"]
Read = Callable[[Path | str, str, Split], Found[Any]]
"""(folder, or the text of `--data`; language, split) -> examples; raises MissingError where they are not there."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a task is fine-tuned where the user says nothing.

    Args:
        trained_on: Name of the training data; tasks that share it can share a fine-tuned model.
        task: The task for whose name such a model is fine-tuned.
        read: Reads its train and dev data.
        epochs: Passes over the training data.
        learning_rate: Peak.
        max_length: Sub-words of an input, special tokens included.
        warmup_steps: Steps in which the rate rises.
        weight_decay: AdamW's.
        keep: The `best` checkpoint on the development set of the training language, or the `last` one.

    Source: XTREME's scripts (google-research/xtreme); batch size 32, linear decay, clipping at 1 for all.
    """

    trained_on: str
    task: str
    read: Read
    epochs: float
    learning_rate: float = 2e-5
    max_length: int = 128
    warmup_steps: int = 0
    weight_decay: float = 0.0
    keep: Literal["best", "last"] = "best"


@dataclass(frozen=True, slots=True, kw_only=True)
class TunedTask:
    """A task that a model is fine-tuned for.

    Args:
        name: Its name on the command line.
        kind: How it is cut, predicted and scored: the module of `vecocli.xtreme` of that name.
        category: XTREME's.
        languages: Canonical codes of its test languages.
        labels: Its classes or tags; none for `answer`.
        metric: What its score is, in the protocol `xtreme`.
        recipe: How it is fine-tuned.
        read: Reads its test data.
        scoring: How predictions are scored: see `vecocli.xtreme.score`.
    """

    name: str
    kind: Literal["classify", "tag", "answer"]
    category: Category
    languages: tuple[str, ...]
    metric: str
    scoring: Scoring
    recipe: Recipe
    read: Read
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class XtremeTask:
    """A task of the benchmark.

    Args:
        name: Its name on the command line.
        kind: How it is scored: the module of `vecocli.xtreme` of that name.
        languages: Canonical codes of its test languages.
        metric: What its score is.
        read: Reads one language from a data folder or what the text of `--data` names; raises MissingError.
    """

    name: str
    kind: Literal["retrieve"]
    languages: tuple[str, ...]
    metric: str
    read: Callable[[Path | str, str], AlignedTexts]


@dataclass(frozen=True, slots=True, kw_only=True)
class MinedTask:
    """A task of the benchmark in which translations are to be found in two heaps of sentences.

    Args:
        name: Its name on the command line.
        languages: Canonical codes of its foreign languages.
        metric: What its score is.
        read: (folder or text of `--data`, language, split) -> the sentences, and the names of the files; raises
            MissingError.
    """

    name: str
    languages: tuple[str, ...]
    metric: str
    read: Callable[[Path | str, str, Split], tuple[MixedTexts, tuple[str, ...]]]

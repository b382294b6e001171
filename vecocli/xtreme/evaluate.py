"""Runs a task of XTREME over its languages; what is missing is named, and averages say what they are over."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from vecocli.encoder.devices import Precision
from vecocli.encoder.encoder import Encoder, Pooling
from vecocli.encoder.lengths import count_truncated
from vecocli.errors import UsageError
from vecocli.progress import Progress, silent
from vecocli.registry import did_you_mean
from vecocli.text.languages import canonical
from vecocli.xtreme.data import AlignedTexts
from vecocli.xtreme.each import read_each
from vecocli.xtreme.retrieve import RetrievalScore, evaluate_retrieval
from vecocli.xtreme.task import XtremeTask


@dataclass(frozen=True, slots=True)
class LanguageResult:
    """A retrieval task in one language.

    Args:
        layout: Which file layout the data was found in.
        n: Sentence pairs.
        truncated: Texts of the 2n that were cut.
        layers: Scores by layer; forward is English -> foreign, XTREME's direction.
    """

    layout: str
    n: int
    truncated: int
    layers: list[RetrievalScore]


@dataclass(frozen=True, slots=True)
class TaskResult:
    """A task over its languages.

    Args:
        languages: Result per language that was scored.
        missing: Why each other language was not.
        average: Unweighted means over the scored languages, by layer.
    """

    languages: dict[str, LanguageResult]
    missing: dict[str, str]
    average: list[RetrievalScore]


def collect(
    task: XtremeTask, folder: Path | str, languages: Sequence[str] = ()
) -> tuple[dict[str, AlignedTexts], dict[str, str]]:
    """Read a task's data.

    Args:
        task: The task.
        folder: Its data folder, or the folder above it, or the text of `--data`.
        languages: Languages that must be there; none for all of the task that are.

    Returns:
        (data per language, reason per missing language).

    Raises:
        MissingError: An asked language is not there, or none is.
        UsageError: The task has no such language.
    """
    asked = list(dict.fromkeys(map(canonical, languages)))
    for language in asked:
        if language not in task.languages:
            raise UsageError(f"{task.name} has no language {language!r}", did_you_mean(language, task.languages))
    nothing = f"{folder} has no data of {task.name}"
    return read_each(lambda language: task.read(folder, language), task.languages, asked, nothing)


def evaluate_task(
    encoder: Encoder,
    data: dict[str, AlignedTexts],
    missing: dict[str, str],
    *,
    layers: Sequence[int],
    pooling: Pooling = "mean",
    max_length: int = 512,
    precision: Precision = "fp32",
    progress: Progress = silent,
) -> TaskResult:
    """Score a retrieval task on the data that `collect` found; other arguments as in `evaluate_retrieval`.

    Args:
        encoder: The encoder.
        data: Texts per language.
        missing: Reason per missing language; passed on.
        layers: Layers to score.
        pooling: `mean` or `first`.
        max_length: Most sub-words a text may have.
        precision: Of the encoder's passes.
        progress: Called with (texts done, texts in all).
    """
    total, done = sum(2 * len(texts.english) for texts in data.values()), 0
    results: dict[str, LanguageResult] = {}
    for language, texts in data.items():
        scores = evaluate_retrieval(
            encoder,
            texts.english,
            texts.foreign,
            layers=layers,
            pooling=pooling,
            max_length=max_length,
            precision=precision,
            progress=lambda here, _, before=done: progress(before + here, total),  # type: ignore[misc]
        )
        truncated = count_truncated(encoder, [*texts.english, *texts.foreign], max_length)
        results[language] = LanguageResult(texts.layout, len(texts.english), truncated, scores)
        done += 2 * len(texts.english)
    rows = zip(*(result.layers for result in results.values()), strict=True)
    return TaskResult(results, missing, [_mean(row) for row in rows])


def _mean(scores: Sequence[RetrievalScore]) -> RetrievalScore:
    """Average one layer's scores over languages."""
    count = len(scores)
    forward, backward, mexa = (
        sum(getattr(score, field) for score in scores) / count for field in ("forward", "backward", "mexa")
    )
    nothing = torch.empty(2, 0)
    return RetrievalScore(scores[0].layer, forward, backward, mexa, nothing.long(), nothing.bool())

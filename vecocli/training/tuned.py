"""What a fine-tuning run gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from vecocli.config.finetuning import FinetuneConfig
from vecocli.training.loop import Loop
from vecocli.training.metrics import METRICS, evaluations
from vecocli.training.task_data import TaskData
from vecocli.xtreme.task import TunedTask


@dataclass(frozen=True, slots=True)
class Finetuned:
    """What a run gave.

    Args:
        folder: The model's folder.
        task: The task's name.
        trained_on: Name of the training data; tasks that have the same share the model.
        steps: Optimiser steps done in all.
        seconds: Training time in all.
        examples: Training examples by language.
        figures: The last logged figures: loss, accuracy, rate, gradient norm.
        skipped: Steps left out because their loss or gradient was not finite.
        kept: Which model the folder holds: `best` on the development set, or `last`.
        best: What best.json says; None where nothing was evaluated.
        evaluations: Figures and step of every evaluation.
    """

    folder: Path
    task: str
    trained_on: str
    steps: int
    seconds: float
    examples: Mapping[str, int]
    figures: Mapping[str, float]
    skipped: int
    kept: str
    best: Mapping[str, Any] | None
    evaluations: Sequence[Mapping[str, float]]

    @classmethod
    def of(cls, config: FinetuneConfig, task: TunedTask, loop: Loop, data: TaskData, kept: str) -> "Finetuned":
        """Put together what a loop gave that has trained to its end."""
        return cls(
            folder=config.out,
            task=task.name,
            trained_on=task.recipe.trained_on,
            steps=loop.step,
            seconds=round(loop.seconds, 1),
            examples=data.rows,
            figures=loop.last,
            skipped=loop.figures.skipped,
            kept=kept,
            best=loop.watch.best.record if loop.watch else None,
            evaluations=evaluations(config.out / METRICS),
        )

    @property
    def facts(self) -> dict[str, Any]:
        """What the run's summary keeps of it."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name in FACTS}


FACTS = frozenset(field.name for field in fields(Finetuned)) - {"folder"}
"""What a run's summary holds."""

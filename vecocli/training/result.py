"""What a pre-training run gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from vecocli.config.pretraining import PretrainConfig
from vecocli.training.loop import Loop
from vecocli.training.metrics import METRICS, evaluations, share_of
from vecocli.training.steps import StepBatches


@dataclass(frozen=True, slots=True)
class Pretrained:
    """What a run gave.

    Args:
        folder: The model's folder.
        steps: Optimiser steps done in all.
        seconds: Training time in all.
        pairs: Sentence pairs in the mined folders.
        figures: The last logged figures: losses, rate, gradient norm.
        skipped: Steps left out because their loss or gradient was not finite.
        data_wait: Share of the training time that went by in waiting for batches, 0 to 1.
        languages: The language pairs and what was read of them, as `vecocli.training.steps.Corpus` has it.
        mono: The files of monolingual text, likewise.
        best: What best.json says; None where nothing was evaluated.
        evaluations: Figures and step of every evaluation.
    """

    folder: Path
    steps: int
    seconds: float
    pairs: int
    figures: Mapping[str, float]
    skipped: int
    data_wait: float
    languages: Sequence[Mapping[str, Any]]
    mono: Sequence[Mapping[str, Any]]
    best: Mapping[str, Any] | None
    evaluations: Sequence[Mapping[str, float]]

    @classmethod
    def of(cls, config: PretrainConfig, loop: Loop, batches: StepBatches) -> "Pretrained":
        """Put together what a loop gave that has trained to its end."""
        languages, mono = ([corpus._asdict() for corpus in corpora] for corpora in batches.corpora(loop.step))
        return cls(
            folder=config.out,
            steps=loop.step,
            seconds=round(loop.seconds, 1),
            pairs=sum(one["rows"] for one in languages),
            figures=loop.last,
            skipped=loop.figures.skipped,
            data_wait=share_of(loop.waited, loop.seconds),
            languages=languages,
            mono=mono,
            best=loop.watch.best.record if loop.watch else None,
            evaluations=evaluations(config.out / METRICS),
        )

    @property
    def facts(self) -> dict[str, Any]:
        """What the run's summary keeps of it."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name in FACTS}


FACTS = frozenset(field.name for field in fields(Pretrained)) - {"folder"}
"""What a run's summary holds."""

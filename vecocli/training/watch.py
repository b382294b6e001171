"""Evaluation now and then while a run trains, and the best model kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from vecocli.training.best import Best
from vecocli.training.gather import agreed, on_first
from vecocli.training.metrics import MetricsFile

TITLES = {
    "retrieval": "retrieval",
    "mexa": "MEXA",
    "aer": "AER",
    "accuracy": "accuracy",
    "f1": "F1",
    "exact_match": "exact match",
}
"""What the metrics are called, `eval/` left out."""
Saver = Callable[[], Callable[[Path], None]]


@dataclass(frozen=True, slots=True)
class Watch:
    """What is done at an evaluation: all processes come to it, the first one evaluates, the others wait for it.

    Args:
        evaluate: Scores the model as it is, figures by name.
        best: Keeps the best model.
        every: Steps between evaluations; there is one at the start and one at the end too.
        collect: Called by all processes at once before the first one evaluates.
        note: Told what was found.
    """

    evaluate: Callable[[], dict[str, float]]
    best: Best
    every: int
    collect: Callable[[], None]
    note: Callable[[str], None]

    def __call__(
        self, step: int, seconds: float, device: torch.device, metrics: MetricsFile | None, saver: Saver
    ) -> None:
        """Evaluate.

        Args:
            step: Optimiser steps done.
            seconds: Training time so far.
            device: Where processes meet.
            metrics: Takes the figures; None on all processes but the first.
            saver: Called by all processes at once; returns what writes the model's files.
        """
        self.collect()
        figures = self.evaluate() if metrics else {}
        better = metrics is not None and self.best.beaten(figures)
        if metrics:
            metrics.write(step, {**figures, "seconds": round(seconds, 2)})
            self.note(f"{shown(step, figures)}{', the best so far' if better else ''}")
        if not agreed(better, device):
            return
        fill = saver()
        on_first(lambda: self.best.keep(step, figures, fill), device)


def shown(step: int, figures: Mapping[str, float]) -> str:
    """Say what an evaluation gave, in percent."""
    found = [f"{title} {figures[f'eval/{name}']:.1f}" for name, title in TITLES.items() if f"eval/{name}" in figures]
    return f"step {step:,}: {', '.join(found)}"

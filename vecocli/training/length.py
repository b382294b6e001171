"""How long and how fast to train: what the loop takes of a run's settings."""

from dataclasses import dataclass, fields
from typing import Self

from vecocli.config.pretraining import PretrainConfig
from vecocli.training.optimiser import Schedule


@dataclass(frozen=True, slots=True)
class LoopSettings:
    """How long and how fast to train.

    Args:
        steps: Optimiser steps.
        minutes: Training time instead of steps; the schedule then follows the clock and runs are not repeatable.
        peak_rate: Peak learning rate.
        warmup: Share of the run with a rising rate.
        schedule: How the rate falls.
        weight_decay: AdamW's decay.
        clip: Largest gradient norm.
        log_every: Steps between metric lines.
        save_every: Steps between checkpoints.
        save_total_limit: Checkpoints kept.
        max_skipped: Steps in a row that may be skipped because their loss or gradient is not finite.
        seed: Decides dropout; the batches bring their own randomness.
        betas: AdamW's.
        eps: AdamW's.
    """

    steps: int
    minutes: float | None
    peak_rate: float
    warmup: float
    schedule: Schedule
    weight_decay: float
    clip: float
    log_every: int
    save_every: int
    save_total_limit: int
    max_skipped: int
    seed: int
    betas: tuple[float, float] = (0.9, 0.98)
    eps: float = 1e-6

    @classmethod
    def of(cls, config: PretrainConfig) -> Self:
        """Take those of a pre-training run, which have the same names there."""
        own = [field.name for field in fields(cls) if field.name not in ("betas", "eps")]
        return cls(**{name: getattr(config, name) for name in own})

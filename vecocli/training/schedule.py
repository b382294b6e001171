"""What a fine-tuning run does, with everything filled in that its settings leave to the task."""

from dataclasses import dataclass

from vecocli.config.finetuning import FinetuneConfig
from vecocli.encoder.encoder import Encoder
from vecocli.xtreme.feature import Lengths
from vecocli.xtreme.task import TunedTask

EVALUATIONS = 10  # in a run, where --eval-every does not say
LORA_RATE = 2e-4


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does, with everything filled in that its settings leave to the task.

    Args:
        steps: Optimiser steps.
        epochs: Passes over the data.
        learning_rate: Peak.
        warmup: Share of the run in which the rate rises.
        weight_decay: AdamW's.
        lengths: How long inputs may be.
        keep: `best` or `last`.
        every: Steps between evaluations.
    """

    steps: int
    epochs: float
    learning_rate: float
    warmup: float
    weight_decay: float
    lengths: Lengths
    keep: str
    every: int


def lengths_of(task: TunedTask, config: FinetuneConfig, encoder: Encoder) -> Lengths:
    """Return how long inputs may be: as asked for, or as the task has it, and as the model can read."""
    return Lengths(min(config.max_length or task.recipe.max_length, encoder.max_length))


def planned(task: TunedTask, config: FinetuneConfig, inputs: int, lengths: Lengths, *, evaluates: bool) -> Plan:
    """Fill in what the settings leave to the task.

    Args:
        task: The task.
        config: The run's settings.
        inputs: Inputs to train on.
        lengths: How long they may be.
        evaluates: Whether there is a development set; without one the last model is kept.
    """
    recipe = task.recipe
    epochs = config.epochs or recipe.epochs
    steps = max(1, round(epochs * inputs / config.batch_size))
    warmup = recipe.warmup_steps if config.warmup_steps is None else config.warmup_steps
    keep = recipe.keep if config.keep == "auto" else config.keep
    return Plan(
        steps=steps,
        epochs=epochs,
        learning_rate=config.learning_rate or (LORA_RATE if config.lora_rank else recipe.learning_rate),
        warmup=min(0.5, warmup / steps),
        weight_decay=recipe.weight_decay if config.weight_decay is None else config.weight_decay,
        lengths=lengths,
        keep=keep if evaluates else "last",
        every=config.eval_every or max(1, -(-steps // EVALUATIONS)),
    )

"""Steps whose loss or gradient is not a finite number."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from vecocli.encoder.checkpoint import checkpoints
from vecocli.errors import VecoError


def not_finite(figures: Mapping[str, Tensor], norm: Tensor) -> list[str]:
    """Name what is not finite of a step, nothing where its weights may be changed.

    Args:
        figures: The step's figures over all processes, `loss` among them.
        norm: The norm of its gradient, the same on all processes.
    """
    if torch.isfinite(figures["loss"]) and torch.isfinite(norm):
        return []
    broken = [name for name, figure in figures.items() if name != "loss" and not torch.isfinite(figure).all()]
    return broken or ["the gradient" if torch.isfinite(figures["loss"]) else "the weighted sum"]


def too_many(step: int, broken: list[str], in_a_row: int, read: str, run: Path) -> VecoError:
    """Return the error that ends a run.

    Args:
        step: The last of the steps, from 1.
        broken: What of it was not finite.
        in_a_row: How many there were.
        read: What the step read; empty where that is unknown.
        run: The run's folder.
    """
    message = f"not finite at step {step}: {', '.join(broken)}"
    if in_a_row > 1:
        message += f"; so were the {in_a_row - 1} steps before it, all of which left the weights as they were"
    if read:
        message += f". It read {read}"
    mend = "a lower --learning-rate or --precision fp32"
    if not (found := checkpoints(run)):
        return VecoError(message, f"There is no checkpoint yet: start again with --overwrite and {mend}.")
    hint = f"The newest checkpoint is sound: go on from it with --resume {found[-1]}, another --out and {mend}"
    return VecoError(message, f"{hint}; or skip more steps: --resume auto with a larger --max-skipped.")

"""Steps whose loss or gradient is not a finite number, and weights that are none."""

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from vecocli.encoder.checkpoint import STATE, checkpoints
from vecocli.errors import VecoError
from vecocli.training.sharding import own


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
    if in_a_row == 2:
        message += "; so was the step before it, which left the weights as they were"
    if in_a_row > 2:
        message += f"; so were the {in_a_row - 1} steps before it, all of which left the weights as they were"
    if read:
        message += f". It read {read}"
    more = "; or skip more steps: --resume auto with a larger --max-skipped" if checkpoints(run) else ""
    return VecoError(message, f"{_way_back(run)}{more}.")


def finite(model: nn.Module) -> bool:
    """Return whether all of a model's weights are, or this process's parts of them."""
    return all(bool(torch.isfinite(own(weight)).all()) for weight in model.parameters())


def not_finite_weights(step: int, run: Path) -> VecoError:
    """Return the error that ends a run in whose weights there is what is no number."""
    return VecoError(f"after step {step} the weights are not finite, and no model any more", f"{_way_back(run)}.")


def _way_back(run: Path) -> str:
    """What to go on from: the newest checkpoint that was not written among steps that were left out."""
    mend = "a lower --learning-rate or --precision fp32"
    sound = [path for path in checkpoints(run) if not _in_a_row(path)]
    if not sound:
        return f"There is no checkpoint from before: start again with --overwrite and {mend}"
    return f"Go on from the checkpoint before, with --resume {sound[-1]}, another --out and {mend}"


def _in_a_row(checkpoint: Path) -> bool:
    try:
        return bool(json.loads((checkpoint / STATE / "state.json").read_text(encoding="utf-8"))["figures"]["in_a_row"])
    except (OSError, ValueError, TypeError, KeyError):
        return True

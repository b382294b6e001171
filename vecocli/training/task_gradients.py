"""One step's gradient of fine-tuning: a mean over the step's terms, whatever the number of passes and processes.

Shapes: R rows, S sub-words, C classes.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vecocli.training.gather import added, processes
from vecocli.training.task_batches import TaskPart

Seed = Callable[[int], None]


def task_gradients(accelerator: Any, model: nn.Module, parts: Sequence[TaskPart], seed: Seed) -> dict[str, Tensor]:
    """Add the gradient of a step to the weights.

    Args:
        accelerator: Of the model.
        model: `TaskModel`, wrapped.
        parts: This process's share of the step.
        seed: Called with the number of a part before its pass.

    Returns:
        `loss` and `accuracy` (share of terms that are right, in percent) over all processes.
    """
    device = accelerator.device
    terms = added(torch.tensor(float(sum(part.terms for part in parts)), device=device)).clamp(min=1)
    sums = torch.zeros(2, dtype=torch.float64, device=device)
    for number, part in enumerate(parts):
        seed(number)
        last = number == len(parts) - 1
        with nullcontext() if last else accelerator.no_sync(model):
            given = part.to(device)
            logits = model(given.inputs)
            loss, right = loss_and_right(logits, given)
            accelerator.backward(loss * processes() / terms)  # gradients are averaged over processes
        sums += torch.stack([loss.detach(), right]).double()
    loss, right = added(sums) / terms
    return {"loss": loss.float(), "accuracy": 100 * right.float()}


def loss_and_right(logits: Tensor, part: TaskPart) -> tuple[Tensor, Tensor]:
    """Return the sum of cross-entropies, and how many of the terms are right.

    Args:
        logits: [R, C], [R, S, C], or [R, S, 2] for places: start and end, whose losses are averaged.
        part: What was read; padding is no place of an answer.
    """
    targets = part.targets
    if part.inputs.labels is not None:  # of sub-words
        logits, targets = logits.flatten(0, 1), targets.flatten()
        right = (logits.argmax(-1) == targets).sum()
        return F.cross_entropy(logits, targets, ignore_index=-100, reduction="sum"), right
    if targets.ndim == 2:  # places
        logits = logits.masked_fill(~part.inputs.mask.unsqueeze(-1), -torch.inf)
        right = (logits.argmax(1) == targets).all(1).sum()
        return F.cross_entropy(logits, targets, reduction="sum") / 2, right
    return F.cross_entropy(logits, targets, reduction="sum"), (logits.argmax(-1) == targets).sum()

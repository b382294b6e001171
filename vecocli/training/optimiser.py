"""AdamW, its schedule and its state as plain tensors."""

import math
from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor, nn

from vecocli.training.sharding import part_like, whole

Schedule = Literal["linear", "cosine", "constant"]
STATE = ("step", "exp_avg", "exp_avg_sq")
"""What AdamW keeps for each weight."""


def adamw(
    model: nn.Module,
    learning_rate: float,
    weight_decay: float,
    betas: tuple[float, float] = (0.9, 0.98),
    eps: float = 1e-6,
) -> torch.optim.AdamW:
    """Fused AdamW; biases and normalisation weights are not decayed.

    Source: betas (0.9, 0.98) and eps 1e-6 as in InfoXLM and VECO (arXiv 2010.16046).
    """
    named = [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
    groups = [
        {"params": [weight for _, weight in named if weight.ndim >= 2], "weight_decay": weight_decay},
        {"params": [weight for _, weight in named if weight.ndim < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=learning_rate, betas=betas, eps=eps, fused=True)


def rate_at(progress: float, warmup: float, schedule: Schedule) -> float:
    """Factor of the peak learning rate.

    Args:
        progress: Share of the run that is done, in [0, 1].
        warmup: Share of the run in which the rate rises linearly.
        schedule: How it falls afterwards, to 0 at the end unless `constant`.
    """
    if progress < warmup:
        return progress / warmup
    rest = (progress - warmup) / max(1e-9, 1 - warmup)
    if schedule == "constant":
        return 1.0
    return max(0.0, 1 - rest) if schedule == "linear" else 0.5 * (1 + math.cos(math.pi * min(1.0, rest)))


def export_state(optimiser: torch.optim.Optimizer, model: nn.Module) -> dict[str, Tensor]:
    """Flatten the optimiser's state into tensors named `<parameter>/<statistic>`, on the first process."""
    return whole(
        {
            f"{name}/{key}": value
            for name, weight in model.named_parameters()
            for key, value in optimiser.state.get(weight, {}).items()
        }
    )


def import_state(optimiser: torch.optim.Optimizer, model: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Put back what `export_state` took out.

    Raises:
        KeyError: It is of other weights.
        ValueError: Some of it is missing, or of another shape than its weight.
    """
    weights = dict(model.named_parameters())
    for full, value in tensors.items():
        name, _, key = full.rpartition("/")
        if value.ndim and value.shape != weights[name].shape:
            raise ValueError(f"{full} has the shape {list(value.shape)} in place of {list(weights[name].shape)}")
        optimiser.state[weights[name]][key] = part_like(weights[name], value)
    partial = [name for name, weight in weights.items() if 0 < len(optimiser.state.get(weight, ())) < len(STATE)]
    if partial:
        raise ValueError(f"a part of the state of {partial[0]} is missing")

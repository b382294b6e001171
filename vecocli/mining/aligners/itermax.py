"""Itermax: Argmax, then once more among what is left, where one side may be linked already. More links than Argmax.

Source: SimAlign (arXiv 2004.08728, section 3.2) with its released settings: one further round, 0.9 for a unit that is
linked already.
"""

import torch
from torch import Tensor

from veco_kernels import mutual_argmax
from vecocli.mining.aligners import Scale

SCALE: Scale = "cosine"
LINKED_BEFORE = 0.9
LEAST_UNITS = 3  # below that a sentence has no further round


def links(similarity: Tensor, x_mask: Tensor, y_mask: Tensor) -> Tensor:
    """Match each pair's units in two rounds."""
    first = mutual_argmax(similarity, x_mask, y_mask)[0]
    linked = torch.zeros_like(similarity, dtype=torch.bool)
    linked[tuple(first.unbind(1))] = True
    free_x, free_y = x_mask & ~linked.any(2), y_mask & ~linked.any(1)
    large = torch.minimum(x_mask.sum(1), y_mask.sum(1)) >= LEAST_UNITS
    again = large & free_x.any(1) & free_y.any(1)
    both, either = free_x.unsqueeze(2) & free_y.unsqueeze(1), free_x.unsqueeze(2) | free_y.unsqueeze(1)
    weights = torch.where(both, 1.0, LINKED_BEFORE).double()  # as SimAlign computes: its masks are float64
    rest = (similarity * weights).masked_fill(~(either & again.view(-1, 1, 1)), -torch.inf)
    return torch.cat([first, mutual_argmax(rest, x_mask, y_mask)[0]])

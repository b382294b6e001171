"""Optimal transport: similarities become a transport plan by two Sinkhorn rounds, of which Itermax takes the links.

Source: XLM-Align (arXiv 2106.06381, section 3.2) as released: dot products clipped below at 1e-6, columns before rows,
two rounds, then Itermax with SimAlign's settings on the plan.
"""

import torch
from torch import Tensor

from vecocli.mining.aligners import Scale, itermax

SCALE: Scale = "dot"
ROUNDS = 2
LEAST = 1e-6


def links(similarity: Tensor, x_mask: Tensor, y_mask: Tensor) -> Tensor:
    """Match each pair's units."""
    valid = x_mask.unsqueeze(2) & y_mask.unsqueeze(1)
    plan = similarity.clamp(min=LEAST).masked_fill(~valid, 0.0)
    for _ in range(ROUNDS):
        for side in (1, 2):
            plan = plan / plan.sum(side, keepdim=True).clamp(min=torch.finfo(plan.dtype).tiny)
    return itermax.links(plan, x_mask, y_mask)

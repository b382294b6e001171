"""Softmax: two units are linked if each would choose the other with more than a small probability.

Source: awesome-align (arXiv 2101.08231, section 2.1) with its released threshold of 0.001.
"""

import torch
from torch import Tensor

from vecocli.mining.aligners import Scale

SCALE: Scale = "dot"
THRESHOLD = 0.001


def links(similarity: Tensor, x_mask: Tensor, y_mask: Tensor) -> Tensor:
    """Match each pair's units; a unit may have several partners."""
    valid = x_mask.unsqueeze(2) & y_mask.unsqueeze(1)
    scores = similarity.masked_fill(~valid, torch.finfo(similarity.dtype).min)
    return ((scores.softmax(2) > THRESHOLD) & (scores.softmax(1) > THRESHOLD) & valid).nonzero()

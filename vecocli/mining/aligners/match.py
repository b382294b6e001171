"""Match: the one-to-one matching of the largest total similarity. Links every unit of the shorter side.

Source: SimAlign (arXiv 2004.08728, section 3.2), which takes a maximum-weight matching among those of maximum
cardinality; in a complete bipartite graph that is the assignment problem.
"""

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from vecocli.mining.aligners import Scale

SCALE: Scale = "cosine"


def links(similarity: Tensor, x_mask: Tensor, y_mask: Tensor) -> Tensor:
    """Match each pair's units, one pair after the other on the CPU; a similarity of 0 is no edge."""
    found = []
    weights = similarity.double().cpu().numpy()
    sizes = zip(x_mask.sum(1).tolist(), y_mask.sum(1).tolist(), strict=True)
    for row, (x_units, y_units) in enumerate(sizes):
        x, y = linear_sum_assignment(weights[row, :x_units, :y_units], maximize=True)
        found += [(row, i, j) for i, j in zip(x.tolist(), y.tolist(), strict=True) if weights[row, i, j] > 0]
    return torch.tensor(found, dtype=torch.long, device=similarity.device).reshape(-1, 3)

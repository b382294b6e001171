"""InfoNCE with freely chosen positives and negatives.

Shapes: R anchors, C candidates, P positive pairs; leading batch dimensions are allowed.
"""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from veco_kernels import token_similarity

Similarity = Literal["cosine", "dot"]

NONE = -1e9
"""Stands for a left-out candidate: exp(NONE) is exactly 0, and, unlike -inf, an empty row has finite gradients."""


def info_nce(positive: Tensor, negative_mass: Tensor) -> Tensor:
    """Return -log(e^p / (e^p + sum_k e^n_k)), element by element.

    Args:
        positive: Scaled similarities of the positive pairs.
        negative_mass: log sum_k e^n_k of the same anchors, from `log_mass`; same shape.

    Source: InfoNCE (arXiv 1807.03748, eq. 4), written so that negatives are summed once for all partners of an anchor.
    """
    return F.softplus(negative_mass - positive)


def log_mass(logits: Tensor, allowed: Tensor) -> Tensor:
    """Log-sum-exp over the allowed candidates of each anchor.

    Args:
        logits: [..., R, C] scaled similarities.
        allowed: [..., R, C] bool; a row without any gives about -1e9, so its loss and gradient are 0.

    Returns:
        [..., R].
    """
    return torch.logsumexp(logits.masked_fill(~allowed, NONE), dim=-1)


def compare(left: Tensor, right: Tensor, similarity: Similarity) -> Tensor:
    """Similarities [..., R, C] of [..., R, H] and [..., C, H]; a cosine of a zero vector is 0."""
    return token_similarity(left, right) if similarity == "cosine" else left @ right.mT

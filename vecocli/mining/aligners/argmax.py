"""Argmax: two units are linked if each is the other's most similar one. Precise; SimAlign calls it `inter`.

Source: SimAlign (arXiv 2004.08728, section 3.2).
"""

from torch import Tensor

from veco_kernels import mutual_argmax
from vecocli.mining.aligners import Scale

SCALE: Scale = "cosine"


def links(similarity: Tensor, x_mask: Tensor, y_mask: Tensor) -> Tensor:
    """Match each pair's units; of equal similarities the first counts."""
    return mutual_argmax(similarity, x_mask, y_mask)[0]

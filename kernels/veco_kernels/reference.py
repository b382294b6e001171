"""Token similarity and mutual argmax in plain PyTorch: right first, on every device, with gradients.

Shapes: B sentence pairs (or layers of one pair), S and T tokens of the two sides, H hidden size, N links.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def token_similarity(x: Tensor, y: Tensor, *, x_mask: Tensor | None = None, y_mask: Tensor | None = None) -> Tensor:
    """Cosine similarity of every token of one side to every token of the other.

    Args:
        x: [..., S, H] vectors; leading dimensions are batches.
        y: [..., T, H].
        x_mask: [..., S] bool, true at the tokens to compare; none means all.
        y_mask: [..., T] bool, the same for y.

    Returns:
        [..., S, T] in the type of x; 0 for a zero vector, -inf where either side is masked, so that neither an argmax
        nor a softmax can choose it.
    """
    similarity = F.normalize(x, dim=-1) @ F.normalize(y, dim=-1).transpose(-1, -2)
    return _masked(similarity, x_mask, y_mask)


def mutual_argmax(
    similarity: Tensor, x_mask: Tensor | None = None, y_mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Link the tokens that are each other's nearest: the greatest of their row and of their column.

    Args:
        similarity: [B, S, T]; an entry of -inf is never a link. Of equal entries the first counts.
        x_mask: [B, S] bool, true at the tokens that may be linked; none means all.
        y_mask: [B, T] bool, the same for the other side.

    Returns:
        links [N, 3] int64 (batch, x token, y token) in ascending order, and their similarities [N].

    Source: SimAlign's Argmax (arXiv 2004.08728, section 3.2).
    """
    if similarity.numel() == 0:
        return similarity.new_empty(0, 3, dtype=torch.long), similarity.new_empty(0)
    similarity = _masked(similarity, x_mask, y_mask)
    best, nearest = similarity.max(2)
    rows = torch.arange(similarity.shape[1], device=similarity.device)
    mutual = similarity.argmax(1).gather(1, nearest) == rows
    batch, x = (mutual & (best > -torch.inf)).nonzero(as_tuple=True)
    return torch.stack([batch, x, nearest[batch, x]], dim=1), best[batch, x]


def _masked(similarity: Tensor, x_mask: Tensor | None, y_mask: Tensor | None) -> Tensor:
    if x_mask is not None:
        similarity = similarity.masked_fill(~x_mask.unsqueeze(-1), -torch.inf)
    if y_mask is not None:
        similarity = similarity.masked_fill(~y_mask.unsqueeze(-2), -torch.inf)
    return similarity

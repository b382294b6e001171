"""What speaks for a link beside the similarity itself: a dictionary, the positions, and the rivals.

Shapes: B sentence pairs, S and T units of the two sides.
"""

import torch
from torch import Tensor

TEMPERATURE = 0.5  # in standard deviations of a pair's similarities


def raised(similarity: Tensor, x_mask: Tensor, y_mask: Tensor, listed: Tensor | None, bonus: float) -> Tensor:
    """Add a bonus to what a dictionary lists.

    Args:
        similarity: [B, S, T].
        x_mask: [B, S] bool.
        y_mask: [B, T] bool.
        listed: [B, S, T] bool, true where a dictionary lists the two words; None without a dictionary.
        bonus: In standard deviations of each pair's own similarities, so that it means the same for every encoder.

    Returns:
        [B, S, T]; the similarity itself without a dictionary.

    Source: this project's choice.
    """
    if listed is None or bonus == 0:
        return similarity
    return similarity + bonus * spread(similarity, x_mask, y_mask).view(-1, 1, 1) * listed


def distorted(similarity: Tensor, x_mask: Tensor, y_mask: Tensor, strength: float) -> Tensor:
    """Lower the similarity of units whose relative positions differ: s (1 - strength (i/(S-1) - j/(T-1))^2).

    Args:
        similarity: [B, S, T].
        x_mask: [B, S] bool, units first, padding last.
        y_mask: [B, T] bool.
        strength: 0 changes nothing. A side of one unit has no relative positions and is left alone.

    Source: SimAlign (arXiv 2004.08728, section 3.3), as released.
    """
    if strength == 0:
        return similarity
    x, y = _relative(x_mask), _relative(y_mask)
    factor = 1.0 - (x.unsqueeze(2) - y.unsqueeze(1)) ** 2 * strength
    long = (x_mask.sum(1) >= 2) & (y_mask.sum(1) >= 2)
    return torch.where(long.view(-1, 1, 1), similarity * factor, similarity.to(factor.dtype))


def log_odds(scores: Tensor, x_mask: Tensor, y_mask: Tensor) -> Tensor:
    """How surely two units choose each other among all: log odds [B, S, T] of the harmonic mean of both choices.

    The choice of a unit is a softmax over the other side at a temperature of half a standard deviation of the pair's
    scores, so that encoders with crowded and with spread vectors give like figures.

    Source: the harmonic mean as in awesome-align's probabilities (arXiv 2101.08231); the temperature is this project's
    choice.
    """
    valid = x_mask.unsqueeze(2) & y_mask.unsqueeze(1)
    scaled = scores / (TEMPERATURE * spread(scores, x_mask, y_mask)).clamp(min=1e-6).view(-1, 1, 1)
    scaled = scaled.masked_fill(~valid, torch.finfo(scaled.dtype).min)
    forward, backward = scaled.softmax(2), scaled.softmax(1)
    mean = 2 * forward * backward / (forward + backward).clamp(min=torch.finfo(scaled.dtype).tiny)
    return mean.clamp(1e-4, 1 - 1e-4).logit()


def spread(scores: Tensor, x_mask: Tensor, y_mask: Tensor) -> Tensor:
    """Standard deviation [B] of each pair's scores."""
    valid = (x_mask.unsqueeze(2) & y_mask.unsqueeze(1)).to(scores.dtype)
    count = valid.sum((1, 2)).clamp(min=1)
    mean = (scores * valid).sum((1, 2)) / count
    return (((scores - mean.view(-1, 1, 1)) ** 2 * valid).sum((1, 2)) / count).sqrt()


def _relative(mask: Tensor) -> Tensor:
    """Positions [B, S] from 0 for the first unit to 1 for the last, in float64 as SimAlign computes them."""
    last = (mask.sum(1, keepdim=True) - 1).clamp(min=1)
    return torch.arange(mask.shape[1], device=mask.device).double() / last

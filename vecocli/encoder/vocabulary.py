"""Cross-entropy over a large vocabulary whose logits never stand in memory whole beyond 128 MB.

Shapes: N positions, H hidden, V vocabulary, C columns of a block.
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from vecocli.encoder.devices import at_least_fp32

BLOCK_ON_CPU = 2**20  # logits: 4 MB, they stay in the cache
BLOCK = 2**24  # logits: enough to fill any other device
FEWEST_COLUMNS = 128  # a narrower matrix product is slow
ROWS = 64  # of a head that cannot be cut by columns
KEPT_BYTES = 128 * 2**20  # of the forward pass's logits, for the backward pass


def vocabulary_loss(states: Tensor, weight: Tensor, bias: Tensor | None, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Cross-entropy of a linear layer's predictions, block by block of its vocabulary.

    Equals `F.cross_entropy(F.linear(states, weight, bias), labels, reduction="none")`. Matrix products run in
    autocast's type where it is on; softmax and sums in fp32, or in float64 for such states.

    Args:
        states: [N, H]; N may be 0.
        weight: [V, H].
        bias: [V], or None.
        labels: [N] int64 ids in [0, V); the loss of any other is not a number.

    Returns:
        The losses [N], and whether each label has the highest logit [N], the first of equal ones.

    Source: the running log-sum-exp of arXiv 1805.02867; logits computed again instead of kept as in arXiv 2411.09009.
    """
    room = KEPT_BYTES if torch.is_grad_enabled() else 0
    loss, right = _VocabularyLoss.apply(  # type: ignore[no-untyped-call]
        states, weight, bias, labels, _arithmetic(states), room
    )
    return loss, right


def loss_by_rows(head: Callable[[Tensor], Tensor], states: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """What `vocabulary_loss` does, for a head of any make: some positions at a time, computed again for the gradient.

    Args:
        head: [N, H] states -> [N, V] logits.
        states: [N, H]; N may be 0.
        labels: [N] int64 ids in [0, V).
    """

    def loss(some: Tensor, right: Tensor) -> tuple[Tensor, Tensor]:
        logits = at_least_fp32(head(some))
        return F.cross_entropy(logits, right, reduction="none"), logits.detach().argmax(1) == right

    pairs = zip(torch.split(states, ROWS), torch.split(labels, ROWS), strict=True)
    found: list[tuple[Tensor, Tensor]] = [checkpoint(loss, *pair, use_reentrant=False) for pair in pairs]
    losses, right = zip(*found, strict=True)
    return torch.cat(losses), torch.cat(right)


def _arithmetic(states: Tensor) -> torch.dtype:
    """The type of the matrix products."""
    if states.dtype is torch.float64:
        return torch.float64
    kind = states.device.type
    return torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else torch.float32


def _blocks(states: Tensor, vocabulary: int) -> Iterator[slice]:
    """The vocabulary, cut so that the logits of N positions make up a block."""
    block = BLOCK_ON_CPU if states.device.type == "cpu" else BLOCK
    columns = max(FEWEST_COLUMNS, block // max(1, len(states)))
    return (slice(start, min(start + columns, vocabulary)) for start in range(0, vocabulary, columns))


def _logits(states: Tensor, weight: Tensor, bias: Tensor | None, block: slice) -> Tensor:
    """[N, C], in the states' type."""
    some = weight[block].to(states.dtype)
    return F.linear(states, some, None if bias is None else bias[block].to(states.dtype))


class _VocabularyLoss(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, states: Tensor, weight: Tensor, bias: Tensor | None, labels: Tensor, dtype: torch.dtype, room: int
    ) -> tuple[Tensor, Tensor]:
        found = _Running(labels, torch.promote_types(dtype, torch.float32))
        kept: list[Tensor] = []
        with torch.autocast(states.device.type, enabled=False):
            small = states.to(dtype)
            for block in _blocks(states, len(weight)):
                logits = _logits(small, weight, bias, block)
                found.add(logits, block)
                if (room := room - logits.nbytes) >= 0:
                    kept.append(logits)
        ctx.dtype = dtype
        ctx.save_for_backward(states, weight, bias, labels, found.mass, *kept)
        right = found.best == labels
        ctx.mark_non_differentiable(right)
        return found.mass - found.own, right

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, upstream: Tensor, _: Tensor) -> tuple[Tensor | None, ...]:
        states, weight, bias, labels, mass, *kept = ctx.saved_tensors
        for_states, for_weight, for_bias, *_rest = ctx.needs_input_grad
        grad_states = torch.zeros(states.shape, dtype=mass.dtype, device=states.device) if for_states else None
        grad_weight = torch.empty_like(weight) if for_weight else None
        grad_bias = torch.empty_like(bias) if for_bias else None
        with torch.autocast(states.device.type, enabled=False):
            small = states.to(ctx.dtype)
            scaled = (states.to(mass.dtype) * upstream.unsqueeze(1)).to(ctx.dtype)
            for number, block in enumerate(_blocks(states, len(weight))):
                logits = kept[number] if number < len(kept) else _logits(small, weight, bias, block)
                error = _error(logits, mass, labels, block)
                if grad_bias is not None:
                    grad_bias[block] = upstream @ error
                error = error.to(ctx.dtype)
                if grad_weight is not None:
                    grad_weight[block] = error.mT @ scaled
                if grad_states is not None:
                    grad_states += error @ weight[block].to(ctx.dtype)
        if grad_states is not None:
            grad_states = (grad_states * upstream.unsqueeze(1)).to(states.dtype)
        return grad_states, grad_weight, grad_bias, None, None, None


class _Running:
    """What is known of each position's logits after some blocks of them.

    Args:
        labels: [N].
        dtype: Of the sums.
    """

    def __init__(self, labels: Tensor, dtype: torch.dtype) -> None:
        self.labels = labels
        self.mass = torch.full(labels.shape, -torch.inf, dtype=dtype, device=labels.device)
        """[N] log-sum-exp."""
        self.own = torch.full_like(self.mass, torch.nan)
        """[N] the label's logit."""
        self.highest = torch.full_like(self.mass, -torch.inf)
        self.best = torch.zeros_like(labels)
        """[N] id of the highest logit."""

    def add(self, logits: Tensor, block: slice) -> None:
        """Take in a block [N, C]."""
        highest, best = logits.max(1)
        highest = highest.to(self.mass.dtype)
        sums = (logits - highest.unsqueeze(1)).exp_().sum(1)
        self.mass = torch.logaddexp(self.mass, highest + sums.log())
        self.best = torch.where(highest > self.highest, best + block.start, self.best)
        self.highest = torch.maximum(self.highest, highest)
        column, inside = _columns(self.labels, block)
        self.own = torch.where(inside, logits.gather(1, column.unsqueeze(1)).squeeze(1).to(self.own.dtype), self.own)


def _columns(labels: Tensor, block: slice) -> tuple[Tensor, Tensor]:
    """Where each label stands in a block, and whether it does; nothing here waits for the device."""
    inside = (labels >= block.start) & (labels < block.stop)
    return (labels - block.start).clamp(0, block.stop - block.start - 1), inside


def _error(logits: Tensor, mass: Tensor, labels: Tensor, block: slice) -> Tensor:
    """Probabilities [N, C], less one at the label."""
    error = (logits - mass.unsqueeze(1)).exp_()
    column, inside = _columns(labels, block)
    return error.scatter_add_(1, column.unsqueeze(1), -inside.to(error.dtype).unsqueeze(1))

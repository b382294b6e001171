"""The vectors of all processes as one batch: what contrastive objectives compare reaches over all of them."""

from dataclasses import replace

import torch
from torch import Tensor, distributed
from torch.nn import functional as F

from vecocli.encoder.encoded import EncodedBatch, join

FIELDS = ("source_forms", "target_forms", "source_hashes", "target_hashes", "links")


def processes() -> int:
    """Return how many processes train together."""
    return distributed.get_world_size() if distributed.is_available() and distributed.is_initialized() else 1


def process() -> int:
    """Return which of them this is, from 0."""
    return distributed.get_rank() if processes() > 1 else 0


def gathered(batch: EncodedBatch) -> EncodedBatch:
    """Return the batch of all processes, in their order; gradients flow to this process's own part.

    Each process computes the whole loss and differentiates it by its own vectors, which are anchors, partners and
    negatives in it: added up over the processes, these are the gradients of the whole. Nothing has to be sent back.

    Args:
        batch: This process's part, at least one pair; predictions are left out.
    """
    count = processes()
    if count == 1:
        return batch
    tensors = {name: getattr(batch, name) for name in FIELDS} | batch.vectors
    everywhere = {name: _collected(tensor.detach(), count) for name, tensor in tensors.items()}
    parts = []
    for rank in range(count):
        plain = EncodedBatch(**{name: everywhere[name][rank] for name in FIELDS})  # type: ignore[arg-type]
        parts.append(plain.with_vectors({name: everywhere[name][rank] for name in batch.vectors}))
    own = process()
    parts[own] = parts[own].with_vectors(batch.vectors)
    lost = added(torch.tensor(batch.lost, device=batch.links.device))
    return replace(join(parts), lost=int(lost))


def added(values: Tensor) -> Tensor:
    """Add up values over all processes; no gradient flows."""
    values = values.detach().clone()
    if processes() > 1:
        distributed.all_reduce(values)
    return values


def most(values: Tensor) -> Tensor:
    """Return the largest of all processes, value by value."""
    values = values.detach().clone()
    if processes() > 1:
        distributed.all_reduce(values, distributed.ReduceOp.MAX)
    return values


def agreed(value: float, device: torch.device) -> float:
    """Return the largest of a number of all processes: what each then does depends on it."""
    return value if processes() == 1 else float(most(torch.tensor(value, dtype=torch.float64, device=device)))


def _collected(tensor: Tensor, count: int) -> list[Tensor]:
    """Fetch a tensor from each process; the first two sizes may differ."""
    own = torch.tensor([*tensor.shape[:2], 0][:2], device=tensor.device)
    sizes = [torch.empty_like(own) for _ in range(count)]
    distributed.all_gather(sizes, own)
    most = torch.stack(sizes).amax(0).tolist()
    grows = [most[0] - tensor.shape[0], *([most[1] - tensor.shape[1]] if tensor.ndim > 1 else [])]
    padding = [size for grow in reversed([*grows, *[0] * (tensor.ndim - len(grows))]) for size in (0, grow)]
    padded = F.pad(tensor, padding).contiguous()
    found = [torch.empty_like(padded) for _ in range(count)]
    distributed.all_gather(found, padded)
    sliced = [tuple(slice(0, size) for size in wide.tolist()[: min(tensor.ndim, 2)]) for wide in sizes]
    return [one[cut] for one, cut in zip(found, sliced, strict=True)]

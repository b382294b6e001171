"""The vectors of all processes as one batch: what contrastive objectives compare reaches over all of them."""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor, distributed

from vecocli.encoder.encoded import EncodedBatch, Need, join
from vecocli.errors import VecoError

FIELDS = ("source_forms", "target_forms", "source_hashes", "target_hashes", "links")


def processes() -> int:
    """Return how many processes train together."""
    return distributed.get_world_size() if distributed.is_available() and distributed.is_initialized() else 1


def process() -> int:
    """Return which of them this is, from 0."""
    return distributed.get_rank() if processes() > 1 else 0


def gathered(batch: EncodedBatch, needs: frozenset[Need]) -> EncodedBatch:
    """Return the batch of all processes, in their order; gradients flow to this process's own part.

    Each process computes the whole loss and differentiates it by its own vectors, which are anchors, partners and
    negatives in it: added up over the processes, these are the gradients of the whole. Nothing has to be sent back.

    Args:
        batch: This process's part, at least one pair; predictions are left out.
        needs: Which vectors are asked for, the same in all processes.
    """
    count = processes()
    if count == 1:
        return batch
    vectors = {name: one for name, one in batch.vectors.items() if name.partition("_")[2] in needs}
    tensors = {name: getattr(batch, name) for name in FIELDS} | vectors
    found = {name: everywhere(tensor) for name, tensor in tensors.items()}
    parts = []
    for rank in range(count):
        plain = EncodedBatch(**{name: found[name][rank] for name in FIELDS})  # type: ignore[arg-type]
        parts.append(plain.with_vectors({name: found[name][rank] for name in vectors}))
    own = process()
    parts[own] = parts[own].with_vectors(vectors)
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


def on_first(action: Callable[[], None], device: torch.device) -> None:
    """Let the first process do something, such as write; where it fails, all end.

    Args:
        action: What to do.
        device: Where processes meet.

    Raises:
        VecoError: What the action raised; on the other processes, that it did.
    """
    failed: VecoError | None = None
    if process() == 0:
        try:
            action()
        except VecoError as error:
            failed = error
    if agreed(failed is not None, device):
        raise failed or VecoError("the first process failed and says why")


def everywhere(tensor: Tensor) -> list[Tensor]:
    """Fetch a tensor from each process, in their order; sizes may differ, and no gradient flows."""
    if processes() == 1:
        return [tensor.detach()]
    own = torch.tensor(tensor.shape, device=tensor.device)
    sizes = [torch.empty_like(own) for _ in range(processes())]
    distributed.all_gather(sizes, own)
    padded = tensor.new_zeros(torch.stack(sizes).amax(0).tolist())
    padded[tuple(map(slice, tensor.shape))] = tensor.detach()
    found = [torch.empty_like(padded) for _ in sizes]
    distributed.all_gather(found, padded)
    return [one[tuple(map(slice, size.tolist()))] for one, size in zip(found, sizes, strict=True)]

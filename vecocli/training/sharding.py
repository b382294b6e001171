"""Fully sharded training: each process keeps a part of every weight, of its gradient and of its AdamW state.

A layer's weights are put together while it runs and taken apart again; embeddings and head, whose weight is often one
and the same, stay together from the forward pass to the end of the backward pass. Saved files know nothing of parts.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from vecocli.encoder.devices import Precision
from vecocli.training.gather import process, processes


def shard(model: nn.Module, layers: Sequence[nn.Module], device: torch.device, precision: Precision) -> None:
    """Cut a model's weights into a part for each process; nothing is done where there is only one.

    Args:
        model: What runs as a whole.
        layers: Modules of it whose weights are put together one after the other.
        device: Where this process computes.
        precision: At bf16 layers get their weights as bf16; parts, sums of gradients and AdamW stay fp32.

    Source: FSDP2, which is PyTorch's `fully_shard`.
    """
    if processes() == 1:
        return
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard

    mesh = init_device_mesh(device.type, (processes(),))
    half = torch.bfloat16 if precision == "bf16" else None
    # what flows between layers is autocast's affair
    policy = MixedPrecisionPolicy(param_dtype=half, reduce_dtype=torch.float32, cast_forward_inputs=False)
    for module in (*layers, model):
        fully_shard(module, mesh=mesh, mp_policy=policy)


def is_sharded(model: nn.Module) -> bool:
    """Whether `shard` cut the model."""
    from torch.distributed.fsdp import FSDPModule

    return isinstance(model, FSDPModule)


def full(tensor: Tensor) -> Tensor:
    """Put a tensor's parts together, by all processes at once; a tensor without parts is returned as it is."""
    from torch.distributed.tensor import DTensor

    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def own(tensor: Tensor) -> Tensor:
    """Return this process's part of a tensor; all of one without parts."""
    from torch.distributed.tensor import DTensor

    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def whole(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Put the parts of many tensors together, by all processes at once.

    Args:
        tensors: By name; one tensor may have two names, and has them afterwards.

    Returns:
        What the first process is to write, on the CPU; nothing on the others.
    """
    first = process() == 0
    found: dict[int, Tensor] = {}
    for tensor in tensors.values():
        if id(tensor) not in found:
            together = full(tensor.detach())
            found[id(tensor)] = together.cpu().contiguous() if first else tensor
    return {name: found[id(tensor)] for name, tensor in tensors.items()} if first else {}


def part_like(weight: Tensor, value: Tensor) -> Tensor:
    """Return this process's part of a whole tensor, cut as the weight is; a single number has no parts."""
    from torch.distributed.tensor import DTensor, distribute_tensor

    value = value.to(weight.device)
    if not isinstance(weight, DTensor) or not value.ndim:
        return value
    return distribute_tensor(value, weight.device_mesh, weight.placements, src_data_rank=None)

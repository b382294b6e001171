"""Word embeddings looked up once for several forward passes.

The gradient of an embedding is as large as the vocabulary, and one is made and added up for each forward pass: with
250,000 sub-words a fifth of a step on a CPU.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeGuard

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@contextmanager
def looked_up_once(embedding: nn.Module, ids: Sequence[Tensor]) -> Iterator[None]:
    """Let an embedding's rows be looked up once for all inputs that will be given to it, and its gradient be made once.

    Its output is the same. An embedding of any other make than `nn.Embedding`, or whose weight is not trained, or not
    on a CPU, is left alone, and so is one that is given a single input.

    Args:
        embedding: The module that turns ids into vectors.
        ids: Inputs that it will be given, of any shape; one with other ids is looked up by itself.

    Source: this project's choice.
    """
    if len(ids) < 2 or not _plain(embedding) or not torch.is_grad_enabled():
        yield
        return
    weight = embedding.weight
    unique = torch.unique(torch.cat([one.flatten() for one in ids]))
    rows = F.embedding(unique, weight, embedding.padding_idx)
    places = torch.full((len(weight),), len(unique), device=unique.device)  # of an id that was not announced: none
    places[unique] = torch.arange(len(unique), device=unique.device)

    def look_up(_: nn.Module, given: tuple[Any, ...], output: Tensor) -> Tensor:
        found = places[given[0]]
        return output if (found == len(unique)).any() else F.embedding(found, rows)

    hook = embedding.register_forward_hook(look_up)
    try:
        yield
    finally:
        hook.remove()


def _plain(module: nn.Module) -> TypeGuard[nn.Embedding]:
    """Whether a module's gradient is that of looking up rows and no more."""
    return (
        type(module) is nn.Embedding
        and module.weight.requires_grad
        and module.weight.device.type == "cpu"
        and module.max_norm is None
        and not module.sparse
        and not module.scale_grad_by_freq
    )

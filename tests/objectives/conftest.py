"""Random batches as the objectives see them, in float64."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
import torch

from vecocli.encoder.encoded import EncodedBatch

H = 6


def random_batch(
    seed: int, *, pairs: int = 5, units: int = 7, links: bool = True, words: int = 0, hidden: int = H
) -> EncodedBatch:
    """Sentences that repeat, words of equal form within and across sides, several partners, padding, empty pairs.

    Args:
        seed: Decides everything.
        pairs: B.
        units: U.
        links: Whether there are any.
        words: How many forms there are besides those that repeat much.
        hidden: Length of the vectors.
    """
    dice = Random(seed)
    generator = torch.Generator().manual_seed(seed)
    forms = torch.zeros(2, pairs, units, dtype=torch.int64)
    chosen = []
    for pair in range(pairs):
        lengths = [dice.randint(0 if pair else 1, units) for _ in range(2)]
        for side, length in enumerate(lengths):
            shared = 3 + 2 * side  # forms 1…4 stand on both sides
            forms[side, pair, :length] = torch.tensor([dice.randint(1, shared + 1 + words) for _ in range(length)])
        grid = [(pair, i, j) for i in range(lengths[0]) for j in range(lengths[1])]
        if links and pair != 1:  # one pair without any
            chosen += dice.sample(grid, min(len(grid), dice.randint(0, 5)))

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, hidden, dtype=torch.float64, generator=generator).requires_grad_()

    return EncodedBatch(
        source_forms=forms[0],
        target_forms=forms[1],
        source_hashes=torch.tensor([dice.randint(1, pairs) for _ in range(pairs)]),
        target_hashes=torch.tensor([dice.randint(3, 2 * pairs + 1) for _ in range(pairs)]),
        links=torch.tensor(chosen, dtype=torch.int64).reshape(-1, 3),
        source_sentences=draw(pairs),
        target_sentences=draw(pairs),
        source_units=draw(pairs, units),
        target_units=draw(pairs, units),
    )


def swapped(batch: EncodedBatch) -> EncodedBatch:
    """The same pairs with source and target exchanged."""
    names = ("forms", "hashes", "sentences", "units")
    sides = {f"source_{name}": getattr(batch, f"target_{name}") for name in names}
    sides |= {f"target_{name}": getattr(batch, f"source_{name}") for name in names}
    return replace(batch, links=batch.links[:, [0, 2, 1]], **sides)


@pytest.fixture
def make_batch() -> Callable[..., EncodedBatch]:
    """`random_batch`."""
    return random_batch


@pytest.fixture
def swap() -> Callable[[EncodedBatch], EncodedBatch]:
    """`swapped`."""
    return swapped


@pytest.fixture
def gradients() -> Callable[..., list[torch.Tensor]]:
    """Gradients of a value with respect to the named tensors of a batch; zeros where it does not depend on them."""

    def take(value: torch.Tensor, batch: EncodedBatch, *names: str) -> list[torch.Tensor]:
        inputs: list[Any] = [getattr(batch, name) for name in names]
        found = torch.autograd.grad(value, inputs, allow_unused=True)
        return [torch.zeros_like(one) if grad is None else grad for one, grad in zip(inputs, found, strict=True)]

    return take

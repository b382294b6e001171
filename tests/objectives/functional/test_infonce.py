import math
from typing import Any

import pytest
import torch

from vecocli.objectives.functional.infonce import compare, info_nce, log_mass


def test_by_hand() -> None:
    logits = torch.tensor([[2.0, 1.0, -3.0, 40.0]], dtype=torch.float64)
    mass = log_mass(logits, torch.tensor([[False, True, True, False]]))
    assert mass.item() == pytest.approx(math.log(math.exp(1) + math.exp(-3)))
    loss = info_nce(logits[:, 0], mass).item()
    assert loss == pytest.approx(-math.log(math.exp(2) / (math.exp(2) + math.exp(1) + math.exp(-3))))


def test_large_logits_neither_overflow_nor_lose_the_loss() -> None:
    logits = torch.tensor([[1000.0, 1001.0, -1000.0]], requires_grad=True)
    loss = info_nce(logits[:, 0], log_mass(logits, torch.tensor([[False, True, True]])))
    assert loss.item() == pytest.approx(math.log(1 + math.e))
    loss.sum().backward()
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


def test_an_anchor_without_negatives_costs_nothing() -> None:
    logits = torch.randn(2, 3, requires_grad=True)
    loss = info_nce(logits[:, 0], log_mass(logits, torch.zeros(2, 3, dtype=torch.bool)))
    assert not loss.any()
    loss.sum().backward()
    assert logits.grad is not None
    assert not logits.grad.any()


@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_similarities_against_a_loop(similarity: Any) -> None:
    generator = torch.Generator().manual_seed(0)
    left = torch.randn(2, 3, 4, dtype=torch.float64, generator=generator)
    right = torch.randn(2, 5, 4, dtype=torch.float64, generator=generator)
    left[0, 1] = 0
    found = compare(left, right, similarity)
    for b in range(2):
        for i in range(3):
            for j in range(5):
                norms = 1.0 if similarity == "dot" else float(left[b, i].norm() * right[b, j].norm())
                expected = float(left[b, i] @ right[b, j]) / norms if norms else 0.0
                assert found[b, i, j].item() == pytest.approx(expected)

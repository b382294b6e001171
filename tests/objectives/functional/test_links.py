from random import Random

import pytest
import torch

from vecocli.objectives.functional.links import adjacency, allowed_negatives, self_links


def test_adjacency_is_symmetric_and_holds_every_link() -> None:
    links = torch.tensor([[0, 1, 2], [1, 0, 0], [1, 0, 1]])
    matrix = adjacency(links, pairs=3, units=3)
    assert torch.equal(matrix, matrix.mT)
    found = {(b, i, j - 3) for b, i, j in matrix[:, :3].nonzero().tolist()}
    assert found == set(map(tuple, links.tolist()))
    assert not adjacency(links[:0], 2, 3).any()


@pytest.mark.parametrize("negatives", ["instance", "other-side"])
def test_to_repel_is_mutual(negatives: str) -> None:
    """Else one anchor would push away what another one spares."""
    dice = Random(0)
    for _ in range(20):
        forms = torch.tensor([[dice.randint(0, 4) for _ in range(8)] for _ in range(2)])
        real = [(b, i, j) for b in range(2) for i in range(4) for j in range(4) if forms[b, i] and forms[b, 4 + j]]
        links = torch.tensor(dice.sample(real, min(3, len(real))), dtype=torch.int64).reshape(-1, 3)
        allowed = allowed_negatives(adjacency(links, 2, 4), forms, negatives)
        assert torch.equal(allowed, allowed.mT)
        assert not allowed.diagonal(dim1=1, dim2=2).any()
        assert not allowed[forms == 0].any()


def similarity(rows: list[list[float]]) -> torch.Tensor:
    return torch.tensor([rows])


def test_own_links_by_hand() -> None:
    table = similarity([[0.9, 0.1, 0.8], [0.2, 0.3, 0.7], [0.0, 0.6, 0.95]])
    forms = torch.ones(1, 3, dtype=torch.int64)
    none = torch.empty(0, 3, dtype=torch.int64)
    assert self_links(table, forms, forms, none, 0.0).tolist() == [[0, 0, 0], [0, 2, 2]]
    assert self_links(table, forms, forms, none, 0.92).tolist() == [[0, 2, 2]]
    given = torch.tensor([[0, 0, 1]])  # takes source 0 and target 1
    assert self_links(table, forms, forms, given, 0.0).tolist() == [[0, 2, 2]]
    padded = torch.tensor([[1, 1, 0]])
    assert self_links(table, forms, padded, none, 0.0).tolist() == [[0, 0, 0], [0, 2, 1]]


def test_own_links_carry_no_gradient_and_need_no_units() -> None:
    table = torch.rand(2, 0, 0, requires_grad=True)
    forms = torch.empty(2, 0, dtype=torch.int64)
    none = torch.empty(0, 3, dtype=torch.int64)
    assert self_links(table, forms, forms, none, 0.0).shape == (0, 3)

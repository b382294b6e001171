from typing import Any

import pytest
import torch

from vecocli.objectives.functional import batchwide as module
from vecocli.objectives.functional.batchwide import Batchwide, batchwide
from vecocli.objectives.functional.links import adjacency, allowed_negatives

UNITS = ("source_units", "target_units")


def everyone(units: Batchwide) -> torch.Tensor:
    return torch.arange(len(units.vectors))


def test_real_units_only_and_links_that_lead_to_them(make_batch: Any) -> None:
    batch = make_batch(3)
    units = batchwide(batch, batch.links, "dot")
    real = torch.cat([batch.source_units[batch.source_forms != 0], batch.target_units[batch.target_forms != 0]])
    assert torch.equal(units.vectors, real)
    row, i, j = batch.links.unbind(1)
    assert torch.equal(units.vectors[units.left], batch.source_units[row, i])
    assert torch.equal(units.vectors[units.right], batch.target_units[row, j])
    lengths = batchwide(batch, batch.links, "cosine").vectors.norm(dim=1)
    torch.testing.assert_close(lengths, torch.ones_like(lengths))


@pytest.mark.parametrize("seed", range(5))
def test_within_one_pair_the_same_repel(make_batch: Any, seed: int) -> None:
    batch = make_batch(seed, pairs=1)
    units = batchwide(batch, batch.links, "dot")
    forms = torch.cat([batch.source_forms, batch.target_forms], dim=1)
    allowed = allowed_negatives(adjacency(batch.links, 1, 7), forms, "instance")[0]
    real = forms[0] != 0
    assert torch.equal(units.allowed(everyone(units), everyone(units)), allowed[real][:, real])


@pytest.mark.parametrize("seed", range(5))
def test_to_repel_is_mutual(make_batch: Any, seed: int) -> None:
    batch = make_batch(seed, words=12)
    units = batchwide(batch, batch.links, "dot")
    allowed = units.allowed(everyone(units), everyone(units))
    assert torch.equal(allowed, allowed.mT)
    assert 0.3 < allowed.float().mean() < 1
    assert not allowed.diagonal().any()
    assert not allowed[units.left, units.right].any()


@pytest.mark.parametrize("entries", [1, 100, 1000])
def test_blocks_give_the_whole(make_batch: Any, gradients: Any, monkeypatch: pytest.MonkeyPatch, entries: int) -> None:
    batch = make_batch(2, pairs=8, words=20)
    weights = torch.randn(3 * len(batch.links), dtype=torch.float64)

    def run() -> tuple[torch.Tensor, list[torch.Tensor]]:
        units = batchwide(batch, batch.links, "cosine")
        found = units.repulsion(torch.cat([units.right, units.left, units.left]), everyone(units), 0.3)
        return found, gradients((found * weights).sum(), batch, *UNITS)

    whole = run()
    widest = []
    allowed = Batchwide.allowed
    monkeypatch.setattr(module, "ENTRIES", entries)
    monkeypatch.setattr(
        Batchwide, "allowed", lambda *given: [widest.append(given[1].numel() * given[2].numel()), allowed(*given)][1]
    )
    blocks = run()
    assert max(widest) <= max(entries, 2 * 8 * 7)  # at least one row at a time
    assert len(widest) > 2  # each block once forward and once backward
    torch.testing.assert_close(blocks, whole)

from typing import Any

import pytest
import torch

from vecocli.objectives.functional.probabilities import link_probabilities, linked, sizes


@pytest.mark.parametrize("seed", range(4))
def test_rows_and_columns_add_up_to_one_over_real_units(make_batch: Any, seed: int) -> None:
    batch = make_batch(seed)
    forward, backward = link_probabilities(batch)
    left, right = sizes(batch)
    for b in range(len(batch)):
        m, n = int(left[b]), int(right[b])  # units come first, padding behind them
        torch.testing.assert_close(forward[b, :m, :n].sum(1), torch.full((m,), float(n > 0), dtype=torch.float64))
        torch.testing.assert_close(backward[b, :m, :n].sum(0), torch.full((n,), float(m > 0), dtype=torch.float64))
        assert not forward[b, m:].any() and not forward[b, :, n:].any()
        assert not backward[b, m:].any() and not backward[b, :, n:].any()
        if m and n:
            scores = (batch.source_units[b, :m] @ batch.target_units[b, :n].T).exp()
            torch.testing.assert_close(forward[b, 0, 0], scores[0, 0] / scores[0].sum())
            torch.testing.assert_close(backward[b, 0, 0], scores[0, 0] / scores[:, 0].sum())


def test_links_as_a_matrix(make_batch: Any) -> None:
    batch = make_batch(0)
    assert linked(batch).nonzero().tolist() == sorted(batch.links.tolist())
    assert not linked(make_batch(0, links=False)).any()

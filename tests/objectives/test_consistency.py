from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from vecocli.encoder.encoded import EncodedBatch, join
from vecocli.objectives.consistency import Objective

Make = Callable[..., EncodedBatch]
NAMES = ("source_units", "target_units")


def slow(batch: EncodedBatch) -> torch.Tensor:
    """The formula as it stands, with matrices of the real units alone."""
    losses = []
    for b in range(len(batch)):
        x = batch.source_units[b][batch.source_forms[b] != 0]
        y = batch.target_units[b][batch.target_forms[b] != 0]
        if len(x) and len(y):
            e = torch.stack([torch.stack([(one @ other).exp() for other in y]) for one in x])
            p = torch.stack([row / row.sum() for row in e])
            q = torch.stack([column / column.sum() for column in e.T]).T
            losses.append(-torch.trace(p @ q.T) / min(len(x), len(y)))
    return sum(losses) / len(losses)


@pytest.mark.parametrize("seed", range(8))
def test_equals_the_formula(make_batch: Make, gradients: Any, seed: int) -> None:
    batch = make_batch(seed)
    value, expected = Objective()(batch).value, slow(batch)
    assert value.dtype == torch.float64
    assert -1 <= value < 0
    torch.testing.assert_close(value, expected)
    for found, wanted in zip(gradients(value, batch, *NAMES), gradients(expected, batch, *NAMES), strict=True):
        torch.testing.assert_close(found, wanted)


def test_gradcheck(make_batch: Make) -> None:
    batch = make_batch(3, pairs=3, units=4)

    def value(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return Objective()(replace(batch, source_units=x, target_units=y)).value

    assert torch.autograd.gradcheck(value, (batch.source_units, batch.target_units))


def test_links_and_padding_change_nothing_and_sides_may_be_exchanged(make_batch: Make, swap: Any) -> None:
    batch = make_batch(4)
    value = Objective()(batch).value
    wider = {name: torch.nn.functional.pad(getattr(batch, name), (0, 0, 0, 3), value=7.0) for name in NAMES}
    forms = {name: torch.nn.functional.pad(getattr(batch, name), (0, 3)) for name in ("source_forms", "target_forms")}
    for other in (replace(batch, links=batch.links[:0]), replace(batch, **wider, **forms), swap(batch)):
        torch.testing.assert_close(Objective()(other).value, value)


def test_sure_and_mutual_choices_are_the_best_there_is(make_batch: Make) -> None:
    batch = make_batch(0, pairs=1, units=4)
    eye = 30 * torch.eye(4, 6, dtype=torch.float64)[None]
    full = torch.ones(1, 4, dtype=torch.int64)
    sure = replace(batch, source_forms=full, target_forms=full, source_units=eye, target_units=eye[:, [2, 0, 3, 1]])
    assert Objective()(sure).value.item() == pytest.approx(-1)
    assert Objective()(replace(sure, target_forms=torch.tensor([[1, 1, 0, 0]]))).value.item() == pytest.approx(-1)
    unsure = replace(sure, target_units=eye * 0)
    assert Objective()(unsure).value.item() == pytest.approx(-1 / 4)  # 16 times 1/4 times 1/4, over 4


def test_parts_add_up_to_the_batch(make_batch: Make) -> None:
    parts = [make_batch(seed, units=units) for seed, units in ((1, 7), (2, 4), (5, 6))]
    whole, own = Objective()(join(parts)), [Objective()(part) for part in parts]
    torch.testing.assert_close(whole.mean.total, torch.stack([loss.mean.total for loss in own]).sum())
    assert whole.mean.count == sum(loss.mean.count for loss in own)


def test_degenerate_batches_give_no_nan(make_batch: Make, gradients: Any) -> None:
    plain = make_batch(1)
    empty = replace(plain, target_forms=plain.target_forms * 0)
    names = ("source_forms", "target_forms", *NAMES)
    widthless = replace(empty, **{name: getattr(empty, name)[:, :0] for name in names})
    large = make_batch(2)
    with torch.no_grad():
        large.source_units.mul_(1e6)
    for batch in (empty, widthless, large, make_batch(3, pairs=1, units=1)):
        loss = Objective()(batch)
        assert torch.isfinite(loss.value)
        assert all(torch.isfinite(grad).all() for grad in gradients(loss.value, batch, *NAMES))
    for batch in (empty, widthless):
        assert (Objective()(batch).value, Objective()(batch).mean.count) == (0, 0)


def test_the_pass_must_have_been_run(make_batch: Make) -> None:
    with pytest.raises(ValueError, match="not run"):
        Objective()(replace(make_batch(0), target_units=None))

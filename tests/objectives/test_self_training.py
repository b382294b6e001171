from collections.abc import Callable
from dataclasses import replace
from math import exp
from typing import Any

import pytest
import torch

from vecocli.encoder.encoded import EncodedBatch, join
from vecocli.objectives.self_training import Objective

Make = Callable[..., EncodedBatch]
NAMES = ("source_units", "target_units")


def slow(batch: EncodedBatch, links: str, c: float) -> torch.Tensor:
    """The formula term by term."""
    losses = []
    for b in range(len(batch)):
        x = [batch.source_units[b, i] for i, form in enumerate(batch.source_forms[b]) if form]
        y = [batch.target_units[b, j] for j, form in enumerate(batch.target_forms[b]) if form]
        if not x or not y:
            continue
        e = [[(one @ other).exp() for other in y] for one in x]
        mined = {(i, j) for row, i, j in batch.links.tolist() if row == b}
        total = torch.zeros((), dtype=torch.float64)
        for i in range(len(x)):
            for j in range(len(y)):
                p, q = e[i][j] / sum(e[i]), e[i][j] / sum(row[j] for row in e)
                own = links != "dictionary" and p > c and q > c
                if own or (links != "self" and (i, j) in mined):
                    total = total - p / len(x) - q / len(y)
        losses.append(total)
    return sum(losses) / len(losses)


def agree(batch: EncodedBatch, value: torch.Tensor, expected: torch.Tensor, gradients: Any) -> None:
    assert value.dtype == torch.float64
    torch.testing.assert_close(value, expected)
    for found, wanted in zip(gradients(value, batch, *NAMES), gradients(expected, batch, *NAMES), strict=True):
        torch.testing.assert_close(found, wanted)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("links", "c"), [("self", 0.001), ("self", 0.3), ("dictionary", 0.3), ("both", 0.3)])
def test_equals_the_formula(make_batch: Make, gradients: Any, seed: int, links: Any, c: float) -> None:
    batch = make_batch(seed)
    value = Objective(links, c)(batch).value
    assert -2 <= value < 0
    agree(batch, value, slow(batch, links, c), gradients)


@pytest.mark.parametrize("links", ["self", "dictionary", "both"])
def test_gradcheck(make_batch: Make, links: Any) -> None:
    batch = make_batch(3, pairs=3, units=4)

    def value(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return Objective(links, 0.2)(replace(batch, source_units=x, target_units=y)).value

    assert torch.autograd.gradcheck(value, (batch.source_units, batch.target_units))


def by_hand(source: list[list[float]], target: list[list[float]]) -> EncodedBatch:
    x, y = (torch.tensor([rows], dtype=torch.float64, requires_grad=True) for rows in (source, target))
    forms = [torch.ones(1, len(rows), dtype=torch.int64) for rows in (source, target)]
    hashes = torch.tensor([1])
    none = torch.empty(0, 3, dtype=torch.int64)
    return EncodedBatch(forms[0], forms[1], hashes, hashes, none, source_units=x, target_units=y)


def test_by_hand(gradients: Any) -> None:
    """One source unit, two target units with dot products 1 and 0: p = softmax(1, 0), q = 1 for both."""
    batch = by_hand([[1.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]])
    batch = replace(batch, source_forms=torch.tensor([[1, 0]]))
    p = exp(1) / (exp(1) + 1)
    loss = Objective(threshold=0.5)(batch)  # the link to the first alone
    assert loss.value.item() == pytest.approx(-(p / 1 + 1 / 2))
    assert loss.figures["links"].value == 1
    assert Objective(threshold=0.1)(batch).value.item() == pytest.approx(-(1 + 2 / 2))  # all there is is linked
    (source, target) = gradients(loss.value, batch, *NAMES)
    assert source[0, 0, 0] < 0 < source[0, 0, 1]  # downhill: to the linked unit, away from the other
    assert not source[0, 1].any() and target[0, 0, 0] < 0 < target[0, 1, 0]


def test_more_padding_changes_nothing(make_batch: Make) -> None:
    batch = make_batch(4)
    wider = {name: torch.nn.functional.pad(getattr(batch, name), (0, 0, 0, 3), value=7.0) for name in NAMES}
    forms = {name: torch.nn.functional.pad(getattr(batch, name), (0, 3)) for name in ("source_forms", "target_forms")}
    for links in ("self", "dictionary", "both"):
        objective = Objective(links, 0.2)
        torch.testing.assert_close(objective(replace(batch, **wider, **forms)).value, objective(batch).value)


def test_the_sides_may_be_exchanged(make_batch: Make, swap: Any) -> None:
    for links in ("self", "dictionary", "both"):
        batch = make_batch(2)
        torch.testing.assert_close(Objective(links, 0.2)(batch).value, Objective(links, 0.2)(swap(batch)).value)


def test_parts_add_up_to_the_batch(make_batch: Make) -> None:
    parts = [make_batch(seed, units=units) for seed, units in ((1, 7), (2, 4), (5, 6))]
    whole, own = Objective("both")(join(parts)), [Objective("both")(part) for part in parts]
    torch.testing.assert_close(whole.mean.total, torch.stack([loss.mean.total for loss in own]).sum())
    assert whole.mean.count == sum(loss.mean.count for loss in own)


@pytest.mark.parametrize("links", ["self", "dictionary", "both"])
def test_degenerate_batches_give_no_nan(make_batch: Make, gradients: Any, links: Any) -> None:
    none = make_batch(1, links=False)
    empty = replace(none, source_forms=none.source_forms * 0)
    widthless = replace(
        empty,
        **{name: getattr(empty, name)[:, :0] for name in ("source_forms", "target_forms", *NAMES)},
    )
    large, zero = make_batch(2), make_batch(2)
    with torch.no_grad():
        large.source_units.mul_(1e6)
        zero.source_units.zero_()
    linked = make_batch(4)
    real = (linked.source_forms != 0).unsqueeze(2) & (linked.target_forms != 0).unsqueeze(1)
    linked = replace(linked, links=real.nonzero())
    for batch in (none, empty, widthless, large, zero, linked, make_batch(3, pairs=1, units=1)):
        loss = Objective(links)(batch)
        assert torch.isfinite(loss.value)
        assert all(torch.isfinite(grad).all() for grad in gradients(loss.value, batch, *NAMES))
    for batch in (empty, widthless):
        loss = Objective(links)(batch)
        assert (loss.value, loss.mean.count) == (0, 0)
    if links != "self":
        assert Objective(links)(linked).value.item() == pytest.approx(-2)  # nothing left to gain


def test_the_pass_must_have_been_run(make_batch: Make) -> None:
    with pytest.raises(ValueError, match="not run"):
        Objective()(replace(make_batch(0), source_units=None))

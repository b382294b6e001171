from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from vecocli.encoder.encoded import EncodedBatch, join
from vecocli.objectives.ranking import Objective

Make = Callable[..., EncodedBatch]
NAMES = ("source_units", "target_units")


def slow(batch: EncodedBatch, t: float) -> torch.Tensor:
    """The formula term by term. A word is (side, instance, place)."""
    sides = ((batch.source_units, batch.source_forms), (batch.target_units, batch.target_forms))
    words: tuple[Any, Any] = ({}, {})  # the linked words of each side
    forms = {}
    ties: dict[int, set[int]] = {}
    for b, i, j in batch.links.tolist():
        for side, place in enumerate((i, j)):
            words[side][b, place] = sides[side][0][b, place]
            forms[side, b, place] = int(sides[side][1][b, place])
        ties.setdefault(forms[0, b, i], set()).add(forms[1, b, j])
        ties.setdefault(forms[1, b, j], set()).add(forms[0, b, i])

    def one_way(side: int, anchor: tuple[int, int], partner: tuple[int, int]) -> torch.Tensor:
        x, form = words[side][anchor], forms[side, *anchor]
        rivals = {}
        for other, vector in words[1 - side].items():
            its = forms[1 - side, *other]
            if its != form and its not in ties[form] and not ties[form] & ties[its]:
                rivals[other] = vector
        top = (torch.cosine_similarity(x, words[1 - side][partner], dim=0) / t).exp()
        low = [(torch.cosine_similarity(x, y, dim=0) / t).exp() for y in rivals.values()]
        return -(top / (top + sum(low))).log()

    terms = [0.5 * (one_way(0, (b, i), (b, j)) + one_way(1, (b, j), (b, i))) for b, i, j in batch.links.tolist()]
    return sum(terms) / len(terms)


def agree(batch: EncodedBatch, value: torch.Tensor, expected: torch.Tensor, gradients: Any) -> None:
    assert value.dtype == torch.float64
    torch.testing.assert_close(value, expected)
    for found, wanted in zip(gradients(value, batch, *NAMES), gradients(expected, batch, *NAMES), strict=True):
        torch.testing.assert_close(found, wanted)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("t", [0.1, 1.0])
def test_equals_the_formula(make_batch: Make, gradients: Any, seed: int, t: float) -> None:
    batch = make_batch(seed, pairs=8, words=20)
    loss = Objective(t)(batch)
    assert loss.value > 0
    agree(batch, loss.value, slow(batch, t), gradients)
    assert loss.figures["links"].value == pytest.approx(len(batch.links) / 8)


def test_gradcheck(make_batch: Make) -> None:
    batch = make_batch(2, pairs=3, units=4, words=9)
    assert len(batch.links) > 2

    def value(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return Objective(0.3)(replace(batch, source_units=x, target_units=y)).value

    assert torch.autograd.gradcheck(value, (batch.source_units, batch.target_units))


def test_the_sides_may_be_exchanged(make_batch: Make, swap: Any) -> None:
    for seed in range(3):
        batch = make_batch(seed, pairs=8, words=20)
        torch.testing.assert_close(Objective()(batch).value, Objective()(swap(batch)).value)


def test_only_linked_words_of_the_other_side_repel(make_batch: Make, gradients: Any) -> None:
    batch = make_batch(1, pairs=4, words=20)
    linked = torch.zeros_like(batch.source_forms, dtype=torch.bool)
    linked[batch.links[:, 0], batch.links[:, 1]] = True
    (source, _) = gradients(Objective(1.0)(batch).value, batch, *NAMES)
    assert source[linked].abs().sum(-1).gt(0).any()
    assert not source[~linked].any()


def test_the_batch_is_more_than_its_parts(make_batch: Make, gradients: Any) -> None:
    parts = [make_batch(seed, units=units, words=20) for seed, units in ((1, 7), (2, 4))]
    whole = join(parts)
    value = Objective(1.0)(whole).value
    agree(whole, value, slow(whole, 1.0), gradients)
    assert value > max(Objective(1.0)(part).value for part in parts)  # more negatives


def everything_linked(batch: EncodedBatch) -> EncodedBatch:
    real = (batch.source_forms != 0).unsqueeze(2) & (batch.target_forms != 0).unsqueeze(1)
    return replace(batch, links=real.nonzero())


def test_degenerate_batches_give_no_nan(make_batch: Make, gradients: Any) -> None:
    objective = Objective(1e-3)
    none = make_batch(1, links=False)
    empty = replace(none, source_forms=none.source_forms * 0, target_forms=none.target_forms * 0)
    zero = make_batch(2)
    with torch.no_grad():
        zero.source_units.zero_()
    linked = [everything_linked(make_batch(seed, pairs=pairs)) for seed, pairs in ((3, 1), (4, 5))]
    for batch in (none, empty, zero, *linked):
        loss = objective(batch)
        assert torch.isfinite(loss.value)
        assert all(torch.isfinite(grad).all() for grad in gradients(loss.value, batch, *NAMES))
    for batch in (none, empty, *linked[:1]):  # nothing to rank; nothing that may repel
        assert objective(batch).value == 0


def test_the_pass_must_have_been_run(make_batch: Make) -> None:
    with pytest.raises(ValueError, match="not run"):
        Objective()(replace(make_batch(0), target_units=None))

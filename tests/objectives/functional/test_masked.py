import math

import pytest
import torch

from vecocli.encoder.passes import Prediction
from vecocli.objectives.functional.masked import prediction_loss


@pytest.fixture
def logits() -> torch.Tensor:
    return torch.randn(6, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()


LABELS = torch.tensor([0, 8, 3, 3, 1, 7])


def test_equals_the_formula(logits: torch.Tensor) -> None:
    rows = logits.tolist()
    terms = [-row[label] + math.log(sum(map(math.exp, row))) for row, label in zip(rows, LABELS.tolist(), strict=True)]
    loss = prediction_loss(Prediction(logits, LABELS))
    assert loss.value.item() == pytest.approx(sum(terms) / len(terms), rel=1e-12)
    right = sum(max(row) == row[label] for row, label in zip(rows, LABELS.tolist(), strict=True))
    assert loss.parts["accuracy"].item() == pytest.approx(right / 6)
    assert not loss.parts["accuracy"].requires_grad


def test_gradcheck(logits: torch.Tensor) -> None:
    assert torch.autograd.gradcheck(lambda given: prediction_loss(Prediction(given, LABELS)).value, (logits,))


def test_half_types_are_summed_in_fp32(logits: torch.Tensor) -> None:
    loss = prediction_loss(Prediction(logits.to(torch.bfloat16), LABELS)).value
    assert loss.dtype == torch.float32
    assert torch.equal(loss, prediction_loss(Prediction(logits.to(torch.bfloat16).float(), LABELS)).value)


def test_nothing_masked_costs_nothing(logits: torch.Tensor) -> None:
    loss = prediction_loss(Prediction(logits[:0], LABELS[:0]))
    assert loss.value == 0
    assert not torch.autograd.grad(loss.value, logits)[0].any()
    assert not loss.parts


def test_the_pass_must_have_been_run() -> None:
    with pytest.raises(ValueError, match="not run"):
        prediction_loss(None)

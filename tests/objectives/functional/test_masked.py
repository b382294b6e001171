import pytest
import torch

from vecocli.encoder.encoded import Prediction
from vecocli.objectives.functional.masked import prediction_loss


def test_sums_terms_and_tells_what_was_right() -> None:
    total = torch.tensor(6.0, requires_grad=True)
    loss = prediction_loss(Prediction(total, torch.tensor(4), torch.tensor(1)))
    assert (loss.mean.total, loss.mean.count, loss.value) == (6.0, 4, 1.5)
    assert loss.figures["accuracy"].value == 0.25
    loss.value.backward()
    assert total.grad == 0.25


def test_nothing_masked_costs_nothing() -> None:
    total = torch.tensor(0.0, requires_grad=True)
    loss = prediction_loss(Prediction(total, torch.tensor(0), torch.tensor(0)))
    assert loss.value == 0
    assert loss.figures["accuracy"].value == 0


def test_the_pass_must_have_been_run() -> None:
    with pytest.raises(ValueError, match="not run"):
        prediction_loss(None)

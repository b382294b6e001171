from dataclasses import replace
from typing import Any

import pytest
import torch

from vecocli.encoder.passes import Prediction
from vecocli.objectives import mlm, tlm


@pytest.fixture
def prediction() -> Prediction:
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(6, 9, dtype=torch.float64, generator=generator).requires_grad_()
    return Prediction(logits, torch.tensor([0, 8, 3, 3, 1, 7]))


def test_each_reads_its_own_pass(make_batch: Any, prediction: Prediction) -> None:
    batch = replace(make_batch(0), mlm=prediction)
    assert mlm.Objective()(batch).value > 0
    with pytest.raises(ValueError, match="not run"):
        tlm.Objective()(batch)
    other = replace(make_batch(0), tlm=prediction)
    assert torch.equal(tlm.Objective()(other).value, mlm.Objective()(batch).value)
    with pytest.raises(ValueError, match="not run"):
        mlm.Objective()(other)
    assert mlm.Objective().needs == {"masked"}
    assert tlm.Objective().needs == {"joint"}

from dataclasses import replace
from typing import Any

import pytest
import torch

from vecocli.encoder.encoded import Prediction
from vecocli.objectives import mlm, tlm


@pytest.fixture
def prediction() -> Prediction:
    return Prediction(torch.tensor(6.0, requires_grad=True), torch.tensor(4), torch.tensor(1))


def test_each_reads_its_own_pass(make_batch: Any, prediction: Prediction) -> None:
    batch = replace(make_batch(0), mlm=prediction)
    assert mlm.Objective()(batch).value == 1.5
    with pytest.raises(ValueError, match="not run"):
        tlm.Objective()(batch)
    other = replace(make_batch(0), tlm=prediction)
    assert torch.equal(tlm.Objective()(other).value, mlm.Objective()(batch).value)
    with pytest.raises(ValueError, match="not run"):
        mlm.Objective()(other)
    assert mlm.Objective().needs == {"mlm"}
    assert tlm.Objective().needs == {"tlm"}

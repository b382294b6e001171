import json
from pathlib import Path

import pytest
import torch

from vecocli.training.finite import not_finite, too_many

NAN = float("nan")


@pytest.mark.parametrize(
    ("figures", "norm", "broken"),
    [
        ({"loss": 1.0, "mlm": 1.0}, 2.0, []),
        ({"loss": NAN, "mlm": NAN, "tlm": 1.0, "token": float("inf")}, NAN, ["mlm", "token"]),
        ({"loss": NAN, "mlm": 1.0}, NAN, ["the weighted sum"]),
        ({"loss": 1.0, "mlm": 1.0}, float("inf"), ["the gradient"]),
    ],
)
def test_names_what_is_not_finite(figures: dict[str, float], norm: float, broken: list[str]) -> None:
    tensors = {name: torch.tensor(value) for name, value in figures.items()}
    assert not_finite(tensors, torch.tensor(norm)) == broken


def test_says_how_to_go_on(tmp_path: Path) -> None:
    error = too_many(7, ["mlm", "tlm"], 1, "", tmp_path)
    assert error.message == "not finite at step 7: mlm, tlm"
    assert error.hint.startswith("There is no checkpoint from before: start again with --overwrite")
    for step, in_a_row in ((4, 0), (5, 2), (6, None)):
        state = tmp_path / f"checkpoint-{step:06d}" / "training_state"
        state.mkdir(parents=True)
        figures = {} if in_a_row is None else {"in_a_row": in_a_row}
        (state / "state.json").write_text(json.dumps({"figures": figures}), encoding="utf-8")
    error = too_many(7, ["mlm"], 3, "en-de row 4", tmp_path)
    assert error.message.endswith(
        "so were the 2 steps before it, all of which left the weights as they were. It read en-de row 4"
    )
    assert f"--resume {tmp_path / 'checkpoint-000004'}, another --out" in error.hint

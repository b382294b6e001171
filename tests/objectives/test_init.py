import dataclasses
import importlib
from pathlib import Path
from typing import Any

import pytest
import torch

from vecocli import registry
from vecocli.config.pretraining import PretrainConfig
from vecocli.errors import UsageError
from vecocli.objectives import build

PACKAGE = "vecocli.objectives"
NAMES = registry.names(PACKAGE)


def test_the_four_of_the_paper_are_there() -> None:
    assert {"mlm", "tlm", "sequence", "token"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_file_is_an_objective_that_names_its_source(name: str) -> None:
    module = importlib.import_module(f"{PACKAGE}.{name.replace('-', '_')}")
    assert "Source:" in module.__doc__
    assert module.Objective.__doc__
    assert module.Objective.__dataclass_params__.frozen
    objective = build(name, {})
    assert objective.needs
    assert objective.needs <= {"sentences", "units", "mlm", "tlm", "aligned"}
    assert objective.scope in ("pair", "batch")
    assert not any(
        isinstance(getattr(objective, field.name), torch.nn.Module) for field in dataclasses.fields(objective)
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_switch_is_a_setting_of_pretrain_with_the_same_default(name: str) -> None:
    objective = build(name, {})
    for field in dataclasses.fields(objective):
        if field.name not in ("needs", "scope") and (name, field.name) != (
            "token",
            "links",
        ):  # its default depends on the start
            setting = PretrainConfig.model_fields[f"{name.replace('-', '_')}_{field.name}"]
            assert setting.default == field.default


def test_switches_come_from_the_settings() -> None:
    settings = {"token_temperature": 0.7, "token_negatives": "other-side", "token_layer": 3, "sequence_temperature": 9}
    made = build("token", settings)
    assert made == dataclasses.replace(build("token", {}), temperature=0.7, negatives="other-side")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("negatives", ["instance", "batch"])
def test_the_settings_know_which_need_several_pairs(name: str, negatives: Any) -> None:
    settings = {"mined": (Path("m"),), "out": Path("o"), "from_scratch": "tiny", "token_negatives": negatives}
    config = PretrainConfig.resolve({**settings, "objectives": name})
    assert bool(config.comparing) == (build(name, config.model_dump()).scope == "batch")


def test_an_unknown_objective() -> None:
    with pytest.raises(UsageError, match="'tokens'") as caught:
        build("tokens", {})
    assert caught.value.hint == "Did you mean token?"

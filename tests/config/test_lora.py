from pathlib import Path
from typing import Any

import pytest

from vecocli.config.pretraining import PretrainConfig
from vecocli.errors import UsageError


def config(**settings: Any) -> PretrainConfig:
    return PretrainConfig.resolve({"mined": (Path("mined"),), "out": Path("out"), "model": "some/model"} | settings)


def test_the_scale_and_the_rate_follow_the_rank() -> None:
    assert (config(lora_rank=8).lora_scale, config(lora_rank=8, lora_alpha=4).lora_scale) == (16, 4)
    assert (config(lora_rank=8).peak_rate, config().peak_rate) == (2e-4, 2e-5)
    assert config(lora_rank=8, learning_rate=1e-3).peak_rate == 1e-3


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"lora_rank": 4, "model": None, "from_scratch": "tiny"}, "--lora-rank needs --model"),
        ({"lora_alpha": 4}, "say nothing without --lora-rank"),
        ({"lora_targets": "attention"}, "say nothing without --lora-rank"),
        ({"lora_rank": 4, "sharding": "full"}, "--sharding full is for training all weights"),
        ({"lora_rank": -1}, "--lora-rank"),
    ],
)
def test_what_does_not_go_together(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        config(**settings)

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from vecocli.config.pretraining import PretrainConfig
from vecocli.errors import UsageError
from vecocli.training.launched import join, leave


def config(**settings: Any) -> PretrainConfig:
    return PretrainConfig(**{"mined": (Path("mined"),), "out": Path("run"), "model": "a"} | settings)


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> Any:
    def make(kind: str, processes: int) -> None:
        made = SimpleNamespace(distributed_type=SimpleNamespace(value=kind), num_processes=processes)
        monkeypatch.setattr("accelerate.Accelerator", lambda **given: made)

    return make


@pytest.mark.parametrize(
    ("processes", "settings", "flag"),
    [
        (5, {"batch_size": 4}, "--batch-size"),
        (4, {"batch_size": 12, "contrastive_batch": 3}, "--contrastive-batch"),
        (3, {"batch_size": 4, "contrastive_batch": 3}, "--contrastive-batch"),  # two batches of two
    ],
)
def test_every_process_needs_a_pair(launched: Any, processes: int, settings: dict[str, int], flag: str) -> None:
    launched("MULTI_GPU", processes)
    with pytest.raises(UsageError, match=f"{flag} leaves some of the {processes} processes without"):
        join(config(**settings))


@pytest.mark.parametrize("settings", [{"batch_size": 4}, {"batch_size": 12, "contrastive_batch": 4}])
def test_a_pair_for_each_is_enough(launched: Any, settings: dict[str, int]) -> None:
    launched("MULTI_GPU", 4)
    assert join(config(**settings)).num_processes == 4


@pytest.mark.parametrize("kind", ["DEEPSPEED", "FSDP", "MEGATRON_LM"])
def test_other_kinds_of_parallelism_are_refused(launched: Any, kind: str) -> None:
    launched(kind, 2)
    with pytest.raises(UsageError, match=f"accelerate is configured for {kind}") as caught:
        join(config())
    assert "--sharding full" in caught.value.hint


@pytest.mark.parametrize("joined", [True, False])
def test_parts_from_the_processes_that_there_are(joined: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr("torch.distributed.is_initialized", lambda: joined)
    monkeypatch.setattr("torch.distributed.destroy_process_group", lambda: calls.append("parted"))
    leave()
    assert calls == ["parted"] * joined


def test_settings_of_the_run_count_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCELERATE_GRADIENT_ACCUMULATION_STEPS", "4")
    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "bf16")
    accelerator = join(config())
    assert accelerator.gradient_accumulation_steps == 1
    assert accelerator.mixed_precision == "no"

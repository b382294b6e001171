"""Runs of two processes, each with a part of the weights, end as a run of one does."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from transformers import AutoModelForMaskedLM

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.checkpoint import checkpoints
from vecocli.encoder.encoder import Encoder
from vecocli.errors import Interrupted
from vecocli.training.pretrain import pretrain
from vecocli.training.sharding import full, is_sharded, part_like, shard, whole

RUNS = """
import sys
import test_sharding
test_sharding.runs(*sys.argv[1:])
"""


def settings(mined: str | Path, model: str | Path, out: Path, **changes: Any) -> PretrainConfig:
    plain = {"steps": 4, "batch_size": 7, "token_layer": 1, "tokens_per_batch": 90, "learning_rate": 1e-3}
    often = {"save_every": 2, "log_every": 1, "save_total_limit": 9, "precision": "fp32"}
    return PretrainConfig(mined=(mined,), model=str(model), out=out, **plain | often | changes)


def runs(mined: str, model: str, out: str) -> None:
    """A whole run, one that goes on from its checkpoint, one in bf16 and one that is stopped; run in each process."""
    from torch import distributed

    pretrain(settings(mined, model, Path(out) / "whole", sharding="full"))
    first = Path(out) / "whole" / "checkpoint-000002"
    distributed.barrier()
    pretrain(settings(mined, model, Path(out) / "resumed", sharding="full", resume=str(first)))
    pretrain(settings(mined, model, Path(out) / "half", sharding="full", precision="bf16"))
    if distributed.get_rank() == 1:
        threading.Thread(target=ask_to_stop, args=(Path(out) / "stopped",), daemon=True).start()
    with pytest.raises(Interrupted):
        pretrain(settings(mined, model, Path(out) / "stopped", sharding="full", steps=100_000, save_every=100_000))
    distributed.destroy_process_group()


def ask_to_stop(run: Path) -> None:
    """Send this process alone a signal once the run has begun."""
    while not (run / "metrics.jsonl").exists() or not (run / "metrics.jsonl").read_text():
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGTERM)


def near(one: Path, other: Path, tolerance: float) -> bool:
    ours, theirs = (load_file(folder / "model.safetensors") for folder in (one, other))
    return ours.keys() == theirs.keys() and all(
        torch.allclose(ours[name], theirs[name], rtol=0, atol=tolerance) for name in ours
    )


def losses(folder: Path) -> list[float]:
    return [json.loads(line)["loss"] for line in (folder / "metrics.jsonl").read_text().splitlines()]


def test_sharded_runs_are_those_of_one_process(
    mined: Path, tiny_model: Path, tmp_path: Path, start_two: Callable[..., Any]
) -> None:
    """Also where the run goes on with another number of processes than wrote the checkpoint."""
    running = start_two("-c", RUNS, str(mined), str(tiny_model), str(tmp_path))
    errors = [process.communicate(timeout=300)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], "\n".join(errors)
    assert "view tensor" not in "".join(errors)

    pretrain(settings(mined, tiny_model, tmp_path / "one"))
    assert near(tmp_path / "whole", tmp_path / "one", 1e-5)
    assert not near(tmp_path / "whole", tmp_path / "whole" / "checkpoint-000002", 1e-4)
    assert losses(tmp_path / "whole") == pytest.approx(losses(tmp_path / "one"), rel=1e-5)
    assert near(tmp_path / "whole", tmp_path / "resumed", 0.0)
    alone = settings(mined, tiny_model, tmp_path / "alone", resume=str(tmp_path / "whole" / "checkpoint-000002"))
    pretrain(alone)
    assert near(tmp_path / "whole", tmp_path / "alone", 1e-5)
    assert losses(tmp_path / "half") == pytest.approx(losses(tmp_path / "one"), rel=1e-2)

    (stopped,) = checkpoints(tmp_path / "stopped")
    assert stopped.name == f"checkpoint-{len(losses(tmp_path / 'stopped')):06d}"

    assert Encoder.load(tmp_path / "whole").has_head
    _, info = AutoModelForMaskedLM.from_pretrained(tmp_path / "whole", output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"]


def test_one_process_has_nothing_to_share() -> None:
    model = nn.Linear(3, 2)
    shard(model, [], torch.device("cpu"), "fp32")
    assert not is_sharded(model)
    weights = whole({"one": model.weight, "same": model.weight})
    assert weights["one"] is weights["same"]
    assert torch.equal(weights["one"], model.weight)
    assert full(model.bias) is model.bias
    assert torch.equal(part_like(model.bias, torch.ones(2)), torch.ones(2))

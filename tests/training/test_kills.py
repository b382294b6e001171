"""A run that is killed again and again ends as the run that is left alone."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from vecocli.config.pretraining import PretrainConfig

TRAINS = "import sys; from vecocli.app import main; sys.argv[0] = 'veco'; main()"


def start(settings: dict[str, Any]) -> subprocess.Popen[bytes]:
    command = PretrainConfig(**settings).command_line("pretrain").split()[1:]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", TRAINS, *command],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("start_from", ["model", "scratch"])
def test_five_kills_at_random_moments(
    mined: Path, tiny_model: Path, tmp_path: Path, seed: int, start_from: str
) -> None:
    model = {"model": str(tiny_model)} if start_from == "model" else {"from_scratch": "tiny", "vocabulary": 120}
    settings: dict[str, Any] = {
        "mined": (mined,),
        "out": tmp_path / "whole",
        "steps": 300,
        "batch_size": 8,
        "contrastive_batch": 4,
        "precision": "fp32",
        "dropout": 0.1,
        "save_every": 7,
        "log_every": 3,
        **model,
    }
    begun = time.monotonic()
    assert start(settings).wait() == 0
    lasted = time.monotonic() - begun
    dice = random.Random(seed)
    kills = 0
    while not (tmp_path / "killed" / "summary.json").exists():
        process = start(settings | {"out": tmp_path / "killed", "resume": "auto"})
        if kills < 5:
            time.sleep(dice.uniform(0.3, 1.0) * lasted)
            kills += process.poll() is None
            process.kill()
        process.wait()
    assert kills
    whole, killed = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "killed"))
    assert all(torch.equal(whole[name], killed[name]) for name in whole)
    lines = [(tmp_path / name / "metrics.jsonl").read_text().splitlines() for name in ("whole", "killed")]
    parted = [[line.partition('"seconds"')[0] + line.partition('"rate"')[2] for line in part] for part in lines]
    assert [line.split('"seconds"')[0] for line in lines[0]] == [line.split('"seconds"')[0] for line in lines[1]]
    assert len(parted[0]) == 100

"""A run that is killed again and again ends as the run that is left alone."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from vecocli.config.pretraining import PretrainConfig
from vecocli.training.metrics import evaluations

TRAINS = "import sys; from vecocli.app import main; sys.argv[0] = 'veco'; main()"
DIES = """
import os, signal, sys
from importlib import import_module
from vecocli.app import main

module, name, call = os.environ["DIES_IN"].split()
home = import_module(module)
whole, calls = getattr(home, name), [int(call)]

def dies(*given, **named):
    calls[0] -= 1
    if not calls[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(*given, **named)

setattr(home, name, dies)
sys.argv[0] = "veco"
main()
"""
KILLS = 5
MOMENTS = {
    "writing the optimiser": ("safetensors.torch", "save_file", range(2, 5)),
    "before a checkpoint is whole": ("vecocli.encoder.checkpoint", "_sync", range(1, 4)),
    "before a checkpoint has its name": ("vecocli.encoder.checkpoint", "_place", range(1, 4)),
    "removing a checkpoint": ("vecocli.encoder.checkpoint", "_remove", range(1, 3)),
    "evaluating": ("vecocli.xtreme.retrieve", "_search", range(1, 9)),
    "before the best model is kept": ("vecocli.training.best", "write_model", range(1, 3)),
    "before best.json is written": ("vecocli.training.best", "atomic_write", range(1, 3)),
    "before the card is written": ("vecocli.training.card", "latest", range(1, 4)),
}
"""What is called then, and the calls to die in."""


def settings(mined: Path, model: Path, out: Path, /, **changes: Any) -> dict[str, Any]:
    return {
        "mined": (mined,),
        "out": out,
        "model": str(model),
        "batch_size": 8,
        "contrastive_batch": 4,
        "precision": "fp32",
        "dropout": 0.1,
    } | changes


def start(given: dict[str, Any], code: str = TRAINS, processes: int = 1, **variables: str) -> list[Any]:
    """Start a run, the way torchrun does where it has several processes."""
    command = PretrainConfig(**given).command_line("pretrain").split()[1:]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **variables}
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": f"{found.getsockname()[1]}"}
    running = []
    for rank in range(processes):
        places = {"RANK": f"{rank}", "LOCAL_RANK": f"{rank}"} | dict.fromkeys(["WORLD_SIZE", "LOCAL_WORLD_SIZE"], "2")
        running.append(
            subprocess.Popen(
                [sys.executable, "-c", code if rank == 0 else TRAINS, *command],
                env=environment | (meeting | places if processes > 1 else {}),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
    return running


def ended(running: list[Any]) -> int:
    """Wait for the first process to end, end the others with it, return its exit code."""
    code = int(running[0].wait())
    for process in running[1:]:
        if code:
            process.kill()
        process.wait()
    return code


def same(one: Path, other: Path) -> None:
    """Compare what two runs left, but for times."""
    for name in ("model.safetensors", "best/model.safetensors"):
        assert (one / name).exists() == (other / name).exists()
        assert not (one / name).exists() or (one / name).read_bytes() == (other / name).read_bytes()
    lines = [(run / "metrics.jsonl").read_text().splitlines() for run in (one, other)]
    assert [line.split('"seconds"')[0] for line in lines[0]] == [line.split('"seconds"')[0] for line in lines[1]]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("start_from", ["model", "scratch"])
def test_five_kills_at_random_moments(
    mined: Path, tiny_model: Path, tmp_path: Path, seed: int, start_from: str
) -> None:
    """Each some time after training went on, however fast the machine is."""
    fresh = {"model": None, "from_scratch": "tiny", "vocabulary": 120} if start_from == "scratch" else {}
    often = {"steps": 300, "save_every": 7, "log_every": 3}
    assert ended(start(settings(mined, tiny_model, tmp_path / "whole", **often | fresh))) == 0
    given = settings(mined, tiny_model, tmp_path / "killed", resume="auto", **often | fresh)
    metrics = tmp_path / "killed" / "metrics.jsonl"
    lasted = json.loads((tmp_path / "whole" / "metrics.jsonl").read_text().splitlines()[-1])["seconds"]
    dice = random.Random(seed)
    for _ in range(KILLS):
        before = metrics.read_bytes() if metrics.exists() else b""
        [process] = start(given)
        while process.poll() is None and (metrics.read_bytes() if metrics.exists() else b"") == before:
            time.sleep(0.005)
        time.sleep(dice.uniform(0.0, 0.15) * lasted)  # five of these are less than the run
        process.kill()
        assert process.wait() == -signal.SIGKILL
    assert ended(start(given)) == 0
    same(tmp_path / "whole", tmp_path / "killed")
    assert len(metrics.read_text().splitlines()) == 100


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_two_processes_of_which_one_or_both_are_killed(
    mined: Path, tiny_model: Path, tmp_path: Path, held: Path, seed: int
) -> None:
    """At random moments, evaluations and saving included."""
    often = {"steps": 120, "save_every": 5, "log_every": 3, "eval_every": 4, "eval_data": (held,)}
    assert ended(start(settings(mined, tiny_model, tmp_path / "whole", **often), processes=2)) == 0
    given = settings(mined, tiny_model, tmp_path / "killed", resume="auto", **often)
    metrics = tmp_path / "killed" / "metrics.jsonl"
    lasted = json.loads((tmp_path / "whole" / "metrics.jsonl").read_text().splitlines()[-1])["seconds"]
    dice = random.Random(seed)
    for kill in range(KILLS):
        before = metrics.read_bytes() if metrics.exists() else b""
        running = start(given, processes=2)
        while running[0].poll() is None and (metrics.read_bytes() if metrics.exists() else b"") == before:
            time.sleep(0.005)
        time.sleep(dice.uniform(0.0, 0.15) * lasted)
        victims = [running[kill % 2]] if kill < 4 else running
        for process in victims:
            process.kill()
        for process in running:
            assert process.wait(timeout=60) != 0
    assert ended(start(given, processes=2)) == 0
    same(tmp_path / "whole", tmp_path / "killed")


@pytest.fixture
def held(tmp_path: Path) -> Path:
    path = tmp_path / "held.tsv"
    path.write_text("".join(f"The house {n}\tDas Haus {n}\n" for n in range(6)), encoding="utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_at_a_chosen_moment(
    mined: Path, tiny_model: Path, tmp_path: Path, held: Path, moment: str, processes: int
) -> None:
    often = {"steps": 9, "save_every": 2, "log_every": 1, "save_total_limit": 1, "eval_data": (held,)}
    assert ended(start(settings(mined, tiny_model, tmp_path / "whole", **often), processes=processes)) == 0
    assert len(evaluations(tmp_path / "whole" / "metrics.jsonl")) == 6
    given = settings(mined, tiny_model, tmp_path / "killed", resume="auto", **often)
    module, name, calls = MOMENTS[moment]
    for call in calls:
        code = ended(start(given, DIES, processes, DIES_IN=f"{module} {name} {call}"))
        assert code in (0, -signal.SIGKILL)
        assert call != calls[0] or code == -signal.SIGKILL
    assert ended(start(given, processes=processes)) == 0
    same(tmp_path / "whole", tmp_path / "killed")

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError

from vecocli.encoder import checkpoint as module
from vecocli.encoder.checkpoint import (
    STATE,
    checkpoints,
    prune,
    read_state,
    replace_files,
    write_checkpoint,
    write_model,
)
from vecocli.errors import DataError, VecoError

TENSORS = {"a/exp_avg": torch.arange(3.0), "a/step": torch.tensor(4.0)}
FACTS = {"step": 4, "seconds": 1.25, "waited": 0.5, "figures": {"sums": {"loss": 0.1}, "steps": 2}, "rows": {}}


def fill(folder: Path) -> None:
    (folder / "model").write_text("weights")


def make(run: Path, *steps: int) -> None:
    for step in steps:
        write_checkpoint(run / f"checkpoint-{step:06d}", fill, TENSORS, FACTS)


def names(run: Path) -> list[str]:
    return sorted(path.name for path in run.iterdir())


def test_what_is_written_is_read(tmp_path: Path) -> None:
    make(tmp_path, 4)
    tensors, facts = read_state(tmp_path / "checkpoint-000004")
    assert facts == FACTS
    assert tensors.keys() == TENSORS.keys()
    assert all(torch.equal(tensors[name], TENSORS[name]) for name in TENSORS)
    assert names(tmp_path) == ["checkpoint-000004"]
    assert names(tmp_path / "checkpoint-000004") == ["model", STATE]


def test_a_checkpoint_is_replaced(tmp_path: Path) -> None:
    make(tmp_path, 4)
    write_checkpoint(tmp_path / "checkpoint-000004", fill, TENSORS, {**FACTS, "step": 5})
    assert read_state(tmp_path / "checkpoint-000004")[1]["step"] == 5
    assert names(tmp_path) == ["checkpoint-000004"]


def test_a_failure_while_writing_leaves_nothing_under_the_name(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        fill(folder)
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        write_checkpoint(tmp_path / "checkpoint-000004", fail, TENSORS, FACTS)
    assert checkpoints(tmp_path) == []
    make(tmp_path, 4)  # and what is left does not stand in the way
    assert names(tmp_path) == ["checkpoint-000004"]


def test_oldest_first_and_nothing_else(tmp_path: Path) -> None:
    make(tmp_path, 500, 1_000_000, 20)
    (tmp_path / "checkpoint-best").mkdir()
    (tmp_path / ".checkpoint-000007.tmp").mkdir()
    (tmp_path / "checkpoint-000009").write_text("a file")
    assert [path.name for path in checkpoints(tmp_path)] == [
        "checkpoint-000020",
        "checkpoint-000500",
        "checkpoint-1000000",
    ]
    assert checkpoints(tmp_path / "nothing") == []


@pytest.mark.parametrize(("keep", "left"), [(1, [30]), (2, [20, 30]), (5, [10, 20, 30])])
def test_prune_keeps_the_newest(tmp_path: Path, keep: int, left: list[int]) -> None:
    make(tmp_path, 10, 20, 30)
    prune(tmp_path, keep)
    assert names(tmp_path) == [f"checkpoint-{step:06d}" for step in left]


def test_a_kill_while_removing_leaves_no_half_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, 10, 20)

    def killed(path: Path, ignore_errors: bool = False) -> None:
        if not ignore_errors:
            (path / "model").unlink()
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module.shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            prune(tmp_path, 1)
    assert [path.name for path in checkpoints(tmp_path)] == ["checkpoint-000020"]


@pytest.mark.parametrize(
    "error",
    [OSError(28, "No space left on device"), SafetensorError("No space left"), Exception("No space left")],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("write", ["checkpoint", "model"])
def test_a_full_disk_leaves_no_half_and_says_how_to_go_on(tmp_path: Path, error: Exception, write: str) -> None:
    make(tmp_path, 2)

    def full(folder: Path) -> None:
        fill(folder)
        raise error

    with pytest.raises(VecoError, match=r"cannot write the model to .*No space left") as caught:
        if write == "checkpoint":
            write_checkpoint(tmp_path / "checkpoint-000004", full, TENSORS, FACTS)
        else:
            replace_files(tmp_path, full)
    assert "--resume auto" in caught.value.hint
    assert names(tmp_path) == ["checkpoint-000002"]


def test_prune_removes_what_a_kill_left(tmp_path: Path) -> None:
    make(tmp_path, 2)
    (tmp_path / ".checkpoint-000003.tmp" / STATE).mkdir(parents=True)
    (tmp_path / ".checkpoint-000001.old").mkdir()
    prune(tmp_path, 2)
    assert names(tmp_path) == ["checkpoint-000002"]


@pytest.mark.parametrize("damage", ["missing", "text", "keys", "kinds", "tensors"])
def test_not_a_checkpoint(tmp_path: Path, damage: str) -> None:
    make(tmp_path, 4)
    folder = tmp_path / "checkpoint-000004"
    if damage == "missing":
        shutil.rmtree(folder / STATE)
    elif damage == "text":
        (folder / STATE / "state.json").write_text("{")
    elif damage == "keys":
        (folder / STATE / "state.json").write_text('{"step": 4}')
    elif damage == "kinds":
        facts = {"step": 4, "seconds": "long", "waited": None, "figures": {}, "rows": {}}
        (folder / STATE / "state.json").write_text(json.dumps(facts))
    else:
        (folder / STATE / "optimizer.safetensors").write_bytes(b"\x10")
    with pytest.raises(DataError, match="not a training checkpoint") as caught:
        read_state(folder)
    assert str(folder) in caught.value.message
    assert "--resume auto then takes the one before it" in caught.value.hint


def test_folders_are_replaced_whole(tmp_path: Path) -> None:
    def nested(folder: Path) -> None:
        (folder / "adapter").mkdir()
        (folder / "adapter" / "weights").write_text("new")

    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "stale").touch()
    replace_files(tmp_path, nested)
    assert names(tmp_path) == ["adapter"]
    assert names(tmp_path / "adapter") == ["weights"]
    assert (tmp_path / "adapter" / "weights").read_text() == "new"


def test_replaced_files_leave_the_others(tmp_path: Path) -> None:
    (tmp_path / "model").write_text("old")
    (tmp_path / "metrics.jsonl").write_text("kept")
    (tmp_path / ".new").mkdir()
    (tmp_path / ".new" / "torn").write_text("half")
    replace_files(tmp_path, fill)
    assert names(tmp_path) == ["metrics.jsonl", "model"]
    assert (tmp_path / "model").read_text() == "weights"


def test_a_models_folder_is_written_anew(tmp_path: Path) -> None:
    for text in ("one", "two"):

        def write(folder: Path, text: str = text) -> None:
            (folder / text).write_text(text)

        write_model(tmp_path / "best", write)
    assert names(tmp_path) == ["best"]
    assert names(tmp_path / "best") == ["two"]


def test_a_failure_leaves_the_models_folder(tmp_path: Path) -> None:
    write_model(tmp_path / "best", fill)

    def full(folder: Path) -> None:
        fill(folder)
        raise OSError(28, "No space left on device")

    with pytest.raises(VecoError, match="cannot write the model") as caught:
        write_model(tmp_path / "best", full)
    assert "Make room" in caught.value.hint
    assert names(tmp_path) == ["best"]
    assert names(tmp_path / "best") == ["model"]

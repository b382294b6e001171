import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import torch

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.checkpoint import checkpoints
from vecocli.encoder.encoder import Encoder
from vecocli.training.best import Best
from vecocli.training.evaluation import Evaluator
from vecocli.training.metrics import MetricsFile, evaluations
from vecocli.training.objectives import ObjectiveGradients
from vecocli.training.pretrain import pretrain
from vecocli.training.watch import Watch, shown

RUNS = """
import sys
import test_watch
test_watch.runs(*sys.argv[1:])
"""
CPU = torch.device("cpu")
PAIRS = (
    ("The cat sees the house.", "Die Katze sieht das Haus."),
    ("We like the old green house.", "Wir mögen das alte grüne Haus!"),
    ("Two words, don't they?", "Zwei Wörter: größer."),
    ("A dog sees the tree.", "Ein Hund sieht den Baum."),
)


def saver() -> Callable[[Path], None]:
    return lambda folder: (folder / "model").touch()


def test_shows_the_metrics_that_there_are() -> None:
    assert shown(1500, {"eval/retrieval": 12.34, "eval/mexa": 5.0}) == "step 1,500: retrieval 12.3, MEXA 5.0"
    assert shown(0, {"eval/aer": 33.0, "eval/en-de/mexa": 1.0}) == "step 0: AER 33.0"


def test_writes_says_and_keeps_the_best(tmp_path: Path) -> None:
    values, notes = iter([1.0, 3.0, 2.0]), []
    watch = Watch(lambda: {"eval/mexa": next(values)}, Best(tmp_path, "mexa"), 5, lambda: None, notes.append)
    metrics = MetricsFile(tmp_path / "metrics.jsonl", 0)
    for step in (0, 5, 10):
        watch(step, 1.234, CPU, metrics, saver)
    assert notes == ["step 0: MEXA 1.0, the best so far", "step 5: MEXA 3.0, the best so far", "step 10: MEXA 2.0"]
    assert evaluations(metrics.path)[1] == {"step": 5, "eval/mexa": 3.0, "seconds": 1.23}
    assert watch.best.record is not None
    assert watch.best.record["step"] == 5


def test_other_processes_evaluate_and_write_nothing(tmp_path: Path) -> None:
    def evaluate() -> dict[str, float]:
        raise AssertionError

    Watch(evaluate, Best(tmp_path, "mexa"), 5, lambda: None, pytest.fail)(5, 1.0, CPU, None, saver)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def settings(mined: Path, tmp_path: Path, tiny_model: Path) -> dict[str, Any]:
    held = tmp_path / "held.tsv"
    held.write_text("".join(f"{source}\t{target}\n" for source, target in PAIRS), encoding="utf-8")
    return {
        "mined": (mined,),
        "out": tmp_path / "run",
        "model": str(tiny_model),
        "steps": 7,
        "batch_size": 8,
        "max_length": 64,
        "learning_rate": 1e-2,
        "precision": "fp32",
        "dropout": 0.1,
        "save_every": 3,
        "log_every": 2,
        "eval_data": (held,),
    }


def lines(run: Path) -> list[dict[str, float]]:
    found = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return [{name: line[name] for name in line if name not in ("seconds", "data_wait")} for line in found]


def weights(folder: Path) -> bytes:
    return (folder / "model.safetensors").read_bytes()


def test_evaluates_at_the_start_at_checkpoints_and_at_the_end(settings: dict[str, Any]) -> None:
    notes: list[str] = []
    result = pretrain(PretrainConfig(**settings), note=notes.append)
    found = evaluations(settings["out"] / "metrics.jsonl")
    assert [line["step"] for line in found] == [0, 3, 6, 7]
    assert [note.split(":")[0] for note in notes] == ["step 0", "step 3", "step 6", "step 7"]
    assert result.evaluations == found
    best = max(found, key=lambda line: line["eval/retrieval"])
    assert result.best is not None
    assert (result.best["step"], result.best["value"]) == (best["step"], best["eval/retrieval"])
    assert json.loads((settings["out"] / "summary.json").read_text())["best"] == result.best


def test_a_run_that_replaces_another_keeps_a_best_model_of_its_own(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    values = iter([9.0, 8.0, 7.0, 6.0, *[1.0, 2.0, 3.0, 2.5]])
    monkeypatch.setattr(Evaluator, "__call__", lambda self: {"eval/retrieval": next(values), "eval/mexa": 0.0})
    pretrain(PretrainConfig(**settings))
    again = pretrain(PretrainConfig(**settings | {"overwrite": True}))
    assert again.best is not None
    assert again.best["value"] == 3.0
    assert (settings["out"] / "best" / "model.safetensors").exists()


def test_training_is_the_same_with_and_without(settings: dict[str, Any], tmp_path: Path) -> None:
    pretrain(PretrainConfig(**settings | {"eval_every": 1}))
    pretrain(PretrainConfig(**settings | {"out": tmp_path / "plain", "eval_data": ()}))
    assert weights(settings["out"]) == weights(tmp_path / "plain")
    trained = [line for line in lines(settings["out"]) if "eval/mexa" not in line]
    assert trained == lines(tmp_path / "plain")


@pytest.fixture
def rising(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An evaluation that finds every model better than the last, so that each is kept."""
    values = count()
    whole = Evaluator.__call__
    monkeypatch.setattr(Evaluator, "__call__", lambda self: whole(self) | {"eval/retrieval": float(next(values))})
    yield


def test_the_best_folder_is_a_model_with_its_card(settings: dict[str, Any], rising: None) -> None:
    pretrain(PretrainConfig(**settings | {"save_total_limit": 1}))
    best = settings["out"] / "best"
    assert weights(best) == weights(settings["out"])
    assert {path.name for path in best.iterdir()} >= {"config.json", "tokenizer.json", "README.md", "run.yaml"}
    assert "| retrieval | 3 |" in (best / "README.md").read_text()
    assert Encoder.load(best).has_head
    assert [path.name for path in checkpoints(settings["out"])] == ["checkpoint-000006"]


def test_the_best_model_is_that_of_its_step(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    values = iter([5.0, 9.0, 1.0, 1.0])
    whole = Evaluator.__call__
    monkeypatch.setattr(Evaluator, "__call__", lambda self: whole(self) | {"eval/mexa": next(values)})
    result = pretrain(PretrainConfig(**settings | {"eval_metric": "mexa"}))
    assert result.best is not None
    assert result.best["step"] == 3
    assert weights(settings["out"] / "best") == weights(settings["out"] / "checkpoint-000003")


@pytest.mark.parametrize("dies_in", ["evaluation", "best"])
def test_a_run_that_died_while_evaluating_goes_on_bit_for_bit(
    settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    whole = settings | {"out": tmp_path / "whole"}
    pretrain(PretrainConfig(**whole))
    with monkeypatch.context() as patch:
        calls = count()
        kind, name = (Evaluator, "__call__") if dies_in == "evaluation" else (Best, "beaten")
        before = getattr(kind, name)

        def dies(self: Any, *given: Any) -> Any:
            if next(calls) == 2:
                raise RuntimeError("killed")
            return before(self, *given)

        patch.setattr(kind, name, dies)
        with pytest.raises(RuntimeError, match="killed"):
            pretrain(PretrainConfig(**settings))
    assert checkpoints(settings["out"])[-1].name == "checkpoint-000006"
    pretrain(PretrainConfig(**settings | {"resume": "auto"}))
    assert weights(settings["out"]) == weights(whole["out"])
    assert lines(settings["out"]) == lines(whole["out"])
    records = [json.loads((run / "best.json").read_text()) for run in (settings["out"], whole["out"])]
    assert records[0] == records[1]
    assert weights(settings["out"] / "best") == weights(whole["out"] / "best")


def test_a_model_as_it_starts_is_evaluated_too(settings: dict[str, Any]) -> None:
    result = pretrain(PretrainConfig(**settings | {"steps": 0}))
    assert [line["step"] for line in result.evaluations] == [0]
    assert "Results" in (settings["out"] / "README.md").read_text()


def spoilt_at(step: int) -> Callable[..., dict[str, torch.Tensor]]:
    """Gradients whose loss is not finite at a step, on all processes alike."""
    whole, calls = ObjectiveGradients.__call__, count()

    def gradients(self: Any, *given: Any) -> dict[str, torch.Tensor]:
        figures = whole(self, *given)
        return figures | {"loss": torch.tensor(float("nan"))} if next(calls) == step else figures

    return gradients


def runs(mined: str, model: str, held: str, out: str) -> None:
    """A run with whole models and one with sharded ones, both with a step that is skipped; run in each process."""
    from torch import distributed

    for sharding in ("none", "full"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ObjectiveGradients, "__call__", spoilt_at(2))
            given = {"mined": (mined,), "model": model, "out": Path(out) / sharding, "eval_data": (held,)}
            often = {"steps": 5, "save_every": 2, "log_every": 1, "learning_rate": 1e-2, "batch_size": 7}
            pretrain(PretrainConfig(**given | often, sharding=sharding, precision="fp32", objectives="mlm,sequence"))
    distributed.destroy_process_group()


def test_two_processes_evaluate_and_skip_as_one(
    settings: dict[str, Any], tmp_path: Path, start_two: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings |= {"steps": 5, "save_every": 2, "log_every": 1, "batch_size": 7, "objectives": "mlm,sequence"}
    [mined], [held] = settings["mined"], settings["eval_data"]
    running = start_two("-c", RUNS, str(mined), settings["model"], str(held), str(tmp_path))
    errors = [process.communicate(timeout=300)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], "\n".join(errors)
    monkeypatch.setattr(ObjectiveGradients, "__call__", spoilt_at(2))
    pretrain(PretrainConfig(**settings | {"dropout": 0.0}))
    expected = evaluations(settings["out"] / "metrics.jsonl")
    assert [line["step"] for line in expected] == [0, 2, 4, 5]
    for sharding in ("none", "full"):
        found = evaluations(tmp_path / sharding / "metrics.jsonl")
        for one, other in zip(found, expected, strict=True):
            assert one | {"seconds": 0} == pytest.approx(other | {"seconds": 0}, abs=1e-3)
        record = json.loads((tmp_path / sharding / "best.json").read_text())
        step = record["step"]
        assert step == json.loads((settings["out"] / "best.json").read_text())["step"]
        if (tmp_path / sharding / f"checkpoint-{step:06d}").exists():
            assert weights(tmp_path / sharding / "best") == weights(tmp_path / sharding / f"checkpoint-{step:06d}")
        assert json.loads((tmp_path / sharding / "summary.json").read_text())["skipped"] == 1

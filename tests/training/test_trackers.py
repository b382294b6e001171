import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from vecocli.config.pretraining import PretrainConfig
from vecocli.errors import MissingError
from vecocli.training import trackers
from vecocli.training.pretrain import pretrain
from vecocli.training.trackers import need_trackers, tracking


class Tracker:
    """Takes down what it is told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def finish(self) -> None:
        self.told.append("finish")


class Accelerator:
    def __init__(self, *trackers: Tracker) -> None:
        self.trackers = list(trackers)
        self.given: tuple[Any, ...] = ()

    def init_trackers(self, *given: Any) -> None:
        self.given = given


def config(**settings: Any) -> PretrainConfig:
    return PretrainConfig(**{"mined": (Path("m"),), "out": Path("runs/one"), "from_scratch": "tiny"} | settings)


def test_shows_plain_settings_and_the_runs_name() -> None:
    accelerator = Accelerator(Tracker())
    with tracking(accelerator, config(tracker=["wandb"], weight={"mlm": 2.0})):
        pass
    project, settings, named = accelerator.given
    assert (project, settings["weight"], settings["steps"]) == ("veco", '{"mlm": 2.0}', 10000)
    assert settings["model"] == "null"
    assert named["wandb"] == named["trackio"] == {"name": "one"}


def test_finishes_however_the_run_ends() -> None:
    tracker = Tracker()
    with pytest.raises(KeyError), tracking(Accelerator(tracker), config(tracker=["wandb"])):
        raise KeyError
    assert tracker.told == ["finish"]


def test_without_trackers_nothing_is_started() -> None:
    accelerator = Accelerator()
    with tracking(accelerator, config()):
        pass
    assert accelerator.given == ()


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trackers, "find_spec", lambda name: None)
    need_trackers(config())
    with pytest.raises(MissingError, match="--tracker wandb needs the package wandb") as caught:
        need_trackers(config(tracker=["wandb"]))
    assert caught.value.hint == "Install it with: pip install wandb"
    assert caught.value.exit_code == 4


@pytest.fixture
def settings(mined: Path, tmp_path: Path, tiny_model: Path) -> dict[str, Any]:
    often = {"steps": 3, "log_every": 1, "batch_size": 4, "objectives": "sequence", "precision": "fp32"}
    return {"mined": (mined,), "out": tmp_path / "run", "model": str(tiny_model)} | often


def test_is_told_every_line(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """By accelerate, as it tells the trackers that it knows."""
    from accelerate.tracking import LOGGER_TYPE_TO_CLASS, GeneralTracker
    from accelerate.utils import LoggerType

    told: list[Any] = []

    class Taking(GeneralTracker):
        name = "trackio"
        requires_logging_directory = False
        tracker = None

        def __init__(self, project: str, name: str) -> None:
            told.append((project, name))

        def store_init_configuration(self, values: dict[str, Any]) -> None:
            told.append(values["batch_size"])

        def log(self, values: dict[str, Any], step: int | None = None, **named: Any) -> None:
            told.append({"step": step, **values})

        def finish(self) -> None:
            told.append("finish")

    monkeypatch.setitem(LOGGER_TYPE_TO_CLASS, "trackio", Taking)
    monkeypatch.setattr("accelerate.tracking.get_available_trackers", lambda: [LoggerType.TRACKIO])
    monkeypatch.setattr(trackers, "find_spec", lambda name: object())
    pretrain(PretrainConfig(**settings, tracker=["trackio"]))
    lines = [json.loads(line) for line in (settings["out"] / "metrics.jsonl").read_text().splitlines()]
    assert told == [("veco", "run"), 4, *lines, "finish"]


@pytest.mark.skipif(find_spec("tensorboard") is None, reason="tensorboard is not installed")
def test_tensorboard_shows_the_losses(settings: dict[str, Any]) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    pretrain(PretrainConfig(**settings, tracker=["tensorboard"]))
    events = EventAccumulator(str(settings["out"] / "logs" / "veco"))
    events.Reload()
    lines = [json.loads(line) for line in (settings["out"] / "metrics.jsonl").read_text().splitlines()]
    shown = [(event.step, event.value) for event in events.Scalars("sequence")]
    assert shown == [(line["step"], pytest.approx(line["sequence"], rel=1e-6)) for line in lines]
    assert len(shown) == 3

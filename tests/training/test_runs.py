import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from vecocli.config.base import read_yaml
from vecocli.config.pretraining import PretrainConfig
from vecocli.errors import DataError, UsageError
from vecocli.training.runs import Run

FACTS = {"steps": 3, "seconds": 1.5, "pairs": 9, "figures": {}, "skipped": 0, "data_wait": 0.0}
FACTS |= {"languages": [], "mono": [], "best": None, "evaluations": []}


def config(out: Path, **settings: Any) -> PretrainConfig:
    return PretrainConfig(**{"mined": (out.parent / "mined",), "out": out, "from_scratch": "tiny"} | settings)


def earlier(out: Path, **settings: Any) -> None:
    """Leave what a run leaves that has ended."""
    run = Run.open(config(out, **settings))
    run.begin()
    run.finish(FACTS)
    run.close()


def test_a_finished_run_says_what_it_gave(tmp_path: Path) -> None:
    earlier(tmp_path / "run")
    for settings, expected in (({"resume": "auto"}, FACTS), ({"overwrite": True}, None)):
        with closing(Run.open(config(tmp_path / "run", **settings))) as run:
            assert run.finished(FACTS.keys()) == expected


@pytest.mark.parametrize("text", ["{", "[1]", '{"a": 1}', ""])
def test_a_damaged_summary_is_named(tmp_path: Path, text: str) -> None:
    earlier(tmp_path / "run")
    (tmp_path / "run" / "summary.json").write_text(text, encoding="utf-8")
    with (
        closing(Run.open(config(tmp_path / "run", resume="auto"))) as run,
        pytest.raises(DataError, match=r"summary\.json: not the summary of a run"),
    ):
        run.finished(FACTS.keys())


def test_a_mistyped_setting_in_run_yaml_is_named_with_its_file(tmp_path: Path) -> None:
    earlier(tmp_path / "run")
    file = tmp_path / "run" / "run.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("seed:", "sead:"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"run\.yaml: unknown setting 'sead'") as caught:
        Run.open(config(tmp_path / "run", resume="auto"))
    assert "seed" in caught.value.hint


@pytest.mark.parametrize("settings", [{}, {"overwrite": True}, {"resume": "auto"}])
def test_a_folder_of_mined_pairs_is_no_run(tmp_path: Path, settings: dict[str, Any]) -> None:
    mined = tmp_path / "mined"
    mined.mkdir()
    (mined / "run.yaml").write_text("corpus: [a.tsv]\nout: mined\n", encoding="utf-8")
    (mined / "summary.json").write_text(json.dumps({"pairs": 3}), encoding="utf-8")
    with pytest.raises(UsageError, match="not a run; it is left alone"):
        Run.open(config(mined, mined=(mined,), **settings))


@pytest.mark.parametrize("setting", ["mined", "mono", "model", "eval_data", "eval_gold", "eval_mined"])
@pytest.mark.parametrize("inside", [".", "kept"])
def test_what_a_run_reads_is_not_overwritten(tmp_path: Path, setting: str, inside: str) -> None:
    earlier(tmp_path / "run")
    kept = tmp_path / "run" / inside
    kept.mkdir(exist_ok=True)
    (tmp_path / "link").symlink_to(kept)
    for path in (kept, tmp_path / "link"):
        single = {"model": str(path), "eval_gold": path}
        settings: dict[str, Any] = {setting: single.get(setting, (path,))}
        if setting == "eval_gold":
            settings["eval_data"] = (tmp_path / "held-out.tsv",)
        if setting == "model":
            settings["from_scratch"] = None
        with pytest.raises(UsageError, match=r"--overwrite would remove .*, which this run reads"):
            Run.open(config(tmp_path / "run", overwrite=True, **settings))
    assert (tmp_path / "run" / "summary.json").exists()


def test_overwriting_empties_the_folder_and_nothing_beyond(tmp_path: Path) -> None:
    earlier(tmp_path / "run")
    (tmp_path / "beyond").mkdir()
    (tmp_path / "beyond" / "file").touch()
    (tmp_path / "run" / "link").symlink_to(tmp_path / "beyond")
    (tmp_path / "run" / "checkpoint-000002").mkdir()
    (tmp_path / "also").symlink_to(tmp_path / "run")
    with closing(Run.open(config(tmp_path / "also", overwrite=True, mined=(tmp_path / "mined",)))) as run:
        run.begin()
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["run.yaml"]
    assert (tmp_path / "also").is_symlink()
    assert (tmp_path / "beyond" / "file").exists()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run = Run.open(config(tmp_path / "file" / "run"))
    with pytest.raises(UsageError, match=r"cannot make the folder .*Not a directory"):
        run.begin()


@pytest.mark.parametrize("settings", [{}, {"resume": "auto"}, {"overwrite": True}])
def test_a_second_run_in_the_same_folder_is_refused(tmp_path: Path, settings: dict[str, Any]) -> None:
    with closing(Run.open(config(tmp_path / "run"))) as run:
        run.begin()
        with pytest.raises(UsageError, match="another run is writing"):
            Run.open(config(tmp_path / "run", **settings))
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["run.yaml"]
    Run.open(config(tmp_path / "run", overwrite=True)).close()


def test_of_two_runs_that_start_together_one_is_refused(tmp_path: Path) -> None:
    first, second = (Run.open(config(tmp_path / "run", seed=seed)) for seed in (1, 2))
    first.begin()
    with pytest.raises(UsageError, match="another run is writing"):
        second.begin()
    assert "seed: 1" in (tmp_path / "run" / "run.yaml").read_text(encoding="utf-8")
    first.close()


def test_a_folder_that_holds_a_lock_alone_is_free(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".lock").touch()
    with closing(Run.open(config(tmp_path / "run"))) as run:
        run.begin()


def checkpoint(run: Path, step: int) -> Path:
    folder = run / f"checkpoint-{step:06d}"
    (folder / "training_state").mkdir(parents=True)
    return folder


def test_what_lies_behind_the_checkpoint_is_set_aside(tmp_path: Path) -> None:
    earlier(tmp_path / "run")
    two, four, six = (checkpoint(tmp_path / "run", step) for step in (2, 4, 6))
    (tmp_path / "run" / "best").mkdir()
    record = {"step": 5, "metric": "retrieval", "value": 1.0}
    (tmp_path / "run" / "best.json").write_text(json.dumps(record), encoding="utf-8")
    notes: list[str] = []
    steps = ((4, four, ["left-checkpoint-000006", "left-best"]), (2, two, ["left-checkpoint-000004"]))
    for step, start, left in steps:
        with closing(Run.open(config(tmp_path / "run", resume=str(start)))) as run:
            run.begin(step, notes.append)
        assert notes.pop().endswith(f"is now {', '.join(left)}.")
        assert all((tmp_path / "run" / name).is_dir() for name in left)
    assert not four.exists()
    assert not six.exists()
    assert not (tmp_path / "run" / "best.json").exists()
    with closing(Run.open(config(tmp_path / "run", resume="auto"))) as run:
        assert run.checkpoint == two
        run.begin(2, notes.append)
    assert not notes


def test_the_best_model_from_before_the_checkpoint_stays(tmp_path: Path) -> None:
    earlier(tmp_path / "run")
    start = checkpoint(tmp_path / "run", 4)
    checkpoint(tmp_path / "run", 6)
    (tmp_path / "run" / "best").mkdir()
    record = {"step": 4, "metric": "retrieval", "value": 1.0}
    (tmp_path / "run" / "best.json").write_text(json.dumps(record), encoding="utf-8")
    with closing(Run.open(config(tmp_path / "run", resume=str(start)))) as run:
        run.begin(4)
    assert (tmp_path / "run" / "best").is_dir()
    assert (tmp_path / "run" / "best.json").exists()


def test_a_killed_run_keeps_the_best_model_of_a_step_that_it_comes_to_again(tmp_path: Path) -> None:
    earlier(tmp_path / "run")
    checkpoint(tmp_path / "run", 4)
    (tmp_path / "run" / "best").mkdir()
    record = {"step": 5, "metric": "retrieval", "value": 1.0}
    (tmp_path / "run" / "best.json").write_text(json.dumps(record), encoding="utf-8")
    with closing(Run.open(config(tmp_path / "run", resume="auto"))) as run:
        run.begin(4)
    assert (tmp_path / "run" / "best").is_dir()
    assert (tmp_path / "run" / "best.json").exists()


def test_checkpoints_are_told_apart_by_number(tmp_path: Path) -> None:
    earlier(tmp_path / "run")
    start, later = (checkpoint(tmp_path / "run", step) for step in (999_999, 1_000_000))
    with closing(Run.open(config(tmp_path / "run", resume=str(start)))) as run:
        run.begin(999_999)
    assert start.exists()
    assert not later.exists()


def test_run_yaml_keeps_the_checkpoint_of_another_run(tmp_path: Path) -> None:
    earlier(tmp_path / "one")
    start = checkpoint(tmp_path / "one", 4)
    for resume in (str(start), "auto"):
        with closing(Run.open(config(tmp_path / "two", resume=resume, steps=9))) as run:
            run.begin(5 if resume == "auto" else 4)
        assert read_yaml(tmp_path / "two" / "run.yaml")["resume"] == str(start)
        with closing(Run.open(config(tmp_path / "two", resume="auto", steps=9))) as run:
            assert run.checkpoint == (start if resume != "auto" else tmp_path / "two" / "checkpoint-000005")
        checkpoint(tmp_path / "two", 6 if resume == "auto" else 5)
    own = PretrainConfig.resolve({"out": tmp_path / "two", "resume": "auto"}, tmp_path / "two" / "run.yaml")
    Run.open(own).close()


def test_adapters_stay_on_their_model(tmp_path: Path) -> None:
    adapted = {"from_scratch": None, "lora_rank": 2}
    earlier(tmp_path / "one", model="some/model", **adapted)
    start = str(checkpoint(tmp_path / "one", 4))
    with pytest.raises(UsageError, match="--model some/model -> other/model") as caught:
        Run.open(config(tmp_path / "two", resume=start, model="other/model", **adapted))
    assert "another --out" not in caught.value.hint


def test_a_path_may_be_written_in_another_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier(tmp_path / "run")
    checkpoint(tmp_path / "run", 4)
    monkeypatch.chdir(tmp_path)
    settings: dict[str, Any] = {"resume": "auto", "tokens_per_batch": 99, "gradient_checkpointing": True}
    Run.open(config(tmp_path / "run", mined=(Path("mined"),), **settings)).close()
    with pytest.raises(UsageError, match=f"MINED {tmp_path / 'mined'} -> other more"):
        Run.open(config(tmp_path / "run", mined=(Path("other"), Path("more")), **settings))


def test_what_is_refused_holds_no_lock(tmp_path: Path) -> None:
    earlier(tmp_path / "run")
    for _ in range(2):
        with pytest.raises(UsageError, match="holds a run already"):
            Run.open(config(tmp_path / "run"))
    assert not (tmp_path / "run" / ".lock").exists()

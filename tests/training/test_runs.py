import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from vecocli.config.pretraining import PretrainConfig
from vecocli.errors import DataError, UsageError
from vecocli.training.runs import Run

FACTS = {"steps": 3, "seconds": 1.5, "pairs": 9, "figures": {}, "skipped": 0, "data_wait": 0.0}
FACTS |= {"languages": [], "best": None, "evaluations": []}


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
            assert run.finished() == expected


@pytest.mark.parametrize("text", ["{", "[1]", '{"a": 1}', ""])
def test_a_damaged_summary_is_named(tmp_path: Path, text: str) -> None:
    earlier(tmp_path / "run")
    (tmp_path / "run" / "summary.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"summary\.json: not the summary of a run"):
        Run.open(config(tmp_path / "run", resume="auto"))


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


@pytest.mark.parametrize("setting", ["mined", "mono", "model"])
@pytest.mark.parametrize("inside", [".", "kept"])
def test_what_a_run_reads_is_not_overwritten(tmp_path: Path, setting: str, inside: str) -> None:
    earlier(tmp_path / "run")
    kept = tmp_path / "run" / inside
    kept.mkdir(exist_ok=True)
    (tmp_path / "link").symlink_to(kept)
    for path in (kept, tmp_path / "link"):
        settings: dict[str, Any] = {setting: str(path) if setting == "model" else (path,)}
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


def test_what_is_refused_holds_no_lock(tmp_path: Path) -> None:
    earlier(tmp_path / "run")
    for _ in range(2):
        with pytest.raises(UsageError, match="holds a run already"):
            Run.open(config(tmp_path / "run"))
    assert not (tmp_path / "run" / ".lock").exists()

from pathlib import Path
from typing import Any

import pytest
import yaml

from vecocli.config.finetuning import FinetuneConfig
from vecocli.errors import UsageError

LEAST: dict[str, Any] = {"task": "udpos", "model": "m", "data": "d", "out": "o"}


def test_lists_may_be_typed_with_commas_and_folders_given_as_paths() -> None:
    config = FinetuneConfig.resolve(LEAST | {"data": Path("d"), "seeds": "1,2", "train_languages": ["en,de", "fr"]})
    assert (config.data, config.seeds, config.train_languages) == ("d", (1, 2), ("en", "de", "fr"))


def test_one_of_several_runs_has_a_folder_of_its_own(tmp_path: Path) -> None:
    one = FinetuneConfig.resolve(LEAST | {"seeds": "1,2", "resume": "auto", "overwrite": True}).of_seed(2)
    assert (one.out, one.seed, one.seeds) == (Path("o/seed-2"), 2, ())
    one.write(tmp_path / "run.yaml")
    again = yaml.safe_load((tmp_path / "run.yaml").read_text(encoding="utf-8"))
    assert (again["seed"], again["resume"], again["overwrite"]) == (2, None, False)
    assert FinetuneConfig.resolve({}, tmp_path / "run.yaml").task == "udpos"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"seeds": "1,1"}, "give each seed once"),
        ({"seeds": "-1"}, "none below 0"),
        ({"lora_alpha": 2.0}, "say nothing without --lora-rank"),
        ({"max_length": 4}, "--max-length"),
        ({"epochs": 0}, "--epochs"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        FinetuneConfig.resolve(LEAST | settings)


def test_what_a_run_reads_and_what_a_checkpoint_holds() -> None:
    config = FinetuneConfig.resolve(LEAST)
    assert list(config.inputs()) == [Path("m"), Path("d")]
    assert config.starving(32) is None and config.starving(33) == "--batch-size"
    assert "model" not in config.held_to()
    assert "model" in FinetuneConfig.resolve(LEAST | {"lora_rank": 4}).held_to()

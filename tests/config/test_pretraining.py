from pathlib import Path
from typing import Any

import pytest

from vecocli.config.pretraining import PretrainConfig
from vecocli.errors import UsageError

NEEDED: dict[str, Any] = {"mined": [Path("m")], "out": Path("o"), "from_scratch": "tiny"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model": "m"}, "give either --model or --from-scratch"),
        ({"from_scratch": None}, "give either --model or --from-scratch"),
        ({"objectives": "mlm,tml"}, "there is no objective 'tml'; Did you mean tlm"),
        ({"objectives": "mlm,mlm"}, "an objective is named twice"),
        ({"objectives": 5}, "name objectives, separated by commas"),
        ({"objectives": ["mlm", 1]}, "name objectives, separated by commas"),
        ({"learning_rate": float("inf")}, "--learning-rate: input should be a finite number"),
        ({"minutes": float("nan")}, "--minutes: input should be a finite number"),
        ({"objectives": "mlm", "weight": {"token": 2.0}}, "--weight names token, which --objectives does not train"),
        ({"weight": {"mlm": -1.0}}, "--weight of mlm must be above 0"),
        ({"weight": {"mlm": 0.0, "token": -1.0}}, "--weight of mlm, token must be above 0"),
        ({"weight": {"token": float("nan")}}, "--weight: input should be a finite number"),
        ({"objectives": "tlm,token", "mono": [Path("t")]}, "--mono is read by the objective mlm only"),
        ({"objectives": "tlm", "code_switch": 0.3}, "--code-switch is read by the objective mlm only"),
        ({"code_switch": 0.3, "mono": [Path("t")]}, "give --mono-language once for each of the 1 files"),
        ({"mono_language": ["de"]}, "each of the 0 files"),
        ({"tracker": ["tensorbord"]}, "there is no tracker 'tensorbord'; Did you mean tensorboard"),
        ({"eval_every": 5}, "--eval-every: there is nothing to evaluate on; give --eval-data or --eval-mined"),
        ({"eval_gold": "g", "eval_pairs": 9}, "--eval-gold, --eval-pairs: there is nothing to evaluate on"),
        ({"eval_gold": "g", "eval_mined": ["m"]}, "--eval-gold has the links of --eval-data, which is not given"),
        ({"eval_languages": "en-de", "eval_mined": ["m"]}, "--eval-languages are those of --eval-data"),
        ({"eval_metric": "aer", "eval_data": ["d"]}, "--eval-metric aer needs --eval-gold"),
        ({"batch_size": 1}, "the objective sequence needs --batch-size 2 or more"),
        ({"sequence_queue": 9, "sharding": "full"}, "leave out --sharding full"),
        ({"sequence_queue": 9, "objectives": "mlm"}, "--sequence-queue is read by the objective sequence only"),
        ({"batch_size": 5, "contrastive_batch": 2}, "compares pairs, and 5 make no 3 contrastive batches of 2 or more"),
        (
            {"objectives": "aligned-mlm,token", "token_units": "sub-word"},
            "the objective aligned-mlm exchanges whole words, which --token-units sub-word takes apart",
        ),
        ({"code_switch": 0.3, "token_units": "sub-word"}, "--code-switch exchanges whole words"),
        ({"compile": True, "sharding": "full"}, "--compile is for whole weights"),
        (
            {"objectives": "ranking", "contrastive_batch": 1},
            "the objective ranking needs --contrastive-batch 2 or more",
        ),
        ({"objectives": "token", "batch_size": 1, "token_negatives": "batch"}, "--token-negatives batch needs --batch"),
    ],
)
def test_what_would_train_nothing_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        PretrainConfig.resolve({**NEEDED, **settings})


def test_what_is_left_is_allowed() -> None:
    config = PretrainConfig.resolve({**NEEDED, "objectives": "mlm,token", "batch_size": 1, "mono": [Path("t")]})
    assert config.objective_names == ("mlm", "token")


@pytest.mark.parametrize(
    ("settings", "rate", "links"),
    [
        ({}, 5e-4, "dictionary"),
        ({"from_scratch": None, "model": "m"}, 2e-5, "both"),
        ({"learning_rate": 1e-3, "token_links": "self"}, 1e-3, "self"),
    ],
)
def test_defaults_that_depend_on_the_start(settings: dict[str, Any], rate: float, links: str) -> None:
    config = PretrainConfig.resolve({**NEEDED, **settings})
    assert (config.peak_rate, config.link_sources) == (rate, links)


def test_what_is_written_forgets_how_the_folder_was_taken(tmp_path: Path) -> None:
    config = PretrainConfig.resolve({**NEEDED, "resume": "auto", "overwrite": True, "seed": 3})
    config.write(tmp_path / "run.yaml")
    again = PretrainConfig.resolve({}, tmp_path / "run.yaml")
    assert (again.resume, again.overwrite, again.seed) == (None, False, 3)


def test_a_dry_run_is_not_among_the_settings_that_repeat_a_run(tmp_path: Path) -> None:
    PretrainConfig(**NEEDED, dry_run=True).write(tmp_path / "run.yaml")
    assert "dry_run: false" in (tmp_path / "run.yaml").read_text(encoding="utf-8")

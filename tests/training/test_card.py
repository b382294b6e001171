from pathlib import Path
from typing import Any

import pytest
import yaml

from vecocli.config.base import read_yaml
from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.passes import Readout
from vecocli.text.shards import ShardFolder
from vecocli.text.synonyms import MinedPair, shard_path, to_table, write_shard
from vecocli.training.card import write_card


@pytest.fixture
def norwegian(tmp_path: Path) -> Path:
    folder = tmp_path / "mined"
    folder.mkdir()
    table = to_table([MinedPair(1, "a", "b", ())], "en", "no")
    write_shard(shard_path(folder, 0), table, source_language="en", target_language="no")
    return folder


def card(folder: Path, readout: Readout, **settings: Any) -> tuple[dict[str, Any], str]:
    config = PretrainConfig(**settings)
    write_card(folder, config, ShardFolder(*config.mined), readout)
    _, front, body = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), body


def test_front_matter_is_yaml_whatever_the_names(tmp_path: Path, norwegian: Path) -> None:
    """`- no` is false in YAML, and a colon in a path would start a mapping."""
    facts, body = card(tmp_path, Readout(12, "mean", token_layer=8), mined=(norwegian,), out=tmp_path, model="C: #x/é")
    assert facts["language"] == ["en", "no"]
    assert facts["base_model"] == "C: #x/é"
    assert facts["library_name"] == "transformers"
    assert "`C: #x/é`, trained on 1 sentence pairs (en-no)" in body
    assert "layer 12, mean of all positions" in body
    assert "8, mean of a word's sub-words" in body


def test_says_where_vectors_are_read(tmp_path: Path, norwegian: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    readout = Readout(3, "first", token_layer=2, token_pooling="first")
    facts, body = card(tmp_path, readout, mined=(norwegian,), out=Path(), from_scratch="tiny", objectives="mlm,token")
    assert "base_model" not in facts
    assert "A tiny encoder from scratch" in body
    assert "objectives mlm, token" in body
    assert "layer 3, the first position" in body
    assert "2, a word's first sub-word" in body
    assert f'from_pretrained("{tmp_path.name}")' in body


def test_run_yaml_says_how_to_repeat_not_what_to_overwrite(tmp_path: Path, norwegian: Path) -> None:
    settings = {"mined": (norwegian,), "out": tmp_path / "out", "from_scratch": "tiny", "steps": 7}
    card(tmp_path, Readout(), **settings, overwrite=True, resume="auto")
    again = PretrainConfig.resolve(read_yaml(tmp_path / "run.yaml"))
    assert again == PretrainConfig(**settings)

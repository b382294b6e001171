from pathlib import Path
from typing import Any

import pytest

from vecocli.config.pretraining import PretrainConfig
from vecocli.errors import DataError
from vecocli.text.shards import ShardFolder
from vecocli.text.synonyms import MinedPair, SynonymPair, shard_path, to_table, write_shard
from vecocli.training.usable import check_usable

LINKED = MinedPair(1, "a cat", "eine Katze", (SynonymPair(2, 5, 5, 10, 1.0, "dictionary:test", False),))
BARE = MinedPair(2, "a dog", "ein Hund", ())


def write(folder: Path, *rows: MinedPair, target: str = "de") -> Path:
    folder.mkdir()
    table = to_table(rows, "en", target)
    write_shard(shard_path(folder, 0), table, source_language="en", target_language=target)
    return folder


def check(*folders: Path, **settings: Any) -> list[str]:
    notes: list[str] = []
    config = PretrainConfig(mined=folders, out=folders[0] / "run", **{"model": "some"} | settings)
    check_usable(config, ShardFolder(*folders), notes.append)
    return notes


def test_no_sentence_pairs(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="hold no sentence pairs"):
        check(write(tmp_path / "none"))


@pytest.mark.parametrize(("source", "target", "side"), [("a cat", " ", "target"), ("", "eine Katze", "source")])
def test_a_side_without_text(tmp_path: Path, source: str, target: str, side: str) -> None:
    full, empty = write(tmp_path / "full", LINKED), MinedPair(1, source, target, ())
    with pytest.raises(DataError, match=f"no sentence pair of en-fr has text on its {side} side"):
        check(full, write(tmp_path / "empty", empty, target="fr"))
    assert check(full, write(tmp_path / "some", empty, BARE, target="fr")) == []


@pytest.mark.parametrize(
    ("settings", "fed"),
    [
        ({"token_links": "dictionary"}, "token"),
        ({"model": None, "from_scratch": "tiny"}, "token"),
        ({"objectives": "ranking,mlm,aligned-mlm"}, "ranking, aligned-mlm"),
        ({"objectives": "self-training", "self_training_links": "dictionary"}, "self-training"),
        ({"code_switch": 0.3}, "--code-switch"),
    ],
)
def test_what_links_alone_feed(tmp_path: Path, settings: dict[str, Any], fed: str) -> None:
    bare = write(tmp_path / "bare", BARE, target="fr")
    with pytest.raises(DataError, match=f"no sentence pair has links, which {fed} would train on"):
        check(bare, write(tmp_path / "none"), **settings)
    notes = check(bare, write(tmp_path / "linked", LINKED), **settings)
    assert notes == [f"No sentence pair of en-fr has links: {fed} will learn nothing from it."]


@pytest.mark.parametrize("settings", [{}, {"objectives": "mlm,tlm,sequence,self-training"}])
def test_links_that_nothing_depends_on(tmp_path: Path, settings: dict[str, Any]) -> None:
    assert check(write(tmp_path / "bare", BARE), **settings) == []

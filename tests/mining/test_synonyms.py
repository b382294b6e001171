import json
from pathlib import Path

import pytest

from vecocli.config.mining import MineConfig
from vecocli.errors import DataError, UsageError
from vecocli.mining.synonyms import mine_synonyms
from vecocli.text.synonyms import read_shards


@pytest.fixture
def config(tmp_path: Path) -> MineConfig:
    corpus = tmp_path / "corpus.tsv"
    corpus.write_text("The cat sees the house.\tDie Katze sieht das Haus.\nNo.\tNein.\nA bank by a bank.\tEine Bank.\n")
    dictionary = tmp_path / "en-de.tsv"
    dictionary.write_text("cat\tKatze\nhouse\tHaus\nno\tnein\nbank\tBank\nsees\tsieht\n")
    return MineConfig(
        corpus=(corpus,), source="en", target="de", dictionary=(dictionary,), out=tmp_path / "mined", identical="off"
    )


def texts(folder: Path) -> list[list[tuple[str, str]]]:
    return [
        [(p.source[x.source_start : x.source_end], p.target[x.target_start : x.target_end]) for x in p.links]
        for p in read_shards(folder)
    ]


def test_mines_as_configured(config: MineConfig) -> None:
    summary = mine_synonyms(config)
    assert texts(config.out)[:2] == [[("cat", "Katze"), ("sees", "sieht"), ("house", "Haus")], [("No", "Nein")]]
    assert (summary.pairs, summary.ambiguous) == (3, 1)
    assert json.loads((config.out / "summary.json").read_text())["links"] == summary.links
    assert MineConfig.resolve({}, config.out / "run.yaml") == config


def test_reads_only_so_many_pairs(config: MineConfig) -> None:
    assert mine_synonyms(config.model_copy(update={"limit": 1})).pairs == 1


def test_an_encoder_chooses_between_places(config: MineConfig, tiny_model: Path) -> None:
    by_model = config.model_copy(update={"model": str(tiny_model)})
    assert mine_synonyms(by_model).ambiguous == 1
    links = [x for p in read_shards(config.out) for x in p.links if x.ambiguous]
    assert len(links) == 1
    assert links[0].score < 1


def test_a_layer_the_model_has_not(config: MineConfig, tiny_model: Path) -> None:
    with pytest.raises(UsageError, match="no layer 9"):
        mine_synonyms(config.model_copy(update={"model": str(tiny_model), "layer": 9}))


def test_a_missing_dictionary(config: MineConfig, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.tsv"):
        mine_synonyms(config.model_copy(update={"dictionary": (tmp_path / "none.tsv",)}))

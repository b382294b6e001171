import json
import re
import shutil
from pathlib import Path

import pytest

from vecocli.config.mining import MineConfig
from vecocli.errors import DataError, UsageError
from vecocli.mining.synonyms import mine_synonyms
from vecocli.text.files import read_lines
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
    [summary] = mine_synonyms(config)
    assert texts(config.out)[:2] == [[("cat", "Katze"), ("sees", "sieht"), ("house", "Haus")], [("No", "Nein")]]
    assert (summary.pairs, summary.ambiguous) == (3, 1)
    assert json.loads((config.out / "summary.json").read_text())["links"] == summary.links
    assert MineConfig.resolve({}, config.out / "run.yaml") == config


def test_reads_only_so_many_pairs(config: MineConfig) -> None:
    assert mine_synonyms(config.model_copy(update={"limit": ("1",)}))[0].pairs == 1


def test_an_encoder_chooses_between_places(config: MineConfig, tiny_model: Path) -> None:
    by_model = config.model_copy(update={"model": str(tiny_model), "aligner": "off"})
    assert mine_synonyms(by_model)[0].ambiguous == 1
    links = [x for p in read_shards(config.out) for x in p.links if x.ambiguous]
    assert len(links) == 1
    assert links[0].score < 1


def test_a_layer_the_model_has_not(config: MineConfig, tiny_model: Path) -> None:
    with pytest.raises(UsageError, match="no layer 9"):
        mine_synonyms(config.model_copy(update={"model": str(tiny_model), "layer": 9}))


def test_a_missing_dictionary(config: MineConfig, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.tsv"):
        mine_synonyms(config.model_copy(update={"dictionary": (tmp_path / "none.tsv",)}))


def test_words_that_are_cut_already(config: MineConfig) -> None:
    config.corpus[0].write_text("the cat .\tdie Katze .\n")
    config.dictionary[0].write_text("cat\tKatze\n")
    mine_synonyms(config.model_copy(update={"segmenter": "blanks", "identical": "all"}))
    assert texts(config.out) == [[("cat", "Katze"), (".", ".")]]


@pytest.fixture
def several(tmp_path: Path) -> MineConfig:
    for language, cat in (("de", "Katze"), ("fr", "chat")):
        (tmp_path / f"en-{language}.tsv").write_text(f"A cat.\t{cat}.\n\tx\nThe cat!\t{cat}!\n")
        (tmp_path / f"words.{language}").write_text(f"cat\t{cat}\n")
    return MineConfig(
        corpus=(tmp_path / "{source}-{target}.tsv",),
        languages=("en-de", "en-fr"),
        dictionary=(tmp_path / "words.{target}",),
        pharaoh=tmp_path / "{target}.align",
        word_pairs=tmp_path / "{source}-{target}.pairs.gz",
        out=tmp_path / "mined",
        limit=("en-fr=2",),
    )


def test_each_of_several_language_pairs_has_its_folder_and_files(several: MineConfig, tmp_path: Path) -> None:
    seen: list[int] = []
    found = mine_synonyms(several, lambda done, total: seen.append(done))
    assert [(one.target_language, one.pairs, one.links) for one in found] == [("de", 3, 2), ("fr", 2, 1)]
    assert sorted(path.name for path in several.out.iterdir()) == ["en-de", "en-fr", "run.yaml"]
    assert texts(several.out) == [[("cat", "Katze")], [], [("cat", "Katze")], [("cat", "chat")], []]
    assert (tmp_path / "de.align").read_text() == "1-0\n\n1-0\n"
    assert (tmp_path / "fr.align").read_text() == "1-0\n\n"
    [line] = list(read_lines(tmp_path / "en-fr.pairs.gz"))[1:]
    assert re.fullmatch(r"cat\tchat\t0\.9\d\d\d\tdictionary:words\.fr\t1", line)
    assert seen[-1] == 5


def test_files_of_several_language_pairs_are_told_apart(several: MineConfig, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--pharaoh .*/x would be one file") as caught:
        mine_synonyms(several.model_copy(update={"pharaoh": tmp_path / "x"}))
    assert "{target}" in caught.value.hint
    with pytest.raises(UsageError, match=r"nothing in .*words\.de says its languages"):
        mine_synonyms(several.model_copy(update={"dictionary": (tmp_path / "words.de",)}))


def origins(folder: Path) -> set[str]:
    return {x.origin for p in read_shards(folder) for x in p.links}


def test_an_encoder_links_with_and_without_a_dictionary(config: MineConfig, tiny_model: Path, tmp_path: Path) -> None:
    both = config.model_copy(update={"model": str(tiny_model)})
    [summary] = mine_synonyms(both)
    assert "aligner:argmax" in summary.origins
    assert summary.about["aligner"]["layer"] == 1
    assert {"dictionary:en-de+aligner:argmax", "aligner:argmax"} <= origins(config.out)
    alone = both.model_copy(update={"dictionary": (), "aligner": "match", "out": tmp_path / "alone"})
    mine_synonyms(alone)
    assert origins(tmp_path / "alone") == {"aligner:match"}
    assert all(0 < x.score < 1 and x.similarity is not None for p in read_shards(tmp_path / "alone") for x in p.links)


@pytest.mark.filterwarnings("ignore")
def test_simalign_itself_gives_the_links_of_argmax(config: MineConfig, tiny_model: Path, tmp_path: Path) -> None:
    found = []
    for name in ("argmax", "simalign"):
        update = {"model": str(tiny_model), "dictionary": (), "aligner": name, "out": tmp_path / name}
        mine_synonyms(config.model_copy(update=update | {"precision": "fp32", "segmenter": "blanks"}))
        found.append(texts(tmp_path / name))
    assert found[0] == found[1]
    assert sum(map(len, found[0])) > 5


def test_a_calibration_of_ones_own(config: MineConfig, tiny_model: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights.json"
    weights.write_text(
        '{"weights": {"argmax": {"log_odds": 0, "distance": 0, "mean": 0, "constant": 0}}}', encoding="utf-8"
    )
    mine_synonyms(config.model_copy(update={"model": str(tiny_model), "calibration": weights}))
    assert {x.score for p in read_shards(config.out) for x in p.links} == {0.5}


def test_a_change_of_the_aligner_is_another_result(config: MineConfig, tiny_model: Path) -> None:
    both = config.model_copy(update={"model": str(tiny_model)})
    mine_synonyms(both)
    with pytest.raises(UsageError, match="other input or settings"):
        mine_synonyms(both.model_copy(update={"layer": 0}))


def test_other_weights_under_the_same_name_are_another_result(
    config: MineConfig, tiny_model: Path, tmp_path: Path
) -> None:
    from vecocli.encoder.encoder import Encoder

    folder = shutil.copytree(tiny_model, tmp_path / "model")
    both = config.model_copy(update={"model": str(folder)})
    mine_synonyms(both)
    encoder = Encoder.load(folder)
    encoder.model.get_input_embeddings().weight.data += 0.5
    encoder.model.save_pretrained(folder)
    with pytest.raises(UsageError, match="weights"):
        mine_synonyms(both)

from pathlib import Path
from typing import Any

import pytest

from vecocli.config.pretraining import PretrainConfig
from vecocli.errors import DataError, UsageError
from vecocli.mining.gold import GoldLinks
from vecocli.text.synonyms import MinedPair, shard_path, to_table, write_shard
from vecocli.training import heldout
from vecocli.training.heldout import Parallel, read_aligned, read_parallel

TRAINED = [("en", "de")]


def config(**settings: Any) -> PretrainConfig:
    return PretrainConfig(**{"mined": (Path("mined"),), "out": Path("run"), "from_scratch": "tiny"} | settings)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "held.tsv"
    path.write_text("A cat\tEine Katze\n \tleer\nA dog\tEin Hund\nA house\tEin Haus\n", encoding="utf-8")
    return path


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    for language in ("de", "fr"):
        folder = tmp_path / "shards" / language
        folder.mkdir(parents=True)
        rows = [MinedPair(n, f"{n}", f"{language} {n}" if n != 1 else "", ()) for n in range(5)]
        table = to_table(rows, "en", language)
        write_shard(shard_path(folder, 0), table, source_language="en", target_language=language)
    return tmp_path / "shards"


def test_takes_the_first_pairs_with_text_on_both_sides(data: Path) -> None:
    found = read_parallel(config(eval_data=(data,), eval_pairs=2), TRAINED)
    assert found == [Parallel("en-de", ["A cat", "A dog"], ["Eine Katze", "Ein Hund"])]
    assert read_parallel(config(eval_data=(data,), eval_languages="fr-sw"), TRAINED)[0].name == "fr-sw"


def test_two_files_line_by_line(tmp_path: Path) -> None:
    files = tmp_path / "held.en", tmp_path / "held.de"
    for file, text in zip(files, ("a\nb\n", "x\ny\n"), strict=True):
        file.write_text(text, encoding="utf-8")
    assert read_parallel(config(eval_data=files), TRAINED) == [Parallel("en-de", ["a", "b"], ["x", "y"])]


def test_mined_folders_of_several_language_pairs(data: Path, shards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heldout, "READ_AT_ONCE", 2)
    found = read_parallel(config(eval_mined=(shards,), eval_pairs=3), TRAINED)
    assert found[0] == Parallel("en-de", ["0", "2", "3"], ["de 0", "de 2", "de 3"])
    assert found[1] == Parallel("en-fr", ["0", "2", "3"], ["fr 0", "fr 2", "fr 3"])
    with pytest.raises(UsageError, match="--eval-data and --eval-mined both have en-de"):
        read_parallel(config(eval_mined=(shards,), eval_data=(data,)), TRAINED)


def test_too_little_text(tmp_path: Path) -> None:
    (tmp_path / "one.tsv").write_text("a\tb\n", encoding="utf-8")
    with pytest.raises(DataError, match="fewer than two pairs of en-de"):
        read_parallel(config(eval_data=(tmp_path / "one.tsv",)), TRAINED)


def test_languages_that_nobody_said(data: Path) -> None:
    with pytest.raises(UsageError, match="several language pairs: en-de, en-fr") as caught:
        read_parallel(config(eval_data=(data,)), [*TRAINED, ("en", "fr")])
    assert "--eval-languages" in caught.value.hint


def test_gold_links_of_the_words_between_blanks(data: Path, tmp_path: Path) -> None:
    data = data.rename(tmp_path / "held.txt")
    data.write_text("A cat ||| Eine Katze\nA dog ||| Ein Hund\n", encoding="utf-8")
    (tmp_path / "gold").write_text("0-0 1-1\n1p1 0-0\n", encoding="utf-8")
    found = read_aligned(config(eval_data=(data,), eval_gold=tmp_path / "gold"), TRAINED)
    assert found is not None
    assert [pair.source for pair in found.pairs] == ["A cat", "A dog"]
    assert found.gold[1] == GoldLinks(frozenset({(0, 0)}), frozenset({(0, 0), (1, 1)}))
    assert read_aligned(config(eval_data=(data,)), TRAINED) is None

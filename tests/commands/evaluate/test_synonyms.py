import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vecocli.app import build
from vecocli.text.synonyms import MinedPair, SynonymPair, shard_path, to_table, write_shard


@pytest.fixture
def mined(tmp_path: Path) -> Path:
    link = SynonymPair(4, 7, 4, 9, 1.0, "dictionary:test", False)
    rows = [MinedPair(n, "The cat sees.", "Die Katze sieht.", (link,)) for n in range(1, 4)]
    folder = tmp_path / "mined"
    folder.mkdir()
    write_shard(shard_path(folder, 0), to_table(rows, "en", "de"), source_language="en", target_language="de")
    return folder


def test_every_layer_and_the_best(mined: Path, tiny_model: Path) -> None:
    result = CliRunner().invoke(build(), ["evaluate", "synonyms", str(tiny_model), str(mined), "--json"])
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert [row["layer"] for row in document["layers"]] == [0, 1, 2]
    assert (document["pairs"], document["links"], document["truncated"], document["pooling"]) == (3, 3, 0, "mean")
    means = [(row["forward"] + row["backward"]) / 2 for row in document["layers"]]
    assert document["best"]["layer"] == means.index(max(means))


def test_limit_and_table(mined: Path, tiny_model: Path) -> None:
    flags = ["--limit", "2", "--layer", "last"]
    result = CliRunner().invoke(build(), ["evaluate", "synonyms", str(tiny_model), str(mined), *flags])
    assert "over 2 links" in result.stdout


def test_cut_texts_are_counted(mined: Path, tiny_model: Path) -> None:
    flags = ["--max-length", "8"]
    result = CliRunner().invoke(build(), ["evaluate", "synonyms", str(tiny_model), str(mined), *flags])
    assert "3 of 6 texts were too long" in result.stdout


def test_nothing_to_ask_for(tmp_path: Path, tiny_model: Path) -> None:
    rows = [MinedPair(1, "Tom", "Tom", (SynonymPair(0, 3, 0, 3, 1.0, "identical", False),))]
    write_shard(shard_path(tmp_path, 0), to_table(rows, "en", "de"), source_language="en", target_language="de")
    result = CliRunner().invoke(build(), ["evaluate", "synonyms", str(tiny_model), str(tmp_path)])
    assert result.exit_code == 3
    assert "no synonym pairs of different form" in result.stderr


def test_a_folder_that_was_not_mined(tmp_path: Path, tiny_model: Path) -> None:
    result = CliRunner().invoke(build(), ["evaluate", "synonyms", str(tiny_model), str(tmp_path)])
    assert result.exit_code == 3
    assert "mine-synonyms" in result.stderr


@pytest.mark.parametrize(
    ("out", "said"),
    [(".", "--out {} is a folder"), ("file/x.json", "--out {}: {} is a file"), ("file", "{} exists")],
)
def test_an_out_that_cannot_be_written_is_refused_first(tmp_path: Path, out: str, said: str) -> None:
    (tmp_path / "file").touch()
    target = tmp_path / out
    flags = ["--out", str(target)] + ["--overwrite"] * (out != "file")
    result = CliRunner().invoke(build(), ["evaluate", "synonyms", "nothing", "nothing", *flags])
    assert result.exit_code == 2
    assert said.format(target, tmp_path / "file") in result.stderr

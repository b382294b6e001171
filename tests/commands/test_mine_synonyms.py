import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vecocli.app import build

CORPUS = "The cat sleeps.\tDie Katze schläft.\nGood night.\tGute Nacht.\n\tLeer.\n"


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    (tmp_path / "corpus.tsv").write_text(CORPUS, encoding="utf-8")
    (tmp_path / "en-de.txt").write_text("cat Katze\nnight Nacht\ngood gute\n", encoding="utf-8")
    files = [str(tmp_path / name) for name in ("corpus.tsv", "en-de.txt", "mined")]
    flags = ["--source", "en", "--target", "de", "--dictionary", files[1], "--out", files[2]]
    return ["mine-synonyms", files[0], *flags]


def test_shows_the_coverage(command: list[str]) -> None:
    result = CliRunner().invoke(build(), command)
    assert result.exit_code == 0, result.output
    assert "3 links, 0 of them ambiguous" in result.stdout.replace("\n", " ")
    assert "1 pairs without text on a side" in result.stdout.replace("\n", " ")


def test_prints_one_document(command: list[str], tmp_path: Path) -> None:
    document = json.loads(CliRunner().invoke(build(), [*command, "--json"]).stdout)
    assert (document["pairs"], document["links"], document["source_words"]) == (3, 3, 5)
    assert document["coverage"] == pytest.approx(0.6)
    assert document["out"] == str(tmp_path / "mined")


def test_a_run_repeats_from_its_own_settings(command: list[str], tmp_path: Path) -> None:
    CliRunner().invoke(build(), command)
    shard = tmp_path / "mined" / "part-00000.parquet"
    before = shard.read_bytes()
    again = ["mine-synonyms", "--config", str(tmp_path / "mined" / "run.yaml"), "--out", str(tmp_path / "again")]
    assert CliRunner().invoke(build(), again).exit_code == 0
    assert (tmp_path / "again" / shard.name).read_bytes() == before

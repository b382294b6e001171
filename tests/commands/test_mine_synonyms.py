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


def test_says_what_was_too_long(command: list[str]) -> None:
    shown = CliRunner().invoke(build(), [*command, "--max-words", "2"]).stdout.replace("\n", " ")
    assert "1 sentence pairs were too long to link (--max-words)" in shown


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


def test_a_dictionary_that_links_next_to_nothing_is_noted(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "en-de.txt").write_text("dog Hund\n", encoding="utf-8")
    result = CliRunner().invoke(build(), command)
    assert "en-de: only 0.0 % of the source words are linked" in result.stderr


def test_several_language_pairs_are_lines_of_a_table(tmp_path: Path) -> None:
    for name, cat in (("de", "Katze"), ("fr", "chat")):
        (tmp_path / f"{name}.tsv").write_text(f"The cat.\t{cat}.\n", encoding="utf-8")
        (tmp_path / f"{name}.txt").write_text(f"cat {cat}\n", encoding="utf-8")
    files = [str(tmp_path / name) for name in ("{target}.tsv", "{target}.txt", "mined")]
    command = ["mine-synonyms", files[0], "--languages", "en-de,en-fr", "--dictionary", files[1], "--out", files[2]]
    shown = CliRunner().invoke(build(), command).stdout
    rows = [line.replace("│", " ").split() for line in shown.splitlines() if "│ en-" in line]
    assert rows == [["en-de", "1", "1", "1", "50.0", "1"], ["en-fr", "1", "1", "1", "50.0", "1"]]
    document = json.loads(CliRunner().invoke(build(), [*command, "--json"]).stdout)
    assert [pair["target_language"] for pair in document["language_pairs"]] == ["de", "fr"]
    assert document["out"] == files[2]


def test_only_the_first_process_of_a_launch_speaks(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "1")
    assert CliRunner().invoke(build(), [*command, "--json"]).stdout == ""

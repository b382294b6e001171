import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vecocli.app import build
from vecocli.text.synonyms import MinedPair, SynonymPair, shard_path, to_table, write_shard


@pytest.fixture
def command(tmp_path: Path, tiny_model: Path) -> list[str]:
    link = SynonymPair(4, 7, 4, 9, 1.0, "dictionary:test", False)
    rows = [MinedPair(n, f"The cat sees {n}.", f"Die Katze sieht {n}.", (link,)) for n in range(1, 9)]
    folder = tmp_path / "mined"
    folder.mkdir()
    write_shard(shard_path(folder, 0), to_table(rows, "en", "de"), source_language="en", target_language="de")
    flags = ["--model", str(tiny_model), "--out", str(tmp_path / "run"), "--batch-size", "4", "--log-every", "1"]
    return ["pretrain", str(folder), *flags]


def test_shows_where_the_model_is_and_its_losses(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vecocli.console.LOG_SECONDS", 0.0)
    result = CliRunner().invoke(build(), [*command, "--steps", "2"])
    assert result.exit_code == 0, result.output
    assert f"the model is in {tmp_path / 'run'}" in result.stdout.replace("\n", "")
    header = next(line for line in result.stdout.splitlines() if "mlm" in line)
    assert [name.strip() for name in header.strip("┃ ").split("┃")] == ["mlm", "tlm", "sequence", "token"]
    assert "training 1/2 mlm" in result.stderr


def test_prints_one_document(command: list[str]) -> None:
    flags = ["--minutes", "0.001", "--objectives", "sequence,token", "--json", "--quiet"]
    document = json.loads(CliRunner().invoke(build(), [*command, *flags]).stdout)
    assert document["steps"] >= 1
    assert document["pairs"] == 8
    assert set(document["figures"]) >= {"loss", "sequence", "token", "gradient_norm"}


def test_says_what_was_skipped_and_waited_for(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from vecocli.training import result as module

    monkeypatch.setattr("vecocli.console.LOG_SECONDS", 0.0)
    monkeypatch.setattr(module, "share_of", lambda part, whole: 0.25)
    broken = iter((["the gradient"], [], ["the gradient"]))
    monkeypatch.setattr("vecocli.training.loop.not_finite", lambda figures, norm: next(broken))
    result = CliRunner().invoke(build(), [*command, "--steps", "3"])
    assert result.exit_code == 0, result.output
    assert "2 of the steps were skipped: their loss or gradient was not finite." in result.stdout
    assert "25 % of the time went by in waiting for data." in result.stdout
    assert "training 1/3 skipped 1" in result.stderr


def test_a_dry_run_shows_the_plan(command: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(build(), [*command, "--steps", "6", "--dry-run"])
    assert result.exit_code == 0, result.output
    cells = {
        line.split("│")[1].strip(): line.split("│")[2].strip() for line in result.stdout.splitlines() if "│" in line
    }
    assert cells["steps"] == "6 of 4 sentence pairs"
    assert cells["forward passes"].startswith("5.0 inputs for each pair")
    assert cells["memory"].count("MB") == 5
    assert "24 │ 3.00" in result.stdout
    assert "Nothing was written." in result.stdout
    assert not (tmp_path / "run").exists()


def test_a_dry_run_as_json(command: list[str]) -> None:
    result = CliRunner().invoke(build(), [*command, "--steps", "6", "--dry-run", "--json"])
    document = json.loads(result.stdout)
    assert (document["steps"], document["languages"][0]["planned"]) == (6, 24)


def test_shows_what_was_read(command: list[str]) -> None:
    result = CliRunner().invoke(build(), [*command, "--steps", "4"])
    row = next(line for line in result.stdout.splitlines() if "en-de" in line)
    assert [cell.strip() for cell in row.strip("│ ").split("│")] == ["en-de", "8", "100.0", "16", "16", "2.00"]

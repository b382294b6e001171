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
    from vecocli.training import pretrain as module

    monkeypatch.setattr("vecocli.console.LOG_SECONDS", 0.0)
    monkeypatch.setattr(module, "share_of", lambda part, whole: 0.25)
    monkeypatch.setattr("vecocli.training.loop.not_finite", lambda figures, norm: ["the gradient"])
    result = CliRunner().invoke(build(), [*command, "--steps", "2"])
    assert result.exit_code == 0, result.output
    assert "2 of the steps were skipped: their loss or gradient was not finite." in result.stdout
    assert "25 % of the time went by in waiting for data." in result.stdout
    assert "training 1/2 skipped 1" in result.stderr

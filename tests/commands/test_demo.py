import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from vecocli.app import build
from vecocli.config.demo import DemoConfig
from vecocli.demo import run as demo
from vecocli.demo.measure import ModelScores, Score
from vecocli.errors import Interrupted


@pytest.fixture(autouse=True)
def instant(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def run(config: DemoConfig, stage: Any) -> demo.DemoResult:
        with stage("train: all", "veco pretrain mined") as progress:
            progress(1, 1)
        with stage("fetch", ""):
            pass
        scores = ModelScores({"de": Score(10, 20, 30), "fr": Score(20, 40, 50)}, 1, 2)
        return demo.DemoResult({"before": scores, "all objectives": scores}, tmp_path / "chart.png")

    monkeypatch.setattr(demo, "run_demo", run)


def test_shows_one_table_and_the_commands() -> None:
    result = CliRunner().invoke(build(), ["demo"])
    assert result.exit_code == 0, result.output
    assert re.search(r"average +│ +15.0 · +15.0 +│ +30.0 · +30.0 +│ +40.0 · +40.0", result.stdout)
    assert "$ veco pretrain mined" in result.stderr
    assert "$" not in result.stdout


def test_prints_one_document() -> None:
    document = json.loads(CliRunner().invoke(build(), ["demo", "--json"]).stdout)
    assert document["arms"]["before"]["average"] == {"forward": 15, "backward": 30, "synonyms": 40}


def test_ctrl_c_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(config: DemoConfig, stage: Any) -> demo.DemoResult:
        raise Interrupted("stopped after step 3; a checkpoint was written", "Add --resume auto.")

    monkeypatch.setattr(demo, "run_demo", stopped)
    result = CliRunner().invoke(build(), ["demo"])
    assert result.exit_code == 130
    assert "stopped after step 3" in result.stderr
    assert "same command again" in result.stderr

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vecocli.config.demo import DemoConfig
from vecocli.demo import run as demo
from vecocli.demo.chart import draw
from vecocli.demo.data import DemoData, LanguageData
from vecocli.demo.measure import ModelScores, Score
from vecocli.errors import MissingError, UsageError
from vecocli.progress import Progress, silent

WORDS = {
    "de": {"cat": "Katze", "house": "Haus", "dog": "Hund", "garden": "Garten", "sees": "sieht", "red": "rote"},
    "fr": {"cat": "chat", "house": "maison", "dog": "chien", "garden": "jardin", "sees": "voit", "red": "rouge"},
}


def sentences(words: dict[str, str], nouns: list[str]) -> list[tuple[str, str]]:
    return [
        (f"The {a} sees the red {b} {number}.", f"{words[a]} {words['sees']} {words['red']} {words[b]} {number}.")
        for number, a in enumerate(nouns)
        for b in nouns
        if a != b
    ]


@pytest.fixture
def data(tmp_path: Path) -> DemoData:
    languages = {}
    for code, words in WORDS.items():
        folder = tmp_path / "data" / code
        folder.mkdir(parents=True)
        pairs = sentences(words, ["cat", "house", "dog", "garden"])
        tables = {"train": pairs[:9], "heldout": pairs[9:], "dictionary": [(*item, "test") for item in words.items()]}
        for name, rows in tables.items():
            (folder / f"{name}.tsv").write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
        paths = [folder / f"{name}.tsv" for name in tables]
        languages[code] = LanguageData(code, *paths, 9, 3, 6)
    return DemoData(tmp_path / "data", languages, ())


class Stages:
    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    @contextmanager
    def __call__(self, title: str, command: str) -> Iterator[Progress]:
        self.seen.append((title, command))
        yield silent


@pytest.fixture
def config(tmp_path: Path, data: DemoData, monkeypatch: pytest.MonkeyPatch) -> DemoConfig:
    monkeypatch.setattr(demo, "prepare", lambda progress: data)
    return DemoConfig(out=tmp_path / "demo", minutes=0.03, batch_size=4)


def test_runs_all_the_way_and_goes_on_where_it_stopped(config: DemoConfig) -> None:
    stages = Stages()
    result = demo.run_demo(config, stages)
    assert list(result.arms) == ["before", "MLM+TLM only", "all objectives"]
    assert set(result.arms["before"].languages) == {"de", "fr"}
    assert result.chart.read_bytes().startswith(b"\x89PNG")
    assert json.loads((config.out / "result.json").read_text()) == json.loads(json.dumps(result.document()))
    commands = [command for _, command in stages.seen]
    assert sum(command.startswith("veco mine-synonyms") for command in commands) == 2
    assert sum(command.startswith("veco pretrain") for command in commands) == 3
    assert "--objectives mlm,tlm " in commands[4]
    before = (config.out / "mlm-tlm" / "metrics.jsonl").read_bytes()
    assert demo.run_demo(config, Stages()).arms == result.arms
    assert (config.out / "mlm-tlm" / "metrics.jsonl").read_bytes() == before


def test_both_arms_start_from_the_same_weights_and_move(config: DemoConfig) -> None:
    demo.run_demo(config, Stages())
    runs = [config.out / name for name in ("start", "mlm-tlm", "mlm-tlm-sequence-token")]
    weights = [(run / "model.safetensors").read_bytes() for run in runs]
    assert len(set(weights)) == 3
    assert all("model: " + str(runs[0]) in (run / "run.yaml").read_text() for run in runs[1:])


def test_a_folder_of_other_settings_or_of_someone_else(config: DemoConfig) -> None:
    demo._claim(config)
    with pytest.raises(UsageError, match="other settings"):
        demo._claim(config.model_copy(update={"seed": 1}))
    (config.out / "old").touch()
    demo._claim(config.model_copy(update={"seed": 1, "overwrite": True}))
    assert not (config.out / "old").exists()
    (config.out / "run.yaml").unlink()
    (config.out / "thesis.tex").touch()
    with pytest.raises(UsageError, match="not a demo's folder"):
        demo._claim(config.model_copy(update={"overwrite": True}))
    assert (config.out / "thesis.tex").exists()


def test_starts_from_e5(config: DemoConfig, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "prepare_e5", lambda progress: tiny_model)
    assert demo._start(config.model_copy(update={"encoder": "e5"}), Stages()) == tiny_model


def test_says_that_matplotlib_is_missing(config: DemoConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingError, match="matplotlib"):
        demo.run_demo(config, Stages())
    assert not config.out.exists()


def test_scores_average_over_languages(tmp_path: Path) -> None:
    scores = ModelScores({"de": Score(10, 20, 30), "fr": Score(20, 40, 50)}, 1, 2)
    assert scores.average() == Score(15, 30, 40)
    assert scores.average().retrieval == 22.5
    result = demo.DemoResult({"before": scores}, tmp_path / "chart.png")
    assert result.rows() == [("de", [[10], [20], [30]]), ("fr", [[20], [40], [50]]), ("average", [[15], [30], [40]])]
    draw(result.arms, result.chart)
    assert result.chart.stat().st_size > 1000

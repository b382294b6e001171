"""The demo: mine, train with and without the alignments, compare on held-out sentences."""

import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vecocli.config.base import read_yaml
from vecocli.config.demo import DemoConfig
from vecocli.config.mining import MineConfig
from vecocli.config.pretraining import PretrainConfig
from vecocli.demo.chart import draw, require_matplotlib
from vecocli.demo.data import DemoData, LanguageData, prepare
from vecocli.demo.e5 import prepare_e5
from vecocli.demo.measure import ModelScores, measure
from vecocli.errors import UsageError
from vecocli.mining.synonyms import mine_synonyms
from vecocli.progress import Progress
from vecocli.text.files import atomic_write
from vecocli.training.pretrain import pretrain

ARMS = {"MLM+TLM only": "mlm,tlm", "all objectives": "mlm,tlm,sequence,token"}
BEFORE = "before"
MAX_LENGTH = 48
"""Sub-words of a sentence that training reads: 98 % of the demo's sentences are shorter."""
HELD_OUT = 500
"""Held-out sentence pairs per language that the models are compared on."""
_LIKEWISE = "   # and so on for each language"

Stage = Callable[[str, str], AbstractContextManager[Progress]]
"""Announces a stage by (what is done, the command it stands for); the context gives where to report progress."""


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo found.

    Args:
        arms: `before`, `MLM+TLM only` and `all objectives`, each with its scores.
        chart: The chart's PNG.
    """

    arms: Mapping[str, ModelScores]
    chart: Path

    def rows(self) -> list[tuple[str, list[list[float]]]]:
        """Per language, and for their average: retrieval en→xx, xx→en and synonyms, each with one score per arm."""
        languages = [*next(iter(self.arms.values())).languages, "average"]
        scores = {name: [arm.languages.get(name) or arm.average() for arm in self.arms.values()] for name in languages}
        parts = ("forward", "backward", "synonyms")
        return [(name, [[getattr(score, part) for score in row] for part in parts]) for name, row in scores.items()]

    def document(self) -> dict[str, Any]:
        """The result as JSON values; also written to result.json."""
        arms = {arm: {**asdict(scores), "average": asdict(scores.average())} for arm, scores in self.arms.items()}
        return {"arms": arms, "chart": str(self.chart)}


def run_demo(config: DemoConfig, stage: Stage) -> DemoResult:
    """Run every stage that is not done yet.

    Args:
        config: The demo's settings.
        stage: Announces stages.

    Raises:
        VecoError: No network and nothing cached, missing extras, or an output folder of other settings.
    """
    require_matplotlib()
    _claim(config)
    with stage("fetch real sentences and dictionaries (58 MB, once)", "") as progress:
        data = prepare(progress=progress)
    held_out = _mine(config, data, stage)
    start = _start(config, stage)
    models = {BEFORE: start, **{arm: _train(config, start, arm, stage) for arm in ARMS}}
    arms = {}
    for arm, model in models.items():
        with stage(f"measure: {arm}", _measure_commands(model, data, held_out)) as progress:
            arms[arm] = measure(model, held_out, HELD_OUT, progress)
    result = DemoResult(arms, config.out / "chart.png")
    draw(arms, result.chart)
    with atomic_write(config.out / "result.json", "w") as stream:
        stream.write(json.dumps(result.document(), indent=1) + "\n")
    return result


def _claim(config: DemoConfig) -> None:
    """Take the output folder, or go on in it."""
    file = config.out / "run.yaml"
    if config.out.exists() and any(config.out.iterdir()):
        if not file.exists():
            raise UsageError(f"{config.out} is not a demo's folder", "Choose another --out.")
        if config.overwrite:
            shutil.rmtree(config.out)
        elif DemoConfig.resolve(read_yaml(file)) != config:
            raise UsageError(f"{config.out} holds a demo with other settings", "Add --overwrite or another --out.")
    config.out.mkdir(parents=True, exist_ok=True)
    config.model_copy(update={"overwrite": False}).write(file)


def _mine(config: DemoConfig, data: DemoData, stage: Stage) -> dict[str, Path]:
    """Mine every language's training and held-out pairs; returns language -> folder of the held-out ones."""
    languages = ", ".join(f"en-{language}" for language in data.languages)
    for part, pairs in (("mined", "training pairs"), ("held-out", "held-out pairs")):
        settings = [_mine_settings(config, files, part) for files in data.languages.values()]
        command = settings[0].command_line("mine-synonyms") + _LIKEWISE
        with stage(f"mine synonyms of the {pairs}: {languages}", command) as progress:
            for done, one in enumerate(settings, 1):
                mine_synonyms(one)
                progress(done, len(settings))
    return {language: one.out for language, one in zip(data.languages, settings, strict=True)}


def _mine_settings(config: DemoConfig, files: LanguageData, part: str) -> MineConfig:
    return MineConfig(
        corpus=(files.train if part == "mined" else files.held_out,),
        source="en",
        target=files.language,
        dictionary=(files.dictionary,),
        out=config.out / part / f"en-{files.language}",
    )


def _start(config: DemoConfig, stage: Stage) -> Path:
    """The encoder that both arms start from."""
    if config.encoder == "e5":
        with stage("fetch multilingual-e5-small (66 MB, once)", "") as progress:
            return prepare_e5(progress=progress)
    out = config.out / "start"
    settings = PretrainConfig(
        mined=(config.out / "mined",), out=out, from_scratch="small", steps=0, seed=config.seed, resume="auto"
    )
    with stage("make a new encoder and its tokenizer", settings.command_line("pretrain")):
        return pretrain(settings).folder


def _train(config: DemoConfig, start: Path, arm: str, stage: Stage) -> Path:
    """Train one arm: same start, same order of the data, same time."""
    settings = PretrainConfig(
        mined=(config.out / "mined",),
        out=config.out / ARMS[arm].replace(",", "-"),
        model=str(start),
        objectives=ARMS[arm],
        minutes=config.minutes,
        learning_rate=config.learning_rate or (2e-5 if config.encoder == "e5" else 1e-3),
        token_links="both" if config.encoder == "e5" else "dictionary",
        batch_size=config.batch_size,
        max_length=MAX_LENGTH,
        seed=config.seed,
        resume="auto",
    )
    seconds = round(60 * config.minutes)
    with stage(f"train: {arm}", settings.command_line("pretrain")) as progress:
        result = pretrain(settings, lambda report: progress(round(report.figures["seconds"]), seconds))
    return result.folder


def _measure_commands(model: Path, data: DemoData, held_out: Mapping[str, Path]) -> str:
    language, files = next(iter(data.languages.items()))
    corpus = f"{files.held_out} --source en --target {language}"
    return (
        f"veco evaluate retrieval {model} {corpus} --layer all --limit {HELD_OUT}{_LIKEWISE}\n"
        f"  $ veco evaluate synonyms {model} {held_out[language]} --limit {HELD_OUT}{_LIKEWISE}"
    )

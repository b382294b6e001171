"""Tasks that models are fine-tuned for: from a model and a data folder to a result for each language and seed."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vecocli.benchmark.digest import SCORING, digest, of_examples, of_model
from vecocli.benchmark.result import Result, place, read, record
from vecocli.benchmark.submission import predictions_of, write_predictions
from vecocli.config.base import read_yaml
from vecocli.config.finetuning import FinetuneConfig
from vecocli.config.xtreme import XtremeConfig
from vecocli.encoder.devices import best_device
from vecocli.encoder.task_model import TaskModel
from vecocli.errors import MissingError, UsageError
from vecocli.progress import Progress
from vecocli.training.finetune import finetune
from vecocli.training.loop import Report
from vecocli.training.task_data import answered
from vecocli.xtreme.data import Found
from vecocli.xtreme.feature import Lengths
from vecocli.xtreme.kinds import head_of, predict, score
from vecocli.xtreme.task import TunedTask

MODELS = "models"
Meter = Callable[[str], AbstractContextManager[Progress]]
"""Shows the progress of something by its name."""


@dataclass(frozen=True, slots=True)
class Test:
    """The examples of a language to be scored.

    Args:
        language: Canonical code.
        found: Where they came from; the examples are as many as asked for.
        digest: Of the examples.
        scored: Whether they come with labels.
    """

    language: str
    found: Found[Any]
    digest: str
    scored: bool


class Tuned:
    """The fine-tuned model of a task and seed: given, made before, or to be made now.

    Args:
        config: Of the evaluation.
        task: The task.
        seed: Of the fine-tuning.
    """

    def __init__(self, config: XtremeConfig, task: TunedTask, seed: int) -> None:
        self._config, self._task, self._seed = config, task, seed

    def ready(self, meter: Meter, note: Callable[[str], None]) -> Path:
        """Return the model's folder, after fine-tuning it where that was not done.

        Raises:
            VecoError: Whatever stops a fine-tuning.
        """
        given = self._given()
        if given is not None:
            return given
        config = self._config
        if config.out is None or config.model is None:
            hint = f"Give its folder with --finetuned {self._task.name}=DIR, or --out DIR to fine-tune into."
            raise UsageError(f"{self._task.name} needs a fine-tuned model", hint)
        name = self._task.recipe.trained_on
        settings: dict[str, Any] = {
            **config.finetune,
            "task": self._task.recipe.task,
            "model": config.model,
            "data": config.data,
            "out": config.out / MODELS / f"{name}-{self._seed}",
            "seed": self._seed,
            "resume": "auto",
            "trust_remote_code": config.trust_remote_code,
        }
        with meter(f"fine-tuning {name}, seed {self._seed}") as progress:

            def report(steps: int, one: Report) -> None:
                progress(one.step, steps)

            return finetune(FinetuneConfig.resolve(settings), report, note).folder

    def _given(self) -> Path | None:
        """The folder that --finetuned names: a model's, or one of several seeds."""
        shared = (self._task.name, self._task.recipe.trained_on)
        named = next((self._config.finetuned[name] for name in shared if name in self._config.finetuned), None)
        if named is None:
            return None
        own = Path(named) / f"seed-{self._seed}"
        folder = own if own.is_dir() else Path(named)
        if not (folder / "config.json").is_file():
            raise MissingError(
                f"--finetuned {self._task.name}: {folder} holds no model", "Give a run of veco finetune."
            )
        if folder != own and len(self._config.seeds) > 1:
            hint = "Give the --out of `veco finetune --seeds`, or evaluate one seed."
            raise UsageError(f"--finetuned {self._task.name}: {folder} is one model, and there are several seeds", hint)
        return folder


def tests_of(task: TunedTask, config: XtremeConfig, languages: Sequence[str] = ()) -> tuple[list[Test], dict[str, str]]:
    """Read a task's test data.

    Args:
        task: The task.
        config: Of the evaluation.
        languages: Languages that must be there; none for all of the task that are.

    Returns:
        The tests, and why each other language is missing.

    Raises:
        DataError: A malformed file.
        MissingError: An asked language is not there, or none is.
    """
    tests: list[Test] = []
    missing: dict[str, str] = {}
    for language in languages or task.languages:
        try:
            found = task.read(config.data, language, config.split)
        except MissingError as error:
            if languages:
                raise
            missing[language] = f"{error.message}. {error.hint}"
            continue
        examples = found.examples[: config.most]
        scored = bool(examples) and all(map(answered, examples))
        tests.append(Test(language, Found(examples, found.files, found.layout), of_examples(examples), scored))
    if not tests:
        raise MissingError(f"{config.data} has no {config.split} data of {task.name}", next(iter(missing.values())))
    return tests, missing


def run_tuned(
    task: TunedTask,
    tests: Sequence[Test],
    config: XtremeConfig,
    seed: int,
    meter: Meter,
    note: Callable[[str], None],
) -> Iterator[Result]:
    """Let a task's model answer its tests; what is done already, with the same model, data and settings, is read.

    Args:
        task: The task.
        tests: What to answer.
        config: Of the evaluation.
        seed: Of the fine-tuning.
        meter: Shows progress.
        note: Told what a user should know.

    Yields:
        A result for each test whose labels are known.

    Raises:
        VecoError: The model cannot be had, or the folder of results has others.
    """
    folder = Tuned(config, task, seed).ready(meter, note)
    model_digest, model = of_model(folder), None
    length = config.max_length or trained_length(folder) or task.recipe.max_length
    settings = {"max_length": length, "precision": config.precision, "split": config.split, "limit": config.most}
    for test in tests:
        key = digest(SCORING, task.name, test.language, test.digest, model_digest, settings)
        predicted = None if config.out is None else predictions_of(config.out, seed, task.name, test.language)
        known = found_already(config, task.name, test.language, seed, key)
        if known and predicted and predicted.exists():
            yield known
            continue
        model = model or _opened(task, folder, config)
        begun = time.monotonic()
        lengths = Lengths(min(length, model.encoder.max_length))
        with meter(f"{task.name} {test.language}") as progress:
            values = predict(task, model, test.found.examples, lengths, progress)
        if predicted is not None:
            write_predictions(task, predicted, test.found.examples, values.values)
        if not test.scored:
            continue
        measures = score(task, test.found.examples, values.values, test.language)
        yield record(
            config.out,
            measures,
            time.monotonic() - begun,
            task=task.name,
            language=test.language,
            seed=seed,
            n=len(test.found.examples),
            truncated=values.truncated,
            model={"name": config.model, "digest": model_digest, "finetuned": str(folder)},
            data={"layout": test.found.layout, "files": list(test.found.files), "digest": test.digest},
            settings=settings,
            key=key,
        )


def found_already(config: XtremeConfig, task: str, language: str, seed: int, key: str) -> Result | None:
    """Return a result that is there, if it is of the same model, data and settings.

    Raises:
        UsageError: It is of others, and may not be replaced.
    """
    if config.out is None:
        return None
    path = place(config.out, task, language, seed)
    if not path.exists():
        return None
    known = read(path)
    if known.key == key:
        return known
    if not config.overwrite:
        message = f"{path} is a result of another model, other data or other settings"
        raise UsageError(message, "Choose another --out, or replace it with --overwrite.")
    return None


def trained_length(folder: Path) -> int | None:
    """Return how long inputs were when a model was fine-tuned, where its run.yaml says so."""
    file = folder / "run.yaml"
    length = read_yaml(file).get("max_length") if file.exists() else None
    return length if isinstance(length, int) else None


def _opened(task: TunedTask, folder: Path, config: XtremeConfig) -> TaskModel:
    model = TaskModel.load(folder, head_of(task), trust_remote_code=config.trust_remote_code)
    model.precision = config.precision
    return model.to(best_device()).eval()

"""Tasks that models are fine-tuned for: from a model and a data folder to a result for each language and seed."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vecocli.benchmark.digest import SCORING, digest, of_examples, of_model
from vecocli.benchmark.models import Meter, Tuned, trained_length
from vecocli.benchmark.result import Result, place, read, record
from vecocli.benchmark.submission import guesses_of, predictions_of, write_guesses, write_predictions
from vecocli.config.xtreme import XtremeConfig
from vecocli.encoder.devices import best_device
from vecocli.encoder.task_model import TaskModel
from vecocli.errors import UsageError
from vecocli.text.files import atomic_write
from vecocli.training.task_data import answered
from vecocli.xtreme.data import Found
from vecocli.xtreme.each import read_each
from vecocli.xtreme.feature import Lengths
from vecocli.xtreme.kinds import Predicted, head_of, predict, score
from vecocli.xtreme.task import TunedTask

WITHHELD = ".withheld"
"""How the file ends that stands for a result where labels are withheld: it holds the key."""


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

    def read_one(language: str) -> Test:
        found = task.read(config.data, language, config.split)
        examples = found.examples[: config.most]
        scored = bool(examples) and all(map(answered, examples))
        return Test(language, Found(examples, found.files, found.layout), of_examples(examples), scored)

    nothing = f"{config.data} has no {config.split} data of {task.name}"
    tests, missing = read_each(read_one, task.languages, languages, nothing)
    return list(tests.values()), missing


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
        done = predicted is not None and predicted.exists()
        if known and done:
            yield known
        if (known or _withheld(config, task.name, test.language, seed) == key) and done:
            continue
        model = model or _opened(task, folder, config)
        begun = time.monotonic()
        lengths = Lengths(min(length, model.encoder.max_length))
        with meter(f"{task.name} {test.language}") as progress:
            values = predict(task, model, test.found.examples, lengths, progress)
        _keep_predictions(config, task, test, seed, values)
        if not test.scored:
            _keep_withheld(config, task.name, test.language, seed, key)
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


def _keep_predictions(config: XtremeConfig, task: TunedTask, test: Test, seed: int, values: Predicted) -> None:
    """Write what was predicted, and all guesses for questions, where results are kept."""
    if config.out is None:
        return
    examples, place_of = test.found.examples, (config.out, seed, task.name, test.language)
    write_predictions(task, predictions_of(*place_of), examples, values.values)
    if values.guesses is not None:
        write_guesses(guesses_of(*place_of), examples, values.guesses)


def _withheld(config: XtremeConfig, task: str, language: str, seed: int) -> str:
    """The key of predictions that cannot be scored, where they were made."""
    path = None if config.out is None else place(config.out, task, language, seed).with_suffix(WITHHELD)
    return path.read_text(encoding="utf-8").strip() if path and path.is_file() else ""


def _keep_withheld(config: XtremeConfig, task: str, language: str, seed: int, key: str) -> None:
    if config.out is None:
        return
    path = place(config.out, task, language, seed).with_suffix(WITHHELD)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path, "w") as stream:
        stream.write(f"{key}\n")


def _opened(task: TunedTask, folder: Path, config: XtremeConfig) -> TaskModel:
    model = TaskModel.load(folder, head_of(task), trust_remote_code=config.trust_remote_code)
    model.precision = config.precision
    return model.to(best_device()).eval()

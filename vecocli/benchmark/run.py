"""A run of the benchmark: read all data, then task by task fine-tune where that is needed, predict and score."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vecocli import registry
from vecocli.benchmark.handed_in import score_mined, score_rows, score_tuned
from vecocli.benchmark.mined import MinedTest, mined_tests, run_mined
from vecocli.benchmark.models import Meter
from vecocli.benchmark.result import Result
from vecocli.benchmark.retrieval import run_retrieval
from vecocli.benchmark.submission import LAYOUT, check_new, copy_predictions
from vecocli.benchmark.tuned import Test, run_tuned, tests_of
from vecocli.config.xtreme import XtremeConfig
from vecocli.encoder.devices import best_device
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.inference import named_layers
from vecocli.errors import MissingError, UsageError
from vecocli.registry import did_you_mean
from vecocli.text.languages import canonical
from vecocli.xtreme.data import AlignedTexts
from vecocli.xtreme.evaluate import TaskResult, collect
from vecocli.xtreme.hub import is_hub
from vecocli.xtreme.metrics.averages import TASKS
from vecocli.xtreme.task import MinedTask, TunedTask, XtremeTask

AnyTask = TunedTask | MinedTask | XtremeTask
PACKAGE = "vecocli.xtreme.tasks"
WITHHELD = "its labels are withheld: predictions are written, nothing is scored"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run gave.

    Args:
        results: By task, language and seed.
        missing: Why languages have no result, by task and language.
        layers: Scores of every layer, by retrieval task.
    """

    results: list[Result] = field(default_factory=list)
    missing: dict[str, dict[str, str]] = field(default_factory=dict)
    layers: dict[str, TaskResult] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Work:
    """A task with its data."""

    task: AnyTask
    missing: dict[str, str]
    tests: Sequence[Test] = ()
    mined: Sequence[MinedTest] = ()
    texts: Mapping[str, AlignedTexts] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.tests or self.mined or self.texts)


def tasks_of(config: XtremeConfig) -> list[AnyTask]:
    """Return the tasks that are asked for, in the benchmark's order.

    Raises:
        UsageError: There is none of such a name, or none has one of the languages.
    """
    known = registry.names(PACKAGE)
    names = known if "all" in config.tasks else list(dict.fromkeys(config.tasks))
    tasks: list[AnyTask] = [registry.get(PACKAGE, name).TASK for name in names]
    spoken = sorted({language for task in tasks for language in task.languages})
    for language in config.languages:
        if canonical(language) not in spoken:
            raise UsageError(f"{', '.join(names)} has no language {language!r}", did_you_mean(language, spoken))
    return sorted(tasks, key=lambda task: TASKS.index(task.name))


def run(config: XtremeConfig, meter: Meter, note: Callable[[str], None]) -> Outcome:
    """Run tasks.

    Args:
        config: The resolved settings.
        meter: Shows progress.
        note: Told what a user should know.

    Raises:
        VecoError: Unusable settings, data or model; whatever stops a fine-tuning.
    """
    if config.submission is not None:
        check_new(config.submission)
    work = _read(config)
    outcome = Outcome(missing={one.task.name: one.missing for one in work if one.missing})
    encoder: Encoder | None = None
    if config.predictions is not None:
        return _handed_in(work, config, config.predictions, outcome, note)
    for one in work:
        if isinstance(one.task, TunedTask):
            for seed in config.seeds if one.tests else ():
                outcome.results.extend(run_tuned(one.task, one.tests, config, seed, meter, note))
            continue
        if one.empty:
            continue
        encoder = encoder or _encoder(config)
        layers = named_layers(encoder, config.layer)
        if isinstance(one.task, MinedTask):
            outcome.results.extend(run_mined(one.task, one.mined, config, encoder, layers, meter, note))
        else:
            found, scores = run_retrieval(one.task, one.texts, one.missing, config, encoder, layers, meter)
            outcome.results.extend(found)
            if scores is not None:
                outcome.layers[one.task.name] = scores
    if config.submission is not None and config.out is not None:
        copy_predictions(config.out, config.seeds[0], config.submission)
    return outcome


def _handed_in(
    work: Sequence[_Work], config: XtremeConfig, folder: Path, outcome: Outcome, note: Callable[[str], None]
) -> Outcome:
    """Score a folder of predictions.

    Raises:
        DataError: Predictions that do not fit the test.
        MissingError: It has none for these tasks and languages.
    """
    for one in work:
        if isinstance(one.task, TunedTask):
            results, missing = score_tuned(one.task, one.tests, config, folder, note)
        elif isinstance(one.task, MinedTask):
            results, missing = score_mined(one.task, one.mined, config, folder, note)
        else:
            results, missing = score_rows(one.task, one.texts, config, folder)
        outcome.results.extend(results)
        outcome.missing.setdefault(one.task.name, {}).update(missing)
    if not outcome.results:
        raise MissingError(f"{folder} has no predictions that can be scored", LAYOUT)
    return outcome


def _read(config: XtremeConfig) -> list[_Work]:
    """Read the data of all tasks, before anything is computed.

    Raises:
        MissingError: A task that was named has no data, or no task has.
    """
    work = []
    for task in tasks_of(config):
        languages = [code for code in map(canonical, config.languages) if code in task.languages]
        try:
            work.append(_read_task(task, config, languages))
        except MissingError as error:
            if "all" not in config.tasks:
                raise
            missing = dict.fromkeys(languages or task.languages, f"{error.message}. {error.hint}")
            work.append(_Work(task, missing))
    if all(one.empty for one in work):
        reasons = [reason for one in work for reason in one.missing.values() if is_hub(config.data)]
        hint = next(iter(reasons), "See docs/tasks.md for the files.")
        raise MissingError(f"{config.data} has no data of XTREME for this", hint)
    return work


def _read_task(task: AnyTask, config: XtremeConfig, languages: list[str]) -> _Work:
    if config.languages and not languages:
        return _Work(task, {})
    if isinstance(task, TunedTask):
        tests, missing = tests_of(task, config, languages)
        withheld = {test.language: WITHHELD for test in tests if not test.scored}
        return _Work(task, missing | withheld, tests=tests)
    if isinstance(task, MinedTask):
        mined, missing = mined_tests(task, config, languages)
        return _Work(task, missing, mined=mined)
    texts, missing = collect(task, config.data, languages)
    return _Work(task, missing, texts={code: _first(one, config.most) for code, one in texts.items()})


def _first(texts: AlignedTexts, most: int | None) -> AlignedTexts:
    return AlignedTexts(texts.english[:most], texts.foreign[:most], texts.layout)


def _encoder(config: XtremeConfig) -> Encoder:
    assert config.model is not None  # or there are --predictions
    return Encoder.load(config.model, trust_remote_code=config.trust_remote_code).to(best_device())

"""A run of the benchmark: read all data, then task by task fine-tune where that is needed, predict and score."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from vecocli import registry
from vecocli.benchmark.result import Result
from vecocli.benchmark.retrieval import run_retrieval
from vecocli.benchmark.tuned import Meter, Test, run_tuned, tests_of
from vecocli.config.evaluation import XtremeConfig
from vecocli.encoder.devices import best_device
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.inference import named_layers
from vecocli.errors import MissingError, UsageError
from vecocli.registry import did_you_mean
from vecocli.text.languages import canonical
from vecocli.xtreme.data import AlignedTexts
from vecocli.xtreme.evaluate import TaskResult, collect
from vecocli.xtreme.metrics.averages import TASKS
from vecocli.xtreme.task import TunedTask, XtremeTask

AnyTask = TunedTask | XtremeTask
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
    tests: list[Test]
    texts: Mapping[str, AlignedTexts]
    missing: dict[str, str]


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
    work = _read(config)
    outcome = Outcome(missing={one.task.name: one.missing for one in work if one.missing})
    encoder: Encoder | None = None
    for one in work:
        if isinstance(one.task, TunedTask):
            for seed in config.seeds if one.tests else ():
                outcome.results.extend(run_tuned(one.task, one.tests, config, seed, meter, note))
        elif one.texts:
            encoder = encoder or _encoder(config)
            layers = named_layers(encoder, config.layer)
            found, scores = run_retrieval(one.task, one.texts, one.missing, config, encoder, layers, meter)
            outcome.results.extend(found)
            if scores is not None:
                outcome.layers[one.task.name] = scores
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
            work.append(_Work(task, [], {}, missing))
    if not any(one.tests or one.texts for one in work):
        raise MissingError(f"{config.folder} has no data of XTREME for this", "See docs/tasks.md for the files.")
    return work


def _read_task(task: AnyTask, config: XtremeConfig, languages: list[str]) -> _Work:
    if config.languages and not languages:
        return _Work(task, [], {}, {})
    if isinstance(task, TunedTask):
        tests, missing = tests_of(task, config, languages)
        withheld = {test.language: WITHHELD for test in tests if not test.scored}
        return _Work(task, tests, {}, missing | withheld)
    texts, missing = collect(task, config.folder, languages)
    return _Work(task, [], {code: _first(one, config.most) for code, one in texts.items()}, missing)


def _first(texts: AlignedTexts, most: int | None) -> AlignedTexts:
    return AlignedTexts(texts.english[:most], texts.foreign[:most], texts.layout)


def _encoder(config: XtremeConfig) -> Encoder:
    if config.model is None:
        raise UsageError("MODEL is missing", "Give a folder or a Hub name.")
    return Encoder.load(config.model, trust_remote_code=config.trust_remote_code).to(best_device())

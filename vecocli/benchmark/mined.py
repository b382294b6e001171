"""BUCC: from an encoder and a data folder to a result for each language; the threshold is fitted on dev only."""

import time
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from vecocli.benchmark.digest import SCORING, digest, of_examples
from vecocli.benchmark.models import Meter
from vecocli.benchmark.result import Result, record
from vecocli.benchmark.retrieval import LENGTH, retrieval_settings
from vecocli.benchmark.submission import predictions_of, write_pairs
from vecocli.benchmark.tuned import found_already
from vecocli.config.xtreme import XtremeConfig
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.lengths import count_truncated
from vecocli.errors import DataError, MissingError
from vecocli.progress import Progress
from vecocli.xtreme.candidates import find_candidates
from vecocli.xtreme.data import MixedTexts
from vecocli.xtreme.each import read_each
from vecocli.xtreme.metrics.f1 import f1_of_counts, f1_score
from vecocli.xtreme.metrics.mined import Candidates, Pair, best_threshold, take
from vecocli.xtreme.mine import Retrieval
from vecocli.xtreme.score import Measure, Protocol, Scores
from vecocli.xtreme.task import MinedTask

ON_ITSELF = "the threshold was fitted on the scored data itself, for want of test data"
CHOSEN: dict[Protocol, Retrieval] = {"xtreme": "max", "sane": "intersect"}


@dataclass(frozen=True, slots=True)
class MinedTest:
    """The data of a language.

    Args:
        language: Canonical code.
        dev: What the threshold is fitted on.
        test: What is scored; dev itself where there is no test.
        files: What was read.
    """

    language: str
    dev: MixedTexts
    test: MixedTexts
    files: tuple[str, ...]

    @property
    def layout(self) -> str:
        """How the data are to be understood."""
        return ON_ITSELF if self.test is self.dev else "threshold fitted on dev"


def mined_tests(
    task: MinedTask, config: XtremeConfig, languages: Sequence[str] = ()
) -> tuple[list[MinedTest], dict[str, str]]:
    """Read a task's data; arguments and errors as in `tests_of`."""

    def read_one(language: str) -> MinedTest:
        dev, files = task.read(config.data, language, "dev")
        if not dev.gold:
            hint = "The threshold is fitted on it: put the .gold file there."
            raise DataError(f"the development set of {task.name} for {language} has no gold", hint)
        if config.split == "test":
            with suppress(MissingError):
                test, more = task.read(config.data, language, "test")
                return MinedTest(language, dev, test, (*files, *more))
        return MinedTest(language, dev, dev, files)

    tests, missing = read_each(read_one, task.languages, languages, f"{config.data} has no data of {task.name}")
    return list(tests.values()), missing


def data_digest(one: MinedTest) -> str:
    """Digest of what is scored, and of what the threshold is fitted on."""
    return digest(of_examples([_plain(one.dev), _plain(one.test)]))


def run_mined(
    task: MinedTask,
    tests: Sequence[MinedTest],
    config: XtremeConfig,
    encoder: Encoder,
    layers: Sequence[int],
    meter: Meter,
    note: Callable[[str], None],
) -> Iterator[Result]:
    """Mine and score; of several layers the one that is best on dev is read. What is done already is read.

    Yields:
        A result for each language whose gold is known.

    Raises:
        UsageError: The folder of results has others.
    """
    fingerprint = encoder.fingerprint(-1)
    for one in tests:
        data = data_digest(one)
        settings = retrieval_settings(config, layers[0]) | {"layers": list(layers)}
        key = digest(SCORING, task.name, one.language, data, fingerprint, settings)
        known = found_already(config, task.name, one.language, 0, key)
        if known:
            yield known
            continue
        begun = time.monotonic()
        with meter(f"{task.name} {one.language}") as progress:
            measures, chosen, layer = _mined(one, config, encoder, layers, progress)
        if config.out is not None:
            write_pairs(predictions_of(config.out, 0, task.name, one.language), chosen)
        if measures is None:
            note(f"{task.name} {one.language}: the gold is withheld; predictions are written, nothing is scored.")
            continue
        sentences = [*one.test.foreign.values(), *one.test.english.values()]
        yield record(
            config.out,
            measures,
            time.monotonic() - begun,
            task=task.name,
            language=one.language,
            seed=0,
            n=len(one.test.gold or ()),
            truncated=count_truncated(encoder, sentences, config.max_length or LENGTH),
            model={"name": config.model, "digest": fingerprint},
            data={"layout": one.layout, "files": list(one.files), "digest": data},
            settings={**settings, "layer": layer, "split": "dev" if one.test is one.dev else "test"},
            key=key,
        )


def _mined(
    one: MinedTest, config: XtremeConfig, encoder: Encoder, layers: Sequence[int], progress: Progress
) -> tuple[Scores | None, set[Pair], int]:
    """Return scores, XTREME's pairs, and the layer that was best on dev."""

    def candidates(texts: MixedTexts, at: Sequence[int]) -> list[dict[Retrieval, Candidates]]:
        return find_candidates(
            encoder,
            texts,
            layers=at,
            pooling=config.pooling,
            max_length=config.max_length or LENGTH,
            precision=config.precision,
            progress=progress,
        )

    gold = one.dev.gold or frozenset()
    on_dev = candidates(one.dev, layers)
    slot = max(range(len(layers)), key=lambda at: best_threshold(on_dev[at]["max"], gold).f1)
    on_test = on_dev[slot] if one.test is one.dev else candidates(one.test, [layers[slot]])[0]
    pairs = {
        protocol: take(on_test[way], best_threshold(on_dev[slot][way], gold).value) for protocol, way in CHOSEN.items()
    }
    if one.test.gold is None:
        return None, pairs["xtreme"], layers[slot]
    scores = {protocol: measure_of(found, one.test.gold, list(one.test.foreign)) for protocol, found in pairs.items()}
    return scores, pairs["xtreme"], layers[slot]


def measure_of(found: Set[Pair], gold: Set[Pair], foreign: Sequence[str]) -> dict[str, Measure]:
    """Score mined pairs; what is resampled are the foreign sentences.

    Args:
        found: The pairs.
        gold: Those that are right.
        foreign: Ids of all foreign sentences.
    """
    places = {name: place for place, name in enumerate(foreign)}
    counts = np.zeros((len(foreign), 3))
    for column, pairs in enumerate((found & gold, found, gold)):
        for name, _ in pairs:
            counts[places[name], column] += 1
    whole = f1_score(len(found & gold), len(found), len(gold))
    f1 = Measure(float(f1_of_counts(counts.sum(0))), counts, "f1")
    return {"f1": f1, "precision": Measure(whole.precision), "recall": Measure(whole.recall)}


@dataclass(frozen=True, slots=True)
class _Plain:
    """Texts as JSON can write them."""

    foreign: dict[str, str]
    english: dict[str, str]
    gold: list[Pair] | None


def _plain(texts: MixedTexts) -> _Plain:
    return _Plain(texts.foreign, texts.english, None if texts.gold is None else sorted(texts.gold))

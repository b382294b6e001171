"""Tatoeba: from an encoder and a data folder to a result for each language, at one layer."""

import time
from collections.abc import Mapping

from torch import Tensor

from vecocli.benchmark.digest import SCORING, digest, of_texts
from vecocli.benchmark.models import Meter
from vecocli.benchmark.result import Result, record
from vecocli.benchmark.submission import predictions_of, write_rows
from vecocli.benchmark.tuned import found_already
from vecocli.config.xtreme import XtremeConfig
from vecocli.encoder.encoder import Encoder
from vecocli.xtreme.data import AlignedTexts
from vecocli.xtreme.evaluate import TaskResult, evaluate_task
from vecocli.xtreme.metrics.f1 import Floats
from vecocli.xtreme.score import Measure, Scores
from vecocli.xtreme.task import XtremeTask

LENGTH = 512
"""Sub-words of a sentence, where --max-length does not say."""


def retrieval_settings(config: XtremeConfig, layer: int) -> dict[str, object]:
    """What the scores of retrieval depend on besides model and data."""
    length = config.max_length or LENGTH
    return {"layer": layer, "pooling": config.pooling, "max_length": length, "precision": config.precision}


def run_retrieval(
    task: XtremeTask,
    texts: Mapping[str, AlignedTexts],
    missing: Mapping[str, str],
    config: XtremeConfig,
    encoder: Encoder,
    layers: list[int],
    meter: Meter,
) -> tuple[list[Result], TaskResult | None]:
    """Score a retrieval task.

    Where several layers are asked for, the results are those of the one that is best on the scored data itself.

    Args:
        task: The task.
        texts: Its data by language.
        missing: Why other languages are not there.
        config: Of the evaluation.
        encoder: The encoder.
        layers: Layers to read.
        meter: Shows progress.

    Returns:
        The results, and the scores of every layer; None where all was done already.

    Raises:
        UsageError: The folder of results has others.
    """
    begun, fingerprint = time.monotonic(), encoder.fingerprint(-1)
    keys = {code: _key(task, code, one, config, fingerprint, layers) for code, one in texts.items()}
    known = {code: found_already(config, task.name, code, 0, key) for code, key in keys.items()}
    kept = [one for one in known.values() if one is not None]
    if len(layers) == 1 and len(kept) == len(texts):
        return kept, None
    with meter(task.name) as progress:
        whole = evaluate_task(
            encoder,
            dict(texts),
            dict(missing),
            layers=layers,
            pooling=config.pooling,
            max_length=config.max_length or LENGTH,
            precision=config.precision,
            progress=progress,
        )
    seconds = (time.monotonic() - begun) / len(texts)
    slot = best_slot(whole)
    return [
        _result(task, code, texts[code], whole, slot, config, keys[code], fingerprint, seconds) for code in texts
    ], whole


def best_slot(found: TaskResult) -> int:
    """The place of the layer with the highest mean accuracy both ways; of equal ones the lowest layer."""
    both = [(score.forward + score.backward, -score.layer) for score in found.average]
    return max(range(len(both)), key=both.__getitem__)


def _result(
    task: XtremeTask,
    code: str,
    texts: AlignedTexts,
    whole: TaskResult,
    slot: int,
    config: XtremeConfig,
    key: str,
    fingerprint: str,
    seconds: float,
) -> Result:
    """Keep the scores of one language at one layer, and what was found."""
    one = whole.languages[code]
    score = one.layers[slot]
    if config.out is not None:
        write_rows(predictions_of(config.out, 0, task.name, code), texts.english, score.nearest[0].tolist())
    layers = [each.layer for each in one.layers]
    return record(
        config.out,
        measures_of(score.nearest, score.right),
        seconds,
        task=task.name,
        language=code,
        seed=0,
        n=one.n,
        truncated=one.truncated,
        model={"name": config.model, "digest": fingerprint},
        data={"layout": one.layout, "files": [], "digest": of_texts(texts)},
        settings={**retrieval_settings(config, score.layer), "limit": config.most, "layers": layers},
        key=key,
    )


def measures_of(nearest: Tensor, right: Tensor) -> Scores:
    """Score retrieval: XTREME counts the own row only, one way; `sane` lets equal sentences count, both ways.

    Args:
        nearest: [2, N] the nearest rows, English -> foreign and back.
        right: [2, N] whether they are right where equal sentences are interchangeable.
    """
    own = nearest == nearest.new_tensor(range(nearest.shape[1]))
    forward, backward = (100.0 * row.double().numpy() for row in right)
    return {
        "xtreme": {"accuracy": _mean(100.0 * own[0].double().numpy())},
        "sane": {
            "accuracy": _mean((forward + backward) / 2),
            "en->xx": _mean(forward),
            "xx->en": _mean(backward),
        },
    }


def _mean(each: Floats) -> Measure:
    return Measure(float(each.mean()), each[:, None])


def _key(
    task: XtremeTask, code: str, texts: AlignedTexts, config: XtremeConfig, fingerprint: str, layers: list[int]
) -> str:
    settings = retrieval_settings(config, layers[0]) | {"layers": layers}
    return digest(SCORING, task.name, code, of_texts(texts), fingerprint, settings)

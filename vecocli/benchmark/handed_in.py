"""Predictions that somebody made, scored without any model: a folder in the layout that XTREME takes."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch

from vecocli.benchmark.digest import SCORING, digest, of_texts
from vecocli.benchmark.mined import MinedTest, data_digest, measure_of
from vecocli.benchmark.result import Result, record
from vecocli.benchmark.submission import file_of, read_pairs, read_predictions, read_rows
from vecocli.benchmark.tuned import Test, found_already
from vecocli.config.xtreme import XtremeConfig
from vecocli.xtreme.data import AlignedTexts
from vecocli.xtreme.kinds import score
from vecocli.xtreme.score import Measure, Scores
from vecocli.xtreme.task import MinedTask, TunedTask, XtremeTask

NOT_THERE = "the folder of predictions has no file for it"


def score_tuned(
    task: TunedTask, tests: Sequence[Test], config: XtremeConfig, folder: Path, note: Callable[[str], None]
) -> tuple[list[Result], dict[str, str]]:
    """Score the predictions for a task.

    Args:
        task: The task.
        tests: What was to be predicted.
        config: Of the evaluation.
        folder: The predictions.
        note: Told what counts as wrong, or not at all.

    Returns:
        A result for each language, and why others have none.

    Raises:
        DataError: Predictions that do not fit the test.
    """
    results, missing = [], {}
    for test in tests:
        path = file_of(folder, task.name, test.language)
        if not path.is_file():
            missing[test.language] = NOT_THERE
        elif test.scored:
            begun = time.monotonic()
            values = read_predictions(task, path, test.found.examples, note)
            measures = score(task, test.found.examples, values, test.language)
            data = {"layout": test.found.layout, "files": list(test.found.files), "digest": test.digest}
            results.append(_kept(config, task.name, test.language, len(values), measures, data, path, begun))
    return results, missing


def score_mined(
    task: MinedTask, tests: Sequence[MinedTest], config: XtremeConfig, folder: Path, note: Callable[[str], None]
) -> tuple[list[Result], dict[str, str]]:
    """Score mined pairs; arguments and errors as in `score_tuned`."""
    results, missing = [], {}
    for test in tests:
        path = file_of(folder, task.name, test.language)
        if not path.is_file():
            missing[test.language] = NOT_THERE
        elif test.test.gold:
            begun = time.monotonic()
            found = measure_of(read_pairs(path, test.test, note), test.test.gold, list(test.test.foreign))
            measures: Scores = {"xtreme": found, "sane": found}
            data = {"layout": test.layout, "files": list(test.files), "digest": data_digest(test)}
            count = len(test.test.gold)
            results.append(_kept(config, task.name, test.language, count, measures, data, path, begun))
    return results, missing


def score_rows(
    task: XtremeTask, texts: Mapping[str, AlignedTexts], config: XtremeConfig, folder: Path
) -> tuple[list[Result], dict[str, str]]:
    """Score the rows found for English sentences, one way; arguments and errors as in `score_tuned`."""
    results, missing = [], {}
    for language, one in texts.items():
        path = file_of(folder, task.name, language)
        if not path.is_file():
            missing[language] = NOT_THERE
            continue
        begun = time.monotonic()
        found = torch.tensor(read_rows(path, one.english))
        own = found == torch.arange(len(found))
        same = [one.foreign[row] == text for row, text in zip(found.tolist(), one.foreign, strict=True)]
        measures: Scores = {"xtreme": _accuracy(own), "sane": _accuracy(own | torch.tensor(same))}
        data = {"layout": one.layout, "files": [], "digest": of_texts(one)}
        results.append(_kept(config, task.name, language, len(found), measures, data, path, begun))
    return results, missing


def _accuracy(right: torch.Tensor) -> dict[str, Measure]:
    each = 100.0 * right.double().numpy()
    return {"accuracy": Measure(float(each.mean()), each[:, None])}


def _kept(
    config: XtremeConfig,
    task: str,
    language: str,
    count: int,
    measures: Scores,
    data: Mapping[str, object],
    path: Path,
    begun: float,
) -> Result:
    """Make a result, and write it where results are kept."""
    given = digest(path.read_bytes().hex())
    settings = {"split": config.split, "limit": config.most}
    key = digest(SCORING, task, language, data["digest"], given, settings)
    found_already(config, task, language, 0, key)
    return record(
        config.out,
        measures,
        time.monotonic() - begun,
        task=task,
        language=language,
        seed=0,
        n=count,
        truncated=0,
        model={"name": str(config.predictions), "digest": given},
        data=data,
        settings=settings,
        key=key,
    )

"""A result on disk: one JSON file for each task, language and seed, and beside it what each example adds to the score.

OUT/results/udpos/de-1.json     scores in both protocols, and all that they depend on
OUT/results/udpos/de-1.npz      counts of each example, for intervals and comparisons
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import isfinite
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from vecocli.errors import DataError
from vecocli.provenance import versions
from vecocli.text.files import atomic_write
from vecocli.xtreme.metrics.bootstrap import Interval, counts_interval, interval
from vecocli.xtreme.metrics.f1 import Floats
from vecocli.xtreme.score import PROTOCOLS, STATISTICS, Measure, Protocol, Scores, shown

RESULTS = "results"
RESAMPLES = 1000
HINT = "Remove the file: it is then computed again."
KINDS: Mapping[type, tuple[str, ...]] = {
    str: ("task", "language", "key"),
    int: ("seed", "n", "truncated"),
    dict: ("model", "data", "settings", "versions"),
}
"""What the fields of a result are in JSON, where scores are not."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a model scores in one language of a task.

    Args:
        task: The task's name.
        language: Canonical code.
        seed: Of the fine-tuning; 0 where there was none.
        n: Examples, or sentence pairs.
        scores: Metric by name and protocol, in percent; the first of a protocol is its main one.
        shown: What a table shows of each protocol, in percent.
        intervals: Of what a table shows, by protocol: low and high end in percent, by bootstrap, level 0.95.
        truncated: Examples that were not read whole.
        model: Name of the encoder, fingerprint, and the folder of the fine-tuned model.
        data: Layout, names of the files, digest of the examples.
        settings: What else the scores depend on: lengths, layer, pooling, precision, limit.
        key: Digest of all that the scores depend on.
        seconds: Time it took.
        versions: Software.
    """

    task: str
    language: str
    seed: int
    n: int
    scores: Mapping[str, Mapping[str, float]]
    shown: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    truncated: int
    model: Mapping[str, Any]
    data: Mapping[str, Any]
    settings: Mapping[str, Any]
    key: str
    seconds: float
    versions: Mapping[str, str]
    measures: Scores = field(default_factory=dict, compare=False, repr=False)
    """With counts, where they were just computed; they are not in the JSON file."""


def place(out: Path, task: str, language: str, seed: int) -> Path:
    """Return where a result lies."""
    return out / RESULTS / task / f"{language}-{seed}.json"


def summarised(measures: Scores, seed: int = 0) -> dict[str, Any]:
    """Return the fields `scores`, `shown` and `intervals` of a result.

    Args:
        measures: What was measured.
        seed: Of the bootstrap.
    """
    return {
        "scores": {protocol: {name: one.value for name, one in found.items()} for protocol, found in measures.items()},
        "shown": {protocol: shown(found) for protocol, found in measures.items()},
        "intervals": {protocol: _ends(found, seed) for protocol, found in measures.items()},
    }


def measured(value: Measure, seed: int = 0) -> Interval | None:
    """Return a metric's interval; None where it cannot be taken apart into examples."""
    if value.counts is None:
        return None
    if value.of == "mean":
        return interval(value.counts[:, 0], seed=seed, resamples=RESAMPLES)
    return counts_interval(value.counts, STATISTICS[value.of], seed=seed, resamples=RESAMPLES)


def _ends(found: Mapping[str, Measure], seed: int) -> tuple[float, float]:
    """The interval of what a table shows."""
    main = next(iter(found.values()))
    if "exact_match" in found and main.counts is not None:
        both = found["exact_match"].counts
        assert both is not None
        main = Measure(shown(found), (main.counts + both) / 2)
    whole = measured(main, seed)
    return (main.value, main.value) if whole is None else (whole.low, whole.high)


def record(out: Path | None, measures: Scores, seconds: float, **facts: Any) -> Result:
    """Make a result of what was measured, and write it where results are kept.

    Args:
        out: The folder of results; None for none.
        measures: What was measured.
        seconds: Time it took.
        facts: The other fields of a result.
    """
    whole = {**facts, **summarised(measures), "seconds": round(seconds, 2), "versions": versions()}
    result = Result(**whole, measures=measures)
    if out is not None:
        write(out, result)
    return result


def write(out: Path, result: Result) -> None:
    """Write a result and its counts; the JSON file comes last, so that a result that is there is whole."""
    path = place(out, result.task, result.language, result.seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Floats] = {}
    for protocol, found in result.measures.items():
        arrays |= {f"{protocol}/{name}/{one.of}": one.counts for name, one in found.items() if one.counts is not None}
    with atomic_write(path.with_suffix(".npz")) as stream:
        np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]
    document = {one.name: getattr(result, one.name) for one in fields(result) if one.name != "measures"}
    with atomic_write(path, "w") as stream:
        stream.write(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def read(path: Path) -> Result:
    """Read a result without its counts.

    Raises:
        DataError: It is not one.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        intervals = {name: (float(low), float(high)) for name, (low, high) in found.pop("intervals").items()}
        result = Result(**found, intervals=intervals)
        _check(result)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DataError(f"not a result: {error}", HINT, path=path) from None
    return result


def _check(result: Result) -> None:
    """Refuse what JSON can hold and a result cannot."""
    for kind, names in KINDS.items():
        for name in names:
            if type(getattr(result, name)) is not kind:
                raise ValueError(f"its {name} cannot be {getattr(result, name)!r}")
    for protocol in PROTOCOLS:
        values = [*result.scores[protocol].values(), result.shown[protocol], *result.intervals[protocol]]
        if not result.scores[protocol] or not all(type(one) in (int, float) and isfinite(one) for one in values):
            raise ValueError(f"its scores in {protocol} are not numbers")


def read_counts(path: Path, protocol: Protocol) -> dict[str, Measure]:
    """Read the metrics of a protocol with what each example adds to them, by the place of the JSON file.

    Raises:
        DataError: The file is damaged or not there.
    """
    values, file = read(path).scores[protocol], path.with_suffix(".npz")
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:  # it closes what is damaged
            named = {tuple(name.split("/")): np.asarray(arrays[name], dtype=np.float64) for name in arrays.files}
        return {
            name: Measure(values[name], counts, of) for (under, name, of), counts in named.items() if under == protocol
        }
    except (OSError, ValueError, TypeError, KeyError, EOFError, BadZipFile, zlib.error) as error:
        raise DataError(f"not the counts of a result: {error}", HINT, path=file) from None


def read_all(out: Path) -> list[Result]:
    """Read all results of a folder, by task, language and seed.

    Raises:
        DataError: One is damaged, or there is none.
    """
    found = [read(path) for path in sorted((out / RESULTS).glob("*/*.json"))]
    if not found:
        raise DataError("there are no results in it", "Give the --out of `veco evaluate xtreme`.", path=out)
    return found

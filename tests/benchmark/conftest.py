"""Results of made-up predictions, through the functions that real ones go through."""

import numpy as np
import pytest

from vecocli.benchmark.order import languages_of
from vecocli.benchmark.result import Result, summarised, write
from vecocli.xtreme.metrics.averages import CATEGORIES
from vecocli.xtreme.metrics.f1 import f1_of_counts
from vecocli.xtreme.score import STATISTICS, Measure

ANSWERS = CATEGORIES["qa"]


def measured(task, right, rng, n):
    """Measures of a task in both protocols; `right` is about the share of examples that are."""
    hits = 100.0 * (rng.random(n) < right)
    plain = Measure(float(hits.mean()), hits[:, None])
    if task in ANSWERS:
        overlap = np.maximum(hits, 100.0 * rng.random(n).round(2))
        found = {"f1": Measure(float(overlap.mean()), overlap[:, None]), "exact_match": plain}
        return {"xtreme": found, "sane": found}
    if task in ("udpos", "panx", "bucc2018"):
        gold = 3 + np.arange(n) % 6  # of the test, whatever the seed
        counts = np.stack([rng.binomial(gold, right), gold, gold], axis=1).astype(float)
        chunks = {"f1": Measure(float(f1_of_counts(counts.sum(0))), counts, "f1")}
        if task != "udpos":
            return {"xtreme": chunks, "sane": chunks}
        words = np.stack([np.minimum(counts[:, 0] + 1, gold), gold], axis=1).astype(float)
        value = float(STATISTICS["ratio"](words.sum(0)))
        return {"xtreme": chunks, "sane": {"accuracy": Measure(value, words, "ratio"), "macro_f1": Measure(50.0)}}
    return {"xtreme": {"accuracy": plain}, "sane": {"accuracy": plain, "macro_f1": Measure(plain.value - 1)}}


@pytest.fixture
def make():
    """A result: make("xnli", "de", seed=1, right=0.7, n=50, **other fields)."""

    def result(task, language, seed=0, right=0.7, n=50, chance=0, **other):
        rng = np.random.default_rng([chance, seed, *task.encode(), *language.encode()])
        measures = other.pop("measures", None) or measured(task, right, rng, n)
        facts = {
            "truncated": 0,
            "model": {"name": "tiny", "digest": f"model-{task}-{seed}"},
            "data": {"layout": "xtreme", "files": [f"{task}/test-{language}.tsv"], "digest": f"{task}-{language}-{n}"},
            "settings": {"max_length": 128, "precision": "fp32", "split": "test", "limit": None},
            "key": "0",
            "seconds": 1.0,
            "versions": {"veco": "0.1.0", "torch": "2.13.0"},
        }
        whole = {**facts, **summarised(measures), **other}
        return Result(task=task, language=language, seed=seed, n=n, measures=measures, **whole)

    return result


@pytest.fixture
def whole(make):
    """All results of a task: whole("xnli", right=0.7, seeds=(0,)); English is right more often."""

    def results(task, right=0.7, seeds=(0,), n=20, **other):
        codes = languages_of(task)
        bonus = {code: 0.1 * (code == "en") for code in codes}
        return [make(task, code, seed, right + bonus[code], n, **other) for code in codes for seed in seeds]

    return results


@pytest.fixture
def folder(tmp_path):
    """Write results into a folder: folder("name", results)."""

    def written(name, results):
        for result in results:
            write(tmp_path / name, result)
        return tmp_path / name

    return written

"""What two runs have in common: the same tests, scored with the same seeds where there are such.

Shapes: N examples, K counts an example, S seeds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vecocli.benchmark.order import english_first, in_order
from vecocli.benchmark.result import Result, place, read, read_all, read_counts
from vecocli.errors import DataError, UsageError
from vecocli.registry import did_you_mean
from vecocli.xtreme.metrics.bootstrap import Statistic
from vecocli.xtreme.metrics.f1 import Floats
from vecocli.xtreme.score import STATISTICS, Protocol

Results = dict[str, dict[int, Result]]
"""Language -> seed -> result."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """A language of a task that both runs have.

    Args:
        task: The task.
        language: Canonical code.
        n: Examples.
        seeds: Seeds of the first run and of the second, pair by pair.
    """

    task: str
    language: str
    n: int
    seeds: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Common:
    """What two runs have in common.

    Args:
        tasks: Languages of each task, English first; tasks in the benchmark's order.
        only_first: Languages that only the first run has, by task.
        only_second: The same of the second.
    """

    tasks: Mapping[str, tuple[Pairing, ...]]
    only_first: Mapping[str, tuple[str, ...]]
    only_second: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Counts:
    """What each example adds to the scores of two runs.

    Args:
        first: [N, S x K] of the first run.
        second: The same of the second.
        statistic: Turns the summed counts of a run, [..., S x K], into the mean of its seeds' scores, [...].
        by_seed: The statistic of one seed, [..., K] -> [...].
    """

    first: Floats
    second: Floats
    statistic: Statistic
    by_seed: Statistic


def pair_up(first: Path, second: Path, tasks: Sequence[str] = ()) -> Common:
    """Find what two folders of results have in common.

    Of a language, seeds that both have are paired; where they share none, the first seed of each.

    Args:
        first: A folder of results.
        second: Another.
        tasks: Tasks to look at; none for all.

    Raises:
        DataError: A folder has no results or a damaged one, they share nothing, or were scored on other data.
        UsageError: An asked task is in neither.
    """
    ours, theirs = _by_task(first), _by_task(second)
    everything = in_order(ours | theirs)
    for name in tasks:
        if name not in everything:
            raise UsageError(f"neither folder has results of {name!r}", did_you_mean(name, everything))
    chosen = [name for name in everything if name in tasks or not tasks]
    common: dict[str, tuple[Pairing, ...]] = {}
    other: list[str] = []
    for task in chosen:
        one, two = ours.get(task, {}), theirs.get(task, {})
        codes = english_first(one.keys() & two.keys())
        found = tuple(_pairing(task, code, one[code], two[code], other) for code in codes)
        if found:
            common[task] = found
    if other:
        hint = "Score both on the same files with the same --split and --limit, or leave these out with --tasks."
        raise DataError(f"{first} and {second} were scored on different data: {', '.join(other)}", hint)
    if not common:
        raise DataError(f"{first} and {second} share no language of a task", "Compare two runs of the same tests.")
    alone = [
        {task: tuple(english_first(side.get(task, {}).keys() - rest.get(task, {}).keys())) for task in chosen}
        for side, rest in ((ours, theirs), (theirs, ours))
    ]
    only_first, only_second = ({task: codes for task, codes in side.items() if codes} for side in alone)
    return Common(common, only_first, only_second)


def counts_of(pairing: Pairing, first: Path, second: Path, protocol: Protocol) -> Counts:
    """Read what each example adds to what a table shows.

    Args:
        pairing: The language.
        first: The first run's folder.
        second: The second's.
        protocol: Whose scores.

    Raises:
        DataError: Counts are damaged or not there, or those of the two runs do not fit together.
    """
    sides = [
        [_shown(place(folder, pairing.task, pairing.language, seeds[side]), protocol) for seeds in pairing.seeds]
        for side, folder in enumerate((first, second))
    ]
    kinds = {(of, counts.shape, _gold(counts, of)) for side in sides for counts, of in side}
    if len(kinds) > 1:
        path = place(second, pairing.task, pairing.language, pairing.seeds[0][1])
        raise DataError(f"its counts are not like those in {first}", "Score both with one version of veco.", path=path)
    of, (n, width), _ = kinds.pop()

    def one(sums: Floats) -> Floats:
        return sums[..., 0] / n if of == "mean" else STATISTICS[of](sums)

    def every(sums: Floats) -> Floats:
        starts = range(0, sums.shape[-1], width)
        return np.asarray(np.mean([one(sums[..., start : start + width]) for start in starts], axis=0))

    ours, theirs = (np.concatenate([counts for counts, _ in side], axis=1) for side in sides)
    return Counts(ours, theirs, every, one)


def _by_task(folder: Path) -> dict[str, Results]:
    found: dict[str, Results] = {}
    for result in read_all(folder):
        found.setdefault(result.task, {}).setdefault(result.language, {})[result.seed] = result
    return found


def _pairing(
    task: str, language: str, first: Mapping[int, Result], second: Mapping[int, Result], other: list[str]
) -> Pairing:
    """Pair the seeds of a language; a language of other data is noted."""
    shared = sorted(first.keys() & second.keys())
    seeds = [(seed, seed) for seed in shared] or [(min(first), min(second))]
    tests = {(one.n, str(one.data.get("digest"))) for side in (first, second) for one in side.values()}
    if len(tests) > 1:
        other.append(f"{task} {language}")
    return Pairing(task, language, first[seeds[0][0]].n, tuple(seeds))


def _gold(counts: Floats, of: str) -> bytes:
    """What of the counts belongs to the test, not to the system: it tells whether examples stand in the same order."""
    return b"" if of == "mean" else counts[:, -1].tobytes()


def _shown(path: Path, protocol: Protocol) -> tuple[Floats, str]:
    """Counts of what a table shows, and how they become its score."""
    found = read_counts(path, protocol)
    name = next(iter(read(path).scores[protocol]))
    main = found.get(name)
    if "exact_match" in found and main is not None and main.counts is not None:
        exact = found["exact_match"].counts
        assert exact is not None
        return (main.counts + exact) / 2, "mean"
    if main is None or main.counts is None:
        hint = "Score it again, or compare without this task (--tasks)."
        raise DataError(f"it does not say what each example adds to {name}", hint, path=path.with_suffix(".npz"))
    return main.counts, main.of

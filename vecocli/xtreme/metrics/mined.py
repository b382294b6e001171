"""The threshold of mined pairs: found on a development set, applied to a test (BUCC)."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from math import isfinite

from vecocli.errors import DataError
from vecocli.xtreme.metrics.f1 import F1Score, f1_score

Pair = tuple[str, str]
Candidates = Sequence[tuple[float, Pair]]


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least score that a mined pair needs.

    Args:
        value: Pairs of this score or more are taken.
        f1: F1 on the pairs that it was found on, in percent.
    """

    value: float
    f1: float


def pair_f1(gold: Set[Pair], predicted: Set[Pair]) -> F1Score:
    """Score mined pairs.

    Args:
        gold: Pairs of ids that are translations.
        predicted: Pairs of ids that were mined.

    Raises:
        DataError: There is no gold pair.

    Source: XTREME's evaluate.py.
    """
    _check(gold)
    return f1_score(len(gold & predicted), len(predicted), len(gold))


def best_threshold(candidates: Candidates, gold: Set[Pair]) -> Threshold:
    """Find the threshold of the best F1: midway between the last score taken and the next one.

    Pairs of one score are taken together. Of cuts of equal F1 the one of the highest threshold wins. Where all are
    taken there is no next score, and the threshold is the last one (the official code fails there). Where no candidate
    is right, or none is there, it is 0, as in the official code.

    Args:
        candidates: (score, pair) in any order; a pair that occurs again has its highest score.
        gold: Pairs that are translations.

    Raises:
        DataError: There is no gold pair, or a score is not finite.

    Source: bucc_optimize of XTREME's utils_retrieve.py.
    """
    _check(gold)
    ranked = sorted(_scores(candidates).items(), key=lambda item: -item[1])
    best, right = Threshold(0.0, 0.0), 0
    for taken, (pair, score) in enumerate(ranked, start=1):
        right += pair in gold
        below = ranked[taken][1] if taken < len(ranked) else None
        f1 = 100 * (2 * right / (taken + len(gold)))
        if below != score and f1 > best.f1:
            best = Threshold(score if below is None else _between(score, below), f1)
    return best


def take(candidates: Candidates, threshold: float) -> set[Pair]:
    """Return the pairs whose score is the threshold or more.

    Source: bucc_extract of XTREME's utils_retrieve.py.
    """
    return {pair for score, pair in candidates if score >= threshold}


def _scores(candidates: Candidates) -> dict[Pair, float]:
    """Score per pair, the highest where it occurs again."""
    scores: dict[Pair, float] = {}
    for score, pair in candidates:
        if not isfinite(score):
            message = f"the pair {pair[0]!r}, {pair[1]!r} has the score {score}"
            raise DataError(message, "Does the encoder return numbers for these sentences?")
        scores[pair] = max(score, scores.get(pair, score))
    return scores


def _between(above: float, below: float) -> float:
    """The middle of two scores, which may round to the lower one: then the upper one."""
    middle = (above + below) / 2
    return middle if middle > below else above


def _check(gold: Set[Pair]) -> None:
    if not gold:
        raise DataError("there are no gold pairs to score with", "Withheld pairs cannot be scored.")

"""Chooses among the places where dictionary entries stand, so that no word is linked twice.

The longest source phrase wins, then the longest translation, then the preferred place. Two places of source phrases
of equal length are rivals when they share one side and lie apart on the other: the word is repeated, or several of
its translations are present. A place with rivals is ambiguous; which one is preferred is for the caller to say, by
`nearness` of the relative positions or by an encoder's similarity of the spans.

Source: this project's choice.
"""

import math
from collections.abc import Callable, Sequence

from vecocli.mining.dictionary import Candidate

TEMPERATURE = 0.1


Choice = tuple[Candidate, float, bool]
"""A chosen place, the share of preference that it has among its rivals (0 to 1), and whether it had any."""


def choose(
    candidates: Sequence[Candidate],
    preference: Callable[[Candidate], float],
    accept: Callable[[Candidate, bool], bool],
) -> list[Choice]:
    """Choose places that do not overlap on either side.

    Args:
        candidates: Every place.
        preference: How good a place is, in [-1, 1]; asked only where places compete.
        accept: Whether a place, ambiguous or not, may be linked at all.

    Returns:
        The choices by source start. The score of a place is the softmax of its preference, at temperature 0.1, over
        itself and its rivals: 1 without rivals, 1/2 against one as good.
    """
    if not overlapping(candidates):
        return [(place, 1.0, False) for place in sorted(candidates) if accept(place, False)]
    taken_source = taken_target = 0  # sets of words, as bits

    def rank(place: Candidate) -> tuple[int, float, Candidate]:
        return place[2] - place[3], -preference(place), place

    chosen: list[Choice] = []
    for length in sorted({place[1] - place[0] for place in candidates}, reverse=True):
        level = [
            place
            for place in candidates
            if place[1] - place[0] == length
            and not (bits(place[0], place[1]) & taken_source or bits(place[2], place[3]) & taken_target)
        ]
        against = rivals(level)
        for place in sorted(level, key=rank):
            source, target = bits(place[0], place[1]), bits(place[2], place[3])
            others = against.get(place, ())
            if not (source & taken_source or target & taken_target) and accept(place, bool(others)):
                taken_source |= source
                taken_target |= target
                chosen.append((place, _share(preference, place, others) if others else 1.0, bool(others)))
    return sorted(chosen)


def rivals(candidates: Sequence[Candidate]) -> dict[Candidate, list[Candidate]]:
    """Return the ambiguous places, each with the places that it competes against."""
    found: dict[Candidate, list[Candidate]] = {}
    if not overlapping(candidates):
        return found
    groups: dict[tuple[int, ...], list[Candidate]] = {}
    for place in candidates:
        source_start, source_end, target_start, target_end = place
        groups.setdefault((source_start, source_end), []).append(place)
        groups.setdefault((target_start, target_end, source_end - source_start), []).append(place)
    for group in groups.values():
        for place in group if len(group) > 1 else ():
            others = [other for other in group if _lie_apart(place, other)]
            if others:
                found.setdefault(place, []).extend(others)
    return found


def overlapping(candidates: Sequence[Candidate]) -> bool:
    """Return whether any two places share a word on either side."""
    source = target = 0
    for start, end, other, other_end in candidates:
        here, there = bits(start, end), bits(other, other_end)
        if here & source or there & target:
            return True
        source |= here
        target |= there
    return False


def bits(start: int, end: int) -> int:
    """Return the words [start, end) as a set of bits, which meet and join faster than Python's sets."""
    return (1 << end) - (1 << start)


def nearness(place: Candidate, source_words: int, target_words: int) -> float:
    """Return 1 minus the distance of the two spans' relative positions: 1 on the diagonal, 0 at opposite ends."""
    source_start, source_end, target_start, target_end = place
    return 1.0 - abs((source_start + source_end) / source_words - (target_start + target_end) / target_words) / 2


def _lie_apart(one: Candidate, other: Candidate) -> bool:
    """Return whether two places have no word in common on at least one side."""
    return one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]


def _share(preference: Callable[[Candidate], float], place: Candidate, others: Sequence[Candidate]) -> float:
    """Return the softmax of a place's preference among its rivals."""
    own = preference(place)
    return 1.0 / (1.0 + sum(math.exp((preference(other) - own) / TEMPERATURE) for other in others))

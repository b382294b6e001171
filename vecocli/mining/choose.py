"""Chooses among the places where dictionary entries stand, so that no word is linked twice.

The longest source phrase wins, then the longest translation, then the preferred place. Two places of source phrases
of equal length are rivals when they share one side and lie apart on the other: the word is repeated, or several of
its translations are present. A place with rivals is ambiguous; which one is preferred is for the caller to say, by
`nearness` of the relative positions or by an encoder's similarity of the spans.

A whole block of sentence pairs is chosen for at once: words are counted over the block, so that no two pairs meet.

Source: this project's choice.
"""

from typing import NamedTuple

import numpy as np

from vecocli.mining.dictionary import Candidates
from vecocli.mining.ranges import Flags, Integers, Reals, spread_out

TEMPERATURE = 0.1


class Choices(NamedTuple):
    """What was chosen.

    Args:
        place: [C] which candidate, by its first source word.
        score: [C] softmax of its preference, at temperature 0.1, over itself and its rivals: 1 without rivals, 1/2
            against one as good.
        ambiguous: [C] whether it had rivals.
    """

    place: Integers
    score: Reals
    ambiguous: Flags


class _Cover(NamedTuple):
    """The words that places cover on one side; a place with several words has several entries."""

    place: Integers
    word: Integers

    def of(self, kept: Flags) -> "_Cover":
        """Return those of some places."""
        which = kept[self.place]
        return _Cover(self.place[which], self.word[which])


def choose(
    candidates: Candidates, level: Integers, preference: Reals, allowed: Flags, allowed_if_ambiguous: Flags
) -> Choices:
    """Choose places that do not overlap on either side.

    Args:
        candidates: N places.
        level: [N] what goes first: higher ones leave no word to lower ones; only equal ones are rivals.
        preference: [N] how good a place is, in [-1, 1].
        allowed: [N] whether a place without rivals may be linked.
        allowed_if_ambiguous: [N] whether a place with rivals may be linked.
    """
    taken = tuple(np.zeros(_words(*side), np.bool_) for side in _sides(candidates))
    chosen = [Choices(np.empty(0, np.int64), np.empty(0), np.empty(0, np.bool_))]
    for height in np.unique(level)[::-1]:
        at = np.flatnonzero(level == height)
        at = at[_free(candidates.take(at), taken)]
        places = candidates.take(at)
        ambiguous, score = compete(places, preference[at])
        linkable = np.where(ambiguous, allowed_if_ambiguous[at], allowed[at])
        won = np.flatnonzero(linkable)[_greedy(places.take(linkable), preference[at][linkable], taken)]
        chosen.append(Choices(at[won], score[won], ambiguous[won]))
    place, score, ambiguous = (np.concatenate(parts) for parts in zip(*chosen, strict=True))
    order = np.argsort(candidates.source[place])
    return Choices(place[order], score[order], ambiguous[order])


def compete(places: Candidates, preference: Reals) -> tuple[Flags, Reals]:
    """Return which places of one level have rivals, and the softmax share of each among itself and its rivals.

    Args:
        places: N places whose source phrases are equally long.
        preference: [N] how good each is.
    """
    weight = np.exp(preference / TEMPERATURE)
    rivals = np.zeros(len(weight), np.int64)
    against = np.zeros(len(weight))
    source, target = _sides(places)
    for shared, other in ((source, target), (target, source)):
        group = shared[0] * (shared[1].max(initial=0) + 1) + shared[1]  # one for each span
        rivals += np.bincount(group)[group] - 1
        against += np.bincount(group, weight)[group] - weight
        one, two = _overlapping(group, *other)
        rivals -= np.bincount(one, minlength=len(weight))
        against -= np.bincount(one, weight[two], minlength=len(weight))
    return rivals > 0, np.where(rivals > 0, weight / (weight + np.maximum(against, 0)), 1.0)


def rivalling(candidates: Candidates) -> Flags:
    """Return which places have rivals of their own length, whatever else may take their words, [N]."""
    found = np.zeros(len(candidates.pair), np.bool_)
    for length in np.unique(candidates.source_length):
        at = np.flatnonzero(candidates.source_length == length)
        found[at] = compete(candidates.take(at), np.zeros(len(at)))[0]
    return found


def nearness(candidates: Candidates, source_first: Integers, target_first: Integers) -> Reals:
    """Return 1 minus the distance of the two spans' relative positions: 1 on the diagonal, 0 at opposite ends.

    Args:
        candidates: N places.
        source_first: [S + 1] first source word of each sentence pair, and the number of words.
        target_first: [S + 1] the same for the target.
    """
    middles = []
    for (start, length), first in zip(_sides(candidates), (source_first, target_first), strict=True):
        begin, words = first[candidates.pair], np.diff(first)[candidates.pair]
        middles.append((2 * (start - begin) + length) / words)
    return 1.0 - np.abs(middles[0] - middles[1]) / 2


def _greedy(places: Candidates, preference: Reals, taken: tuple[Flags, ...]) -> Integers:
    """Take the best place again and again, all at once where no better one is in the way; return which were taken."""
    best_first = np.lexsort((places.target, places.source, -preference, -places.target_length))
    rank = np.empty_like(best_first)
    rank[best_first] = np.arange(len(rank))
    covers = [_cover(start[best_first], length[best_first]) for start, length in _sides(places)]
    best = [np.empty(len(side), np.int64) for side in taken]
    won = np.zeros(len(rank), np.bool_)
    while len(covers[0].place):
        wins = np.zeros(len(rank), np.bool_)
        wins[covers[0].place] = True
        for cover, leader in zip(covers, best, strict=True):
            leader[cover.word[::-1]] = cover.place[::-1]  # of several, the last one written is the best
            wins[cover.place[leader[cover.word] != cover.place]] = False
        won |= wins
        left = ~wins
        for cover, side in zip(covers, taken, strict=True):
            side[cover.word[wins[cover.place]]] = True
            left[cover.place[side[cover.word]]] = False
        covers = [cover.of(left) for cover in covers]
    return best_first[won]


def _cover(start: Integers, length: Integers) -> _Cover:
    return _Cover(*spread_out(start, length))


def _free(places: Candidates, taken: tuple[Flags, ...]) -> Flags:
    """Return which places have no word that is taken."""
    free = np.ones(len(places.pair), np.bool_)
    for (start, length), side in zip(_sides(places), taken, strict=True):
        cover = _cover(start, length)
        free[cover.place[side[cover.word]]] = False
    return free


def _overlapping(group: Integers, start: Integers, length: Integers) -> tuple[Integers, Integers]:
    """Return all ordered (one, two) of a group whose spans share a word though they are not the same.

    Args:
        group: [N] the group of each place; its spans all differ.
        start: [N] first words of the spans.
        length: [N] their words; spans of single words never overlap.
    """
    long = np.zeros(group.max(initial=0) + 1, np.bool_)
    long[group[length > 1]] = True
    some = np.flatnonzero(long[group])
    some = some[np.argsort(group[some], kind="stable")]
    _, first, counts = np.unique(group[some], return_index=True, return_counts=True)
    size = np.repeat(counts, counts)
    one, two = spread_out(np.repeat(first, counts), size)
    one, two = some[one], some[two]
    meet = (start[one] < start[two] + length[two]) & (start[two] < start[one] + length[one]) & (one != two)
    return one[meet], two[meet]


def _sides(places: Candidates) -> tuple[tuple[Integers, Integers], tuple[Integers, Integers]]:
    return (places.source, places.source_length), (places.target, places.target_length)


def _words(start: Integers, length: Integers) -> int:
    """Return how many words of the block a side reaches over."""
    return int((start + length).max(initial=0))

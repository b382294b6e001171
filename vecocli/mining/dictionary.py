"""Finds where dictionary entries and equal words stand on both sides of a block of sentence pairs.

Everything is integers here: words and phrases are numbered by a `Vocabulary`, an entry is its place in the dictionary,
and a span is words counted over the block. Looking up is one join of what each source phrase may mean with what
stands in the target sentence of the same pair.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from vecocli.mining.ranges import Flags, Integers, first_places, spread_out
from vecocli.mining.vocabulary import Spans, Vocabulary
from vecocli.text.garbage import uncollected
from vecocli.text.thesaurus import Thesaurus

IDENTICAL_WORDS = -1  # instead of an entry
_FILTER_BITS = 10  # 1,024 flags a sentence keep out most of what is not in it


class Candidates(NamedTuple):
    """Places where entries, or equal words, stand on both sides.

    Args:
        pair: [N] sentence pair, counted over the block.
        source: [N] first word of the source span, counted over the block.
        source_length: [N] its words.
        target: [N] first word of the target span.
        target_length: [N] its words.
        entry: [N] dictionary entry; -1 for equal words that no dictionary lists.
    """

    pair: Integers
    source: Integers
    source_length: Integers
    target: Integers
    target_length: Integers
    entry: Integers

    def take(self, which: Integers | Flags) -> "Candidates":
        """Return some of them."""
        return Candidates(*(column[which] for column in self))


class Matches(NamedTuple):
    """Source spans whose translation, or equal, is in the target; each has one or more places there.

    Args:
        pair: [M] sentence pair.
        span: [M] the source span, among those looked up.
        entry: [M] dictionary entry, or -1.
        first: [M] where its places in the target begin in the sorted order of target spans.
        many: [M] how many there are.
    """

    pair: Integers
    span: Integers
    entry: Integers
    first: Integers
    many: Integers

    def take(self, which: Flags) -> "Matches":
        """Return some of them."""
        return Matches(*(column[which] for column in self))


class Matcher:
    """An index of a thesaurus for looking up blocks of sentence pairs.

    Args:
        thesaurus: The dictionary.
        max_phrase: Longest phrase used on either side, in words.
    """

    @uncollected()
    def __init__(self, thesaurus: Thesaurus, max_phrase: int) -> None:
        self.vocabulary = vocabulary = Vocabulary()
        sources, targets, origin = [], [], []
        names: dict[tuple[str, ...], int] = {}
        for source, translations in thesaurus.entries.items():
            if len(source) > max_phrase:
                continue
            unit = vocabulary.number(source)
            for target, listed in translations.items():
                if len(target) <= max_phrase:
                    sources.append(unit)
                    targets.append(vocabulary.number(target))
                    origin.append(names.setdefault(listed, len(names)))
        vocabulary.close()
        self.names = list(names)
        """Names of the sources of entries, as `origin` numbers them."""
        self._rows(np.array(sources, np.int64), np.array(targets, np.int64), np.array(origin, np.int64))

    def _rows(self, sources: Integers, targets: Integers, origin: Integers) -> None:
        """Keep the entries by the number of their source: row u is [first[u], first[u + 1])."""
        order = np.argsort(sources, kind="stable")
        self.origin: Integers = origin[order]
        self.targets: Integers = targets[order]
        self._first = first_places(np.bincount(sources, minlength=self.vocabulary.known))
        self._lists_itself = np.zeros(self.vocabulary.known + 1, np.bool_)  # the last for all words of running text
        self._lists_itself[sources[sources == targets]] = True

    def matches(self, source: Spans, target: "Target", sentences: Integers, equal: Flags) -> Matches:
        """Find what may be linked, without writing out its places.

        Args:
            source: [N] spans of the source side.
            target: Spans of the target side.
            sentences: [W] sentence pair of each word of the source side.
            equal: [N] source spans for which an equal word is sought as well.
        """
        span, entry = self._translated(source.unit, target)
        alike = np.flatnonzero(equal & ~self._own(source.unit))
        span = np.concatenate((span, alike))
        units = np.concatenate((self.targets[entry], source.unit[alike]))
        entry = np.concatenate((entry, np.full_like(alike, IDENTICAL_WORDS)))
        pair = sentences[source.start[span]]
        which, first, count = target.find(pair, units)
        return Matches(pair[which], span[which], entry[which], first, count)

    def _own(self, units: Integers) -> Flags:
        """Return which words are their own translation in the dictionary."""
        return self._lists_itself[np.minimum(units, self.vocabulary.known)]

    def _translated(self, units: Integers, target: "Target") -> tuple[Integers, Integers]:
        """Return (span, entry) of all translations of the source spans that are anywhere in the block's targets."""
        known = self.vocabulary.known
        spans = np.flatnonzero(units < known)
        units = units[spans]
        used = np.zeros(known, np.bool_)
        used[units] = True
        distinct = np.flatnonzero(used)
        row, entry = spread_out(self._first[distinct], self._first[distinct + 1] - self._first[distinct])
        kept = target.has[self.targets[entry]]
        row, entry = row[kept], entry[kept]
        first = first_places(np.bincount(row, minlength=len(distinct)))
        rank = np.empty(known, np.int64)
        rank[distinct] = np.arange(len(distinct))
        ranks = rank[units]
        owner, place = spread_out(first[ranks], first[ranks + 1] - first[ranks])
        return spans[owner], entry[place]


class Target:
    """The target spans of a block, ready for looking up (pair, number of a phrase).

    Args:
        places: [N] the spans.
        sentences: [W] sentence pair of each word of the target side.
        pairs: Sentence pairs of the block.
        size: Numbers there are.
    """

    def __init__(self, places: Spans, sentences: Integers, pairs: int, size: int) -> None:
        self._size = size
        pair = sentences[places.start]
        keys = pair * self._size + places.unit
        order = np.argsort(keys, kind="stable")
        self.start, self.length = places.start[order], places.length[order]
        self._keys, self._begin, counts = _runs(keys[order])
        self._count = counts
        self._filter = np.zeros(pairs << _FILTER_BITS, np.bool_)
        self._filter[_flag(pair, places.unit)] = True
        self.has = np.zeros(self._size, np.bool_)
        """[units] whether a number is anywhere in the block."""
        self.has[places.unit] = True

    def find(self, pair: Integers, units: Integers) -> tuple[Integers, Integers, Integers]:
        """Look up numbers in sentences.

        Returns:
            ([M] which of the asked are there, [M] where their spans begin in `start` and `length`, [M] how many).
        """
        maybe = np.flatnonzero(self._filter[_flag(pair, units)])
        wanted = pair[maybe] * self._size + units[maybe]
        run = np.searchsorted(self._keys, wanted)
        run[run == len(self._keys)] = 0
        there = self._keys[run] == wanted
        run = run[there]
        return maybe[there], self._begin[run], self._count[run]


def _flag(pair: Integers, units: Integers) -> Integers:
    return (pair << _FILTER_BITS) | (units & ((1 << _FILTER_BITS) - 1))


def _runs(keys: Integers) -> tuple[Integers, Integers, Integers]:
    """Return the different ones of sorted keys, where each begins, and how often it is there."""
    begin = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))) if len(keys) else np.empty(0, np.int64)
    return keys[begin], begin, np.diff(np.append(begin, len(keys)))


def write_out(matches: Matches, source: Spans, target: Target) -> Candidates:
    """Write out the places of matches, one by one."""
    owner, place = spread_out(matches.first, matches.many)
    span = matches.span[owner]
    return Candidates(
        matches.pair[owner],
        source.start[span],
        source.length[span],
        target.start[place],
        target.length[place],
        matches.entry[owner],
    )


def joined_places(parts: Sequence[Candidates]) -> Candidates:
    """Put places together, at least one part."""
    return Candidates(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

"""Sentence pairs cut into words, a block at a time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from vecocli.mining.cut import Words
from vecocli.mining.dictionary import Candidates
from vecocli.mining.ranges import Flags, Integers, spread_out
from vecocli.mining.rules import joins
from vecocli.mining.words import WordedPair
from vecocli.text.corpus import SentencePair
from vecocli.text.segment import Span


class Block(NamedTuple):
    """P sentence pairs cut into words."""

    pairs: Sequence[SentencePair]
    source: Words
    target: Words

    def usable(self, max_words: int, counts: Counter[str]) -> Flags:
        """Return which pairs have words on both sides and not too many on any, [P], and count what there is."""
        source, target = self.source.counts, self.target.counts
        empty, both = (source == 0) & (target == 0), (source > 0) & (target > 0)
        long = both & (np.maximum(source, target) > max_words)
        counted = {"empty": empty, "one_sided": ~empty & ~both, "too_long": long}
        counted |= {"source_words": source, "target_words": target}
        counts.update({name: number for name, what in counted.items() if (number := int(what.sum()))})
        usable: Flags = both & ~long
        return usable

    def functional(self, places: Candidates) -> Flags:
        """Return the places that have a function word by itself on a side, [N]."""
        source: Flags = (places.source_length == 1) & self.source.functional[places.source]
        target: Flags = (places.target_length == 1) & self.target.functional[places.target]
        return np.logical_or(source, target)

    def in_sentences(self, places: Candidates) -> tuple[Integers, Integers]:
        """Return the first source and the first target word of places, counted in their sentences, [N]."""
        return places.source - self.source.first[places.pair], places.target - self.target.first[places.pair]

    def ends(self, places: Candidates) -> tuple[Integers, Integers, Integers, Integers]:
        """Return the first code point of the source spans and the one after them, then those of the target, [N]."""
        return (
            self.source.start[places.source],
            self.source.end[places.source + places.source_length - 1],
            self.target.start[places.target],
            self.target.end[places.target + places.target_length - 1],
        )

    def code_points(self, places: Candidates) -> list[tuple[Span, Span]]:
        """Return the source and target span of places in code points."""
        rows = zip(*(column.tolist() for column in self.ends(places)), strict=True)
        return [((start, end), (other, other_end)) for start, end, other, other_end in rows]

    def texts(self, places: Candidates) -> Iterator[tuple[str, str]]:
        """Yield the source and target text of places."""
        for pair, ((start, end), (other, other_end)) in zip(
            places.pair.tolist(), self.code_points(places), strict=True
        ):
            yield self.pairs[pair].source[start:end], self.pairs[pair].target[other:other_end]

    def worded_pair(self, pair: int, *, cut: bool) -> WordedPair:
        """Return one pair with all its words; `cut` says that they were cut by hand before."""
        text = self.pairs[pair]
        source, target = (
            _spans(words, first := int(words.first[pair]), int(words.first[pair + 1]) - first)
            for words in (self.source, self.target)
        )
        return WordedPair(text.source, text.target, source, target, cut)

    def joined(self, places: Candidates) -> Flags:
        """Return the places whose words belong together on both sides: no punctuation parts them, [N]."""
        parted = np.zeros(len(places.pair), np.bool_)
        sides = (self.source, places.source, places.source_length), (self.target, places.target, places.target_length)
        for side, (words, first, length) in enumerate(sides, 1):
            place, word = spread_out(first, length - 1)  # of all words but each phrase's last, what follows them
            gaps, which = np.unique(word, return_inverse=True)
            columns = words.sentence[gaps], words.end[gaps], words.start[gaps + 1]
            rows = zip(*(column.tolist() for column in columns), strict=True)
            free = np.array([joins(self.pairs[pair][side], start, end) for pair, start, end in rows], np.bool_)
            parted[place[~free[which]]] = True
        return ~parted


def _spans(words: Words, first: int, count: int) -> list[Span]:
    """Return some words as code points."""
    which = slice(first, first + count)
    return list(zip(words.start[which].tolist(), words.end[which].tolist(), strict=True))

"""Numbers for words and phrases, and where the phrases stand in sentences of numbered words.

A number stands for a word of the dictionary or for the beginning of one of its phrases: the number of a phrase is
found word by word from the number of what comes before its last word. Words that only running text has are numbered
above all these, so that equal words can be told, and forgotten when they grow too many.
"""

from typing import NamedTuple

import numpy as np

from vecocli.mining.ranges import Flags, Integers
from vecocli.text.thesaurus import Phrase

_WORD_BITS = 32
_FILTER_BITS = 22  # 4 MiB of flags let few steps through that lead to no phrase
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: its products spread over the highest bits


class Spans(NamedTuple):
    """Words and phrases in a block of sentences.

    Args:
        start: [N] first word, counted over the whole block.
        length: [N] words.
        unit: [N] number of the word or phrase.
    """

    start: Integers
    length: Integers
    unit: Integers

    def take(self, which: Flags) -> "Spans":
        """Return some of them."""
        return Spans(*(column[which] for column in self))


class Vocabulary(dict[str, int]):
    """Words in normal form -> their numbers; a word that is asked for and not known gets the next one.

    Phrases are numbered by `number` until `close` is called.
    """

    def __init__(self) -> None:
        self.size = 0
        self.known = 0
        """Numbers below are of the dictionary."""
        self._longest = 1
        self._steps: dict[int, int] = {}  # number so far and next word -> number of the longer phrase
        self._keys = self._units = np.empty(0, np.int64)
        self._filter = np.zeros(0, np.bool_)

    def __missing__(self, word: str) -> int:
        unit = self[word] = self.size
        self.size += 1
        return unit

    def number(self, phrase: Phrase) -> int:
        """Return the number of a word or phrase of the dictionary."""
        unit = self[phrase[0]]
        if len(phrase) == 1:
            return unit
        for word in phrase[1:]:
            key = unit << _WORD_BITS | self[word]
            longer = self._steps.get(key)
            if longer is None:
                longer = self._steps[key] = self.size
                self.size += 1
            unit = longer
        self._longest = max(self._longest, len(phrase))
        return unit

    def close(self) -> None:
        """Make ready for looking up; what is numbered from now on is of running text."""
        self._steps[-1] = -1  # from nowhere to nowhere, so that there is a step
        keys = np.fromiter(self._steps.keys(), np.int64, len(self._steps))
        units = np.fromiter(self._steps.values(), np.int64, len(self._steps))
        self._steps.clear()
        order = np.argsort(keys)
        self._keys, self._units = keys[order], units[order]
        self._filter = np.zeros(1 << _FILTER_BITS, np.bool_)
        self._filter[_mixed(keys)] = True
        self.known = self.size

    def forget(self) -> None:
        """Forget the words of running text."""
        for word in [word for word, unit in self.items() if unit >= self.known]:
            del self[word]
        self.size = self.known

    def spans(self, words: Integers, sentences: Integers, starts: Integers) -> Spans:
        """Find the words, and all longer phrases that begin at them.

        Args:
            words: [W] numbers of the words of a block of sentences.
            sentences: [W] the sentence of each, ascending.
            starts: Words to begin at.
        """
        unit = words[starts]
        found = [Spans(starts, np.ones_like(starts), unit)]
        for length in range(2, self._longest + 1):
            inside = np.flatnonzero(starts + length <= len(words))
            inside = inside[sentences[starts[inside]] == sentences[starts[inside] + length - 1]]
            starts, unit = starts[inside], unit[inside]
            led, unit = self._follow(unit, words[starts + length - 1])
            starts = starts[led]
            found.append(Spans(starts, np.full_like(starts, length), unit))
        return Spans(*(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def _follow(self, units: Integers, words: Integers) -> tuple[Integers, Integers]:
        """Return which units a next word leads on from, and to which."""
        keys = units << _WORD_BITS | words
        maybe = np.flatnonzero(self._filter[_mixed(keys)])
        steps = np.minimum(np.searchsorted(self._keys, keys[maybe]), len(self._keys) - 1)
        right = np.flatnonzero(self._keys[steps] == keys[maybe])
        return maybe[right], self._units[steps[right]]


def _mixed(keys: Integers) -> Integers:
    """Return a place in the filter for each key."""
    return ((keys.view(np.uint64) * _ODD) >> np.uint64(64 - _FILTER_BITS)).view(np.int64)

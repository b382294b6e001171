"""Cuts a block of sentences into numbered words at once.

A text is parted at its blanks in C. What stands between two blanks is cut into words once and remembered, as running
text repeats it: no segmenter joins over a blank, so that the words are those of the whole text.
"""

from array import array
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from vecocli.mining.ranges import Flags, Integers, first_places, spread_out
from vecocli.mining.vocabulary import Vocabulary
from vecocli.text.segment import Segmenter, Span, normal_form, segment, written_form

MOST = 1_000_000  # words remembered for a side before it is forgotten, about 150 MB


Form = Callable[[str], str]


class Words(NamedTuple):
    """The words of a block of sentences, one after the other.

    Args:
        unit: [W] number of the word's normal form.
        start: [W] first code point in its sentence.
        end: [W] code point after it.
        sentence: [W] its sentence, ascending.
        functional: [W] whether it is a function word.
        nameable: [W] whether it has a capital first or a digit anywhere, as names and numbers do.
        first: [S + 1] first word of each sentence, and the number of words.
    """

    unit: Integers
    start: Integers
    end: Integers
    sentence: Integers
    functional: Flags
    nameable: Flags
    first: Integers

    @property
    def counts(self) -> Integers:
        """Words of each sentence, [S]."""
        return np.diff(self.first)


class Cutter:
    """Cuts sentences of one language.

    Args:
        language: Their language.
        segmenter: How words are cut.
        vocabulary: Numbers of words; shared with the cutter of the other language.
        functional: Function words in normal form.
        form: What makes of a word its form that is numbered.
    """

    def __init__(
        self,
        language: str,
        segmenter: Segmenter,
        vocabulary: Vocabulary,
        functional: frozenset[str] = frozenset(),
        form: Form = normal_form,
    ) -> None:
        self._vocabulary = vocabulary
        self._form = form
        self._chunks = _Chunks(segment(segmenter, language), vocabulary, functional, form)

    @property
    def full(self) -> bool:
        """Whether it is time to forget."""
        return len(self._chunks.start) > MOST

    def forget(self) -> None:
        """Forget all words; to be called when their numbers are."""
        self._chunks.forget()

    def cut(self, texts: Sequence[str]) -> Words:
        """Cut sentences into words."""
        parts = np.fromiter((text.count(" ") + 1 for text in texts), np.int64, len(texts))
        chunks = chain.from_iterable(text.split(" ") for text in texts)  # few at a time: their memory stays in cache
        chunk = np.fromiter(map(self._chunks.__getitem__, chunks), np.int64, parts.sum())
        length, first, start, end, unit, functional, nameable = self._chunks.columns()
        sentence = np.repeat(np.arange(len(texts)), parts)
        offset = first_places(length[chunk].astype(np.int64) + 1)[:-1]  # in all texts joined by blanks
        offset -= first_places(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)[sentence]
        begin = first[chunk].astype(np.int64)
        owner, word = spread_out(begin, first[chunk + 1] - begin)
        shift, sentence = offset[owner], sentence[owner]
        counts = np.bincount(sentence, minlength=len(texts))
        found = Words(
            unit[word].astype(np.int64),
            start[word] + shift,
            end[word] + shift,
            sentence,
            functional[word].astype(np.bool_),
            nameable[word].astype(np.bool_),
            first_places(counts),
        )
        if self._form is written_form:
            self._decapitalise(texts, found)
        return found

    def _decapitalise(self, texts: Sequence[str], found: Words) -> None:
        """Number a sentence's first word by its form without capital where the dictionary does not have it with it."""
        words = found.first[:-1][found.counts > 0]
        words = words[found.unit[words] >= self._vocabulary.known]
        for word, sentence in zip(words.tolist(), found.sentence[words].tolist(), strict=True):
            text = texts[sentence][found.start[word] : found.end[word]]
            found.unit[word] = self._vocabulary[self._form(text[0].lower() + text[1:])]


class _Chunks(dict[str, int]):
    """What stands between blanks -> its number; its words lie in columns, from `first[number]` on."""

    def __init__(
        self, cut: Callable[[str], list[Span]], vocabulary: Vocabulary, functional: frozenset[str], form: Form
    ) -> None:
        self._cut = cut
        self._form = form
        self._vocabulary = vocabulary
        self._functional = functional
        self.forget()

    def __missing__(self, chunk: str) -> int:
        for start, end in self._cut(chunk):
            word = chunk[start:end]
            self.start.append(start)
            self._end.append(end)
            self._unit.append(self._vocabulary[self._form(word)])
            self._is_functional.append(normal_form(word) in self._functional)
            self._nameable.append(word[0].isupper() or any(map(str.isdigit, word)))
        self._first.append(len(self.start))
        self._length.append(len(chunk))
        number = self[chunk] = len(self)
        return number

    def forget(self) -> None:
        """Begin anew."""
        self.clear()
        self._length, self._first = array("i"), array("i", [0])
        self.start, self._end, self._unit = array("i"), array("i"), array("i")
        self._is_functional, self._nameable = array("b"), array("b")

    def columns(self) -> tuple[npt.NDArray[np.integer[Any]], ...]:
        """Return the chunks' lengths and first words, and the words' starts, ends, numbers and two flags.

        They are views, to be let go before the next chunk is added.
        """
        chunks, words = (self._length, self._first), (self.start, self._end, self._unit)
        return tuple(map(np.asarray, (*chunks, *words, self._is_functional, self._nameable)))

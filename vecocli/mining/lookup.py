"""A dictionary together with what cuts the texts in which it is looked up."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from vecocli.mining.block import Block
from vecocli.mining.cut import Cutter, Form, Words
from vecocli.mining.dictionary import Candidates, Matcher, Matches, Target, write_out
from vecocli.mining.ranges import Flags, Integers
from vecocli.mining.rules import Identical
from vecocli.mining.vocabulary import Spans
from vecocli.text.corpus import SentencePair
from vecocli.text.segment import Segmenter, normal_form


class Hits(NamedTuple):
    """What a dictionary has for a block of sentence pairs."""

    matches: Matches
    source: Spans
    target: Target

    def places(self, pairs: Flags) -> Candidates:
        """Write out the places of some pairs.

        Args:
            pairs: [P] which ones.
        """
        return write_out(self.matches.take(pairs[self.matches.pair]), self.source, self.target)

    def counts(self, pairs: int) -> Integers:
        """Return how many places each of P pairs has, [P]."""
        return np.bincount(self.matches.pair, self.matches.many, pairs).astype(np.int64)


class Lookup:
    """Looks a dictionary up in blocks of sentence pairs.

    Args:
        matcher: Index of the dictionary; numbers the words of one lookup only.
        languages: Source and target language.
        segmenter: How words are cut.
        functional: Function words of both languages in normal form.
        forms: What makes of a word of each language the form that the dictionary has.
    """

    def __init__(
        self,
        matcher: Matcher,
        languages: tuple[str, str],
        segmenter: Segmenter,
        functional: tuple[frozenset[str], frozenset[str]],
        forms: tuple[Form, Form] = (normal_form, normal_form),
    ) -> None:
        self.matcher = matcher
        self._cutters = tuple(
            Cutter(language, segmenter, matcher.vocabulary, words, form)
            for language, words, form in zip(languages, functional, forms, strict=True)
        )

    def cut(self, pairs: Sequence[SentencePair]) -> Block:
        """Cut pairs into words; where too many are remembered, all are forgotten first."""
        if any(cutter.full for cutter in self._cutters):
            self.matcher.vocabulary.forget()
            for cutter in self._cutters:
                cutter.forget()
        source, target = self._cutters
        return Block(pairs, source.cut([pair.source for pair in pairs]), target.cut([pair.target for pair in pairs]))

    def hits(self, block: Block, usable: Flags, *, identical: Identical, functional: bool) -> Hits:
        """Look up some pairs of a block.

        Args:
            block: What `cut` made.
            usable: [P] which pairs.
            identical: Look for equal words as well that the dictionary does not list, other than function words; for
                `names`, where the source word may be one.
            functional: Look up function words by themselves.
        """
        source, target = (self._spans(words, usable, functional) for words in (block.source, block.target))
        stands = Target(target, block.target.sentence, len(usable), self.matcher.vocabulary.size)
        equal = (source.length == 1) & ~block.source.functional[source.start] & (identical != "off")
        if identical == "names":
            equal &= block.source.nameable[source.start]
        return Hits(self.matcher.matches(source, stands, block.source.sentence, equal), source, stands)

    def _spans(self, words: Words, usable: Flags, functional: bool) -> Spans:
        """Return the words and phrases of the usable pairs that may be linked."""
        spans = self.matcher.vocabulary.spans(words.unit, words.sentence, np.flatnonzero(usable[words.sentence]))
        return spans if functional else spans.take((spans.length > 1) | ~words.functional[spans.start])

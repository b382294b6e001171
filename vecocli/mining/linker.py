"""Links the words of sentence pairs: segment, look up, choose, and count what happened, a block at a time."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import chain
from typing import Any, NamedTuple, Protocol

import numpy as np

from vecocli.mining.block import Block
from vecocli.mining.choose import choose, nearness, rivalling
from vecocli.mining.cut import Cutter, Words
from vecocli.mining.dictionary import IDENTICAL_WORDS, Candidates, Matcher, Target, write_out
from vecocli.mining.mined import Links, MinedBlock
from vecocli.mining.ranges import Flags, Reals, runs
from vecocli.mining.result import FREQUENT
from vecocli.mining.rules import Rules, joined, name
from vecocli.mining.vocabulary import Spans
from vecocli.text.corpus import SentencePair
from vecocli.text.segment import SEGMENTER, Segmenter, Span
from vecocli.text.synonyms import DICTIONARY, IDENTICAL
from vecocli.text.thesaurus import Thesaurus

SCORE_DIGITS = 4
MOST_PLACES = 10_000  # a pair with more, such as one word written a hundred times on both sides, is not worth its time
WORDS_AT_ONCE = 1 << 18  # words looked up and places chosen among at the same time: some 100 MB
PLACES_AT_ONCE = 1 << 18
CLEAR_NEARNESS = 0.75  # function words whose relative positions differ by more are mostly wrong on hand-aligned text


class SpanQuery(NamedTuple):
    """A sentence pair and the places in it to compare: source and target span of each, in code points."""

    source: str
    target: str
    places: Sequence[tuple[Span, Span]]


class SpanScorer(Protocol):
    """Compares spans of two languages, such as by an encoder.

    Attributes:
        name: What tells two scorers apart: a run is only resumed with the same one.
    """

    name: str

    def __call__(self, queries: Sequence[SpanQuery]) -> list[list[float]]:
        """Return a similarity in [-1, 1] for every place of every query."""
        ...


class Linker:
    """Turns sentence pairs into mined pairs.

    Args:
        thesaurus: The dictionary.
        matcher: Its index; numbers the words of one linker only.
        rules: The switches.
        function_words: Function words of the source and of the target language, in normal form.
        scorer: Compares spans where a place is ambiguous; without one, relative position decides.
        segmenter: How words are cut.
    """

    def __init__(
        self,
        thesaurus: Thesaurus,
        matcher: Matcher,
        rules: Rules,
        function_words: tuple[frozenset[str], frozenset[str]],
        scorer: SpanScorer | None = None,
        segmenter: Segmenter = "icu",
    ) -> None:
        self._thesaurus = thesaurus
        self._rules = rules
        self._function_words = function_words
        self._scorer = scorer
        self._matcher = matcher
        self._segmenter = segmenter
        source, target = thesaurus.languages
        self._source = Cutter(source, segmenter, matcher.vocabulary, function_words[0])
        self._target = Cutter(target, segmenter, matcher.vocabulary, function_words[1])
        self._origins = [*(DICTIONARY + ",".join(names) for names in matcher.names), IDENTICAL]

    @property
    def facts(self) -> dict[str, Any]:
        """Everything but the sentences that decides the links."""
        found = hashlib.blake2b(repr([sorted(words) for words in self._function_words]).encode(), digest_size=16)
        return {
            "dictionary": self._thesaurus.digest(),
            "segmenter": SEGMENTER if self._segmenter == "icu" else self._segmenter,
            **asdict(self._rules),
            "scorer": self._scorer.name if self._scorer else None,
            FREQUENT: found.hexdigest(),
        }

    def link(self, pairs: Sequence[SentencePair], counts: Counter[str]) -> MinedBlock:
        """Link sentence pairs, one row each, and add what happened to the counts."""
        if self._source.full or self._target.full:
            self._matcher.vocabulary.forget()
            self._source.forget()
            self._target.forget()
        source, target = self._source.cut([pair.source for pair in pairs]), self._target.cut([p.target for p in pairs])
        block = Block(pairs, source, target)
        mined = MinedBlock.of(block, list(self._links(block, counts)), self._origins)
        mined.add_to(counts)
        return mined

    def _links(self, block: Block, counts: Counter[str]) -> Iterator[Links]:
        """Yield the links of a block, of as many pairs at a time as memory allows."""
        usable = block.usable(self._rules.max_words, counts)
        for begin, end in runs(np.where(usable, block.source.counts + block.target.counts, 0), WORDS_AT_ONCE):
            here = np.zeros_like(usable)
            here[begin:end] = usable[begin:end]
            source, target = self._spans(block.source, here), self._spans(block.target, here)
            stands = Target(target, block.target.sentence, len(usable), self._matcher.vocabulary.size)
            equal = (source.length == 1) & ~block.source.functional[source.start] & (self._rules.identical != "off")
            matches = self._matcher.matches(source, stands, block.source.sentence, equal)
            places = np.bincount(matches.pair, matches.many, len(usable)).astype(np.int64)
            counts.update(["too_long"] * int((places > MOST_PLACES).sum()))
            places[places > MOST_PLACES] = 0
            for first, last in runs(places, PLACES_AT_ONCE):
                some = (matches.pair >= first) & (matches.pair < last) & (places[matches.pair] > 0)
                yield self._choose(block, self._kept(block, write_out(matches.take(some), source, stands)))

    def _spans(self, words: Words, usable: Flags) -> Spans:
        """Return the words and phrases of the usable pairs that may be linked."""
        spans = self._matcher.vocabulary.spans(words.unit, words.sentence, np.flatnonzero(usable[words.sentence]))
        if self._rules.function_words != "drop":
            return spans
        return spans.take((spans.length > 1) | ~words.functional[spans.start])

    def _kept(self, block: Block, places: Candidates) -> Candidates:
        """Leave out phrases across punctuation, and equal words that the policy does not link."""
        alike = places.entry == IDENTICAL_WORDS
        kept = ~(alike & block.target.functional[places.target])
        if self._rules.identical == "names":
            at = np.flatnonzero(alike)
            kept[at] &= np.array([name(*texts) for texts in block.texts(places.take(at))], np.bool_)
        at = np.flatnonzero((places.source_length > 1) | (places.target_length > 1))
        kept[at] = [joined(*source) and joined(*target) for source, target in block.worded(places.take(at))]
        return places.take(kept)

    def _choose(self, block: Block, places: Candidates) -> Links:
        """Choose among places."""
        near = nearness(places, block.source.first, block.target.first)
        preference = near if self._scorer is None else self._scored(block, places, near, self._scorer)
        allowed = if_ambiguous = np.ones(len(near), np.bool_)
        if self._rules.function_words == "clear":
            if_ambiguous = ~block.functional(places)
            allowed = if_ambiguous | (near >= CLEAR_NEARNESS)
        chosen, score, ambiguous = choose(places, places.source_length, preference, allowed, if_ambiguous)
        score = np.where(ambiguous, np.maximum(np.round(score, SCORE_DIGITS), 10**-SCORE_DIGITS), 1.0)
        linked = places.take(chosen)
        origin = np.where(linked.entry == IDENTICAL_WORDS, len(self._origins) - 1, self._matcher.origin[linked.entry])
        return Links(linked, score, ambiguous, origin)

    def _scored(self, block: Block, places: Candidates, near: Reals, scorer: SpanScorer) -> Reals:
        """Return the scorer's answers for the pairs in which a place is ambiguous, nearness for the others."""
        asked = np.unique(places.pair[rivalling(places)])
        which = np.flatnonzero(np.isin(places.pair, asked))
        which = which[np.lexsort((places.target[which], places.source[which]))]
        ends = np.searchsorted(places.pair[which], asked, side="right")
        queries = [
            SpanQuery(block.pairs[pair].source, block.pairs[pair].target, block.code_points(places.take(some)))
            for pair, some in zip(asked.tolist(), np.split(which, ends[:-1]), strict=False)
        ]
        preference = near.copy()
        preference[which] = list(chain.from_iterable(scorer(queries))) if queries else []
        return preference

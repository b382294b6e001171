"""Links the words of sentence pairs: segment, look up, choose, and count what happened, a block at a time."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import chain
from typing import Any

import numpy as np

from vecocli.errors import UsageError
from vecocli.mining.block import Block
from vecocli.mining.choose import choose, nearness, rivalling
from vecocli.mining.dictionary import IDENTICAL_WORDS, Candidates, Matcher, joined_places
from vecocli.mining.likelihood import evidence, likelihood
from vecocli.mining.lookup import Hits, Lookup
from vecocli.mining.mined import Links, MinedBlock
from vecocli.mining.ranges import Flags, Integers, Reals, runs
from vecocli.mining.result import FREQUENT
from vecocli.mining.rules import Rules, name
from vecocli.mining.scorer import SpanQuery, SpanScorer
from vecocli.mining.stems import Stems, stemmed
from vecocli.text.corpus import SentencePair
from vecocli.text.segment import SEGMENTER, Segmenter, normal_form, written_form
from vecocli.text.synonyms import DICTIONARY, IDENTICAL
from vecocli.text.thesaurus import Thesaurus

SCORE_DIGITS = 4
MOST_PLACES = 10_000  # a pair with more, such as one word written a hundred times on both sides, is not worth its time
WORDS_AT_ONCE = 1 << 18  # words looked up and places chosen among at the same time: some 100 MB
PLACES_AT_ONCE = 1 << 18
CLEAR_NEARNESS = 0.75  # function words whose relative positions differ by more are mostly wrong on hand-aligned text


class Linker:
    """Turns sentence pairs into mined pairs.

    Args:
        thesaurus: The dictionary.
        matcher: Its index; numbers the words of one linker only.
        rules: The switches.
        function_words: Function words of the source and of the target language, in normal form.
        scorer: Compares spans where a place is ambiguous; without one, relative position decides.
        segmenter: How words are cut.

    Raises:
        MissingError: Matching by stems needs a package that is not installed.
        UsageError: A dictionary in normal form for matching in spelling, or the other way round.
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
        exact = rules.inflection == "exact"
        if exact != thesaurus.written:
            hint = f"Load it with written={exact} for inflection={rules.inflection!r}."
            raise UsageError("the dictionary's words are not in the form that is matched", hint)
        self._thesaurus = thesaurus
        self._rules = rules
        self.function_words = function_words
        self._scorer = scorer
        self._segmenter = segmenter
        form = written_form if exact else normal_form
        self._lookups = [Lookup(matcher, thesaurus.languages, segmenter, function_words, (form, form))]
        if rules.inflection == "stem":
            stems = Stems(thesaurus.source_language), Stems(thesaurus.target_language)
            forms = stems[0].__getitem__, stems[1].__getitem__
            by_stems = Matcher(stemmed(thesaurus, *stems), max_phrase=1)
            self._lookups.append(Lookup(by_stems, thesaurus.languages, segmenter, function_words, forms))
        self._entries = len(matcher.origin)  # those that follow match by stems
        matchers = [lookup.matcher for lookup in self._lookups]
        names = [DICTIONARY + ",".join(listed) for one in matchers for listed in one.names]
        self._origins = [*names, IDENTICAL]
        before = np.cumsum([0, *(len(one.names) for one in matchers)])
        origin = [one.origin + skipped for one, skipped in zip(matchers, before, strict=False)]
        self._origin = np.concatenate([*origin, [len(names)]])  # the last, which is -1, is for equal words

    @property
    def facts(self) -> dict[str, Any]:
        """Everything but the sentences that decides the links."""
        found = hashlib.blake2b(repr([sorted(words) for words in self.function_words]).encode(), digest_size=16)
        return {
            "dictionary": self._thesaurus.digest(),
            "segmenter": SEGMENTER if self._segmenter == "icu" else self._segmenter,
            **asdict(self._rules),
            "scorer": self._scorer.name if self._scorer else None,
            FREQUENT: found.hexdigest(),
        }

    @property
    def origins(self) -> Sequence[str]:
        """All that a link may come from."""
        return self._origins

    @property
    def cut_before(self) -> bool:
        """Whether the text is one that was cut into words before."""
        return self._segmenter == "blanks"

    def link(self, pairs: Sequence[SentencePair], counts: Counter[str]) -> MinedBlock:
        """Link sentence pairs, one row each, and add what happened to the counts."""
        blocks = [lookup.cut(pairs) for lookup in self._lookups]
        links = [self._choose(blocks[0], places) for _, places in self._found(blocks, counts)]
        mined = MinedBlock.of(blocks[0], links, self._origins)
        mined.add_to(counts)
        return mined

    def places(self, pairs: Sequence[SentencePair], counts: Counter[str]) -> tuple[Block, Flags, Candidates]:
        """Find what may be linked, without choosing among it.

        Returns:
            The pairs cut into words; [P] which of them may have links; their places, also such as exclude each other.
        """
        blocks = [lookup.cut(pairs) for lookup in self._lookups]
        usable, found = zip(*self._found(blocks, counts), strict=True)
        return blocks[0], np.logical_or.reduce(usable), joined_places(found)

    def allowed(self, block: Block, places: Candidates) -> Flags:
        """Return which places the policy on function words lets be linked where they are not ambiguous, [N]."""
        if self._rules.function_words == "keep":
            return np.ones(len(places.pair), np.bool_)
        allowed: Flags = ~block.functional(places)
        if self._rules.function_words == "clear":
            allowed |= nearness(places, block.source.first, block.target.first) >= CLEAR_NEARNESS
        return allowed

    def origin(self, places: Candidates) -> Integers:
        """Say what places come from, as places in `origins`, [N]."""
        return self._origin[places.entry]

    def _found(self, blocks: Sequence[Block], counts: Counter[str]) -> Iterator[tuple[Flags, Candidates]]:
        """Yield pairs of a block, [P], and their places: as many pairs at a time as memory allows, together all usable.

        Args:
            blocks: The same pairs and words, in the forms of each lookup.
            counts: Added to.
        """
        block = blocks[0]
        usable = block.usable(self._rules.max_words, counts)
        for begin, end in runs(np.where(usable, block.source.counts + block.target.counts, 0), WORDS_AT_ONCE):
            here = _part(usable, begin, end)
            hits = self._hits(blocks, here)
            places = sum((one.counts(len(usable)) for one in hits), np.zeros(len(usable), np.int64))
            counts.update(["too_long"] * int((places > MOST_PLACES).sum()))
            here &= places <= MOST_PLACES
            for first, last in runs(np.where(here, places, 0), PLACES_AT_ONCE):
                part = _part(here, first, last)
                yield part, self._places(block, hits, part)

    def _hits(self, blocks: Sequence[Block], usable: Flags) -> list[Hits]:
        """Look the dictionary up in each form."""
        identical, functional = self._rules.identical, self._rules.function_words != "drop"
        first, *others = zip(self._lookups, blocks, strict=True)
        found = [first[0].hits(first[1], usable, identical=identical, functional=functional)]
        return found + [one.hits(block, usable, identical="off", functional=False) for one, block in others]

    def _places(self, block: Block, hits: Sequence[Hits], pairs: Flags) -> Candidates:
        """Return the places of some pairs: of the dictionary's words, and by stems those of other word pairs."""
        places, *others = (one.places(pairs) for one in hits)
        places = self._kept(block, places)
        for other in others:
            words = len(block.target.unit) + 1
            known = (places.source * words + places.target)[(places.source_length == 1) & (places.target_length == 1)]
            other = other.take(~np.isin(other.source * words + other.target, known))
            other = other._replace(entry=other.entry + self._entries)
            places = joined_places([places, other])
        return places

    def _kept(self, block: Block, places: Candidates) -> Candidates:
        """Leave out phrases across punctuation, and equal words that the policy does not link."""
        alike = places.entry == IDENTICAL_WORDS
        kept = ~(alike & block.target.functional[places.target])
        if self._rules.identical == "names":
            at = np.flatnonzero(alike)
            kept[at] &= np.array([name(*texts) for texts in block.texts(places.take(at))], np.bool_)
        at = np.flatnonzero((places.source_length > 1) | (places.target_length > 1))
        kept[at] = block.joined(places.take(at))
        return places.take(kept)

    def _choose(self, block: Block, places: Candidates) -> Links:
        """Choose among places."""
        preference = nearness(places, block.source.first, block.target.first)
        if self._scorer is not None:
            preference = self._scored(block, places, preference, self._scorer)
        allowed = if_ambiguous = self.allowed(block, places)
        if self._rules.function_words == "clear":
            if_ambiguous = ~block.functional(places)
        by_stem = places.entry >= self._entries
        level: Integers = np.where(by_stem, 0, places.source_length)  # what matches as it is goes first
        chosen, share, ambiguous = choose(places, level, preference, allowed, if_ambiguous)
        links = self._rated(block, places.take(chosen), share, ambiguous)
        return links.take(links.score >= self._rules.min_score) if self._rules.min_score else links

    def _rated(self, block: Block, linked: Candidates, share: Reals, ambiguous: Flags) -> Links:
        """Say of chosen places how likely they are right and what they come from."""
        seen = evidence(
            share,
            nearness(linked, block.source.first, block.target.first),
            block.functional(linked),
            linked.entry >= self._entries,
            linked.entry == IDENTICAL_WORDS,
            (linked.source_length > 1) | (linked.target_length > 1),
        )
        score = np.maximum(np.round(likelihood(seen), SCORE_DIGITS), 10**-SCORE_DIGITS)
        return Links(linked, score, ambiguous, self.origin(linked))

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


def _part(flags: Flags, begin: int, end: int) -> Flags:
    """Return flags that are set only in [begin, end)."""
    part = np.zeros_like(flags)
    part[begin:end] = flags[begin:end]
    return part

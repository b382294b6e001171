"""Links the words of sentence pairs: segment, look up, choose, and count what happened."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any, NamedTuple, Protocol

from vecocli.mining.choose import choose, nearness, rivals
from vecocli.mining.dictionary import Candidate, Matcher, occurrences
from vecocli.mining.forms import Forms
from vecocli.mining.result import FREQUENT
from vecocli.mining.rules import Rules, joined, name
from vecocli.text.corpus import SentencePair
from vecocli.text.segment import SEGMENTER, words
from vecocli.text.synonyms import DICTIONARY, IDENTICAL, MinedPair, SynonymPair
from vecocli.text.thesaurus import Phrase, Thesaurus

SCORE_DIGITS = 4
MOST_PLACES = 10_000  # a pair with more, such as one word written a hundred times on both sides, is not worth its time
CLEAR_NEARNESS = 0.75  # function words whose relative positions differ by more are mostly wrong on hand-aligned text

Span = tuple[int, int]
Preference = Callable[[Candidate], float]


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


class _Prepared(NamedTuple):
    """A sentence pair cut into words, with every place that may be linked."""

    pair: SentencePair
    source_spans: list[Span]
    target_spans: list[Span]
    source: list[str]  # words in normal form
    target: list[str]
    places: list[Candidate]


class Linker:
    """Turns sentence pairs into mined pairs.

    Args:
        thesaurus: The dictionary.
        matcher: Its index.
        rules: The switches.
        function_words: Function words of the source and of the target language, in normal form.
        scorer: Compares spans where a place is ambiguous; without one, relative position decides.
    """

    def __init__(
        self,
        thesaurus: Thesaurus,
        matcher: Matcher,
        rules: Rules,
        function_words: tuple[frozenset[str], frozenset[str]],
        scorer: SpanScorer | None = None,
    ) -> None:
        self._thesaurus = thesaurus
        self._rules = rules
        self._function_words = function_words
        self._scorer = scorer
        self._matcher = matcher
        self._forms = Forms()
        self._origins: dict[tuple[Phrase, Phrase], str] = {}

    @property
    def facts(self) -> dict[str, Any]:
        """Everything but the sentences that decides the links."""
        found = hashlib.blake2b(repr([sorted(words) for words in self._function_words]).encode(), digest_size=16)
        return {
            "dictionary": self._thesaurus.digest(),
            "segmenter": SEGMENTER,
            **asdict(self._rules),
            "scorer": self._scorer.name if self._scorer else None,
            FREQUENT: found.hexdigest(),
        }

    def link(self, pairs: Sequence[SentencePair], counts: Counter[str]) -> list[MinedPair]:
        """Link sentence pairs, one row each, and add what happened to the counts."""
        if self._scorer is None:  # one by one: what dies at once costs Python's garbage collector nothing
            rows = [self._finish(self._prepare(pair, counts), None, counts) for pair in pairs]
        else:
            prepared = [self._prepare(pair, counts) for pair in pairs]
            scored = self._scored(prepared, self._scorer)
            rows = [self._finish(one, scored.get(index), counts) for index, one in enumerate(prepared)]
        links = [link for row in rows for link in row.links]
        counts["pairs"] += len(rows)
        counts["pairs_with_links"] += sum([bool(row.links) for row in rows])
        counts["links"] += len(links)
        counts["ambiguous"] += sum([link.ambiguous for link in links])
        counts.update([link.origin for link in links])
        return rows

    def _prepare(self, pair: SentencePair, counts: Counter[str]) -> _Prepared:
        """Cut a pair into words and find its places."""
        source_text, target_text, forms = pair.source, pair.target, self._forms
        source_spans = words(source_text, self._thesaurus.source_language)
        target_spans = words(target_text, self._thesaurus.target_language)
        one = _Prepared(
            pair,
            source_spans,
            target_spans,
            [forms[source_text[start:end]] for start, end in source_spans],
            [forms[target_text[start:end]] for start, end in target_spans],
            [],
        )
        counts["source_words"] += len(source_spans)
        counts["target_words"] += len(target_spans)
        if not source_spans or not target_spans:
            counts["one_sided" if source_spans or target_spans else "empty"] += 1
        elif len(source_spans) > self._rules.max_words or len(target_spans) > self._rules.max_words:
            counts["too_long"] += 1
        else:
            self._find(one)
            if len(one.places) > MOST_PLACES:
                counts["too_long"] += 1
                one.places.clear()
        return one

    def _find(self, one: _Prepared) -> None:
        """Put in the places that the dictionary, equal words and the policies allow."""
        pair, source_spans, target_spans, source, target, places = one
        single, phrases = self._matcher.candidates(source, target)
        places += single
        if self._rules.identical != "off":
            equal = frozenset(source).intersection(target)
            places += self._identical(equal, one) if equal else ()
        places += [
            place
            for place in phrases
            if joined(pair.source, source_spans[place[0] : place[1]])
            and joined(pair.target, target_spans[place[2] : place[3]])
        ]
        if self._rules.function_words == "drop":
            places[:] = [place for place in places if not self._functional(source, target, place)]

    def _identical(self, equal: frozenset[str], one: _Prepared) -> list[Candidate]:
        """Return the places of equal words, other than function words, that the policy links."""

        def named(place: int, other: int) -> bool:
            return name(
                one.pair.source[slice(*one.source_spans[place])], one.pair.target[slice(*one.target_spans[other])]
            )

        known = frozenset(one.places)
        return [
            place
            for word in sorted(equal.difference(*self._function_words))
            for start in occurrences(word, one.source)
            for other in occurrences(word, one.target)
            if (place := (start, start + 1, other, other + 1)) not in known
            and (self._rules.identical == "all" or named(start, other))
        ]

    def _functional(self, source: Sequence[str], target: Sequence[str], place: Candidate) -> bool:
        """Return whether one side of a place is a function word by itself."""
        start, end, other, other_end = place
        return (end - start == 1 and source[start] in self._function_words[0]) or (
            other_end - other == 1 and target[other] in self._function_words[1]
        )

    def _scored(self, prepared: Sequence[_Prepared], scorer: SpanScorer) -> dict[int, Preference]:
        """Ask the scorer about the pairs in which a place is ambiguous; the answers by index of the pair."""
        asked = [index for index, one in enumerate(prepared) if rivals(one.places)]
        queries = [
            SpanQuery(one.pair.source, one.pair.target, [_spans(one, place) for place in one.places])
            for one in map(prepared.__getitem__, asked)
        ]
        answers = scorer(queries) if queries else []
        return {
            index: dict(zip(prepared[index].places, scores, strict=True)).__getitem__
            for index, scores in zip(asked, answers, strict=True)
        }

    def _finish(self, one: _Prepared, scored: Preference | None, counts: Counter[str]) -> MinedPair:
        """Choose among the places of a pair and write them down as links."""
        pair, source_spans, target_spans, source, target, places = one
        if not places:
            return MinedPair(pair.number, pair.source, pair.target, ())
        near = partial(nearness, source_words=len(source), target_words=len(target))

        def accept(place: Candidate, ambiguous: bool) -> bool:
            if self._rules.function_words != "clear" or not self._functional(source, target, place):
                return True
            return not ambiguous and near(place) >= CLEAR_NEARNESS

        links = []
        for (start, end, other, other_end), score, ambiguous in choose(places, scored or near, accept):
            counts["linked_source_words"] += end - start
            counts["linked_target_words"] += other_end - other
            key = tuple(source[start:end]), tuple(target[other:other_end])
            links.append(
                SynonymPair(
                    source_spans[start][0],
                    source_spans[end - 1][1],
                    target_spans[other][0],
                    target_spans[other_end - 1][1],
                    max(round(score, SCORE_DIGITS), 10**-SCORE_DIGITS) if ambiguous else 1.0,
                    self._origins.get(key) or self._origin(*key),
                    ambiguous,
                )
            )
        return MinedPair(pair.number, pair.source, pair.target, tuple(links))

    def _origin(self, source: Phrase, target: Phrase) -> str:
        """Say what a link comes from, and remember it."""
        names = self._thesaurus.entries.get(source, {}).get(target)
        if names is None:
            return IDENTICAL
        origin = self._origins[source, target] = DICTIONARY + ",".join(names)
        return origin


def _spans(one: _Prepared, place: Candidate) -> tuple[Span, Span]:
    """Return a place's source and target span in code points."""
    start, end, other, other_end = place
    source, target = one.source_spans, one.target_spans
    return (source[start][0], source[end - 1][1]), (target[other][0], target[other_end - 1][1])

"""Links the words of sentence pairs: segment, look up, choose, and count what happened."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, Protocol

from vecocli.mining.choose import Choice, choose, nearness, rivals
from vecocli.mining.dictionary import Candidate, Matcher, occurrences
from vecocli.mining.forms import Forms
from vecocli.mining.rules import Rules, joined, name
from vecocli.text.corpus import SentencePair
from vecocli.text.segment import words
from vecocli.text.synonyms import DICTIONARY, IDENTICAL, MinedPair, SynonymPair
from vecocli.text.thesaurus import Phrase, Thesaurus

SCORE_DIGITS = 4
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


class _Side(NamedTuple):
    """One sentence cut into words."""

    text: str
    spans: list[Span]
    forms: list[str]


class _Prepared(NamedTuple):
    """A sentence pair with every place that may be linked."""

    pair: SentencePair
    source: _Side
    target: _Side
    places: list[Candidate]


class Linker:
    """Turns sentence pairs into mined pairs.

    Args:
        thesaurus: The dictionary.
        rules: The switches.
        function_words: Function words of the source and of the target language, in normal form.
        scorer: Compares spans where a place is ambiguous; without one, relative position decides.
    """

    def __init__(
        self,
        thesaurus: Thesaurus,
        rules: Rules,
        function_words: tuple[frozenset[str], frozenset[str]],
        scorer: SpanScorer | None = None,
    ) -> None:
        self._thesaurus = thesaurus
        self._rules = rules
        self._function_words = function_words
        self._scorer = scorer
        self._matcher = Matcher(thesaurus, rules.max_phrase)
        self._forms = Forms()
        self._origins: dict[tuple[Phrase, Phrase], str] = {}

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
        source = self._side(pair.source, self._thesaurus.source_language)
        target = self._side(pair.target, self._thesaurus.target_language)
        source_words, target_words = len(source.spans), len(target.spans)
        counts["source_words"] += source_words
        counts["target_words"] += target_words
        if not source_words or not target_words:
            counts["one_sided" if source_words or target_words else "empty"] += 1
        elif source_words > self._rules.max_words or target_words > self._rules.max_words:
            counts["too_long"] += 1
        else:
            return _Prepared(pair, source, target, self._places(source, target))
        return _Prepared(pair, source, target, [])

    def _side(self, text: str, language: str) -> _Side:
        spans = words(text, language)
        forms = self._forms
        return _Side(text, spans, [forms[text[start:end]] for start, end in spans])

    def _places(self, source: _Side, target: _Side) -> list[Candidate]:
        """Return the places that the dictionary, equal words and the policies allow."""
        places, phrases = self._matcher.candidates(source.forms, target.forms)
        if self._rules.identical != "off":
            equal = frozenset(source.forms).intersection(target.forms)
            places += self._identical(equal, source, target, places) if equal else ()
        places += [
            place
            for place in phrases
            if joined(source.text, source.spans[place[0] : place[1]])
            and joined(target.text, target.spans[place[2] : place[3]])
        ]
        if self._rules.function_words == "drop":
            return [place for place in places if not self._functional(source.forms, target.forms, place)]
        return places

    def _identical(
        self, equal: frozenset[str], source: _Side, target: _Side, known: Sequence[Candidate]
    ) -> list[Candidate]:
        """Return the places of equal words, other than function words, that the policy links."""
        return [
            place
            for word in sorted(equal.difference(*self._function_words))
            for start in occurrences(word, source.forms)
            for other in occurrences(word, target.forms)
            if (place := (start, start + 1, other, other + 1)) not in known
            and (self._rules.identical == "all" or name(_surface(source, start), _surface(target, other)))
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
            SpanQuery(one.source.text, one.target.text, [_spans(one, place) for place in one.places])
            for one in map(prepared.__getitem__, asked)
        ]
        answers = scorer(queries) if queries else []
        return {
            index: dict(zip(prepared[index].places, scores, strict=True)).__getitem__
            for index, scores in zip(asked, answers, strict=True)
        }

    def _finish(self, one: _Prepared, scored: Preference | None, counts: Counter[str]) -> MinedPair:
        """Choose among the places of a pair and write them down as links."""
        pair, source, target, places = one
        if not places:
            return MinedPair(pair.number, pair.source, pair.target, ())
        near = partial(nearness, source_words=len(source.forms), target_words=len(target.forms))

        def accept(place: Candidate, ambiguous: bool) -> bool:
            if self._rules.function_words != "clear" or not self._functional(source.forms, target.forms, place):
                return True
            return not ambiguous and near(place) >= CLEAR_NEARNESS

        chosen = choose(places, scored or near, accept)
        counts["linked_source_words"] += sum([end - start for (start, end, _, _), _, _ in chosen])
        counts["linked_target_words"] += sum([end - start for (_, _, start, end), _, _ in chosen])
        links = tuple([self._write(one, choice) for choice in chosen])
        return MinedPair(pair.number, pair.source, pair.target, links)

    def _write(self, one: _Prepared, choice: Choice) -> SynonymPair:
        """Write a choice down in code points, with what it comes from."""
        place, score, ambiguous = choice
        start, end, other, other_end = place
        key = tuple(one.source.forms[start:end]), tuple(one.target.forms[other:other_end])
        origin = self._origins.get(key) or self._origin(*key)
        source_span, target_span = _spans(one, place)
        if ambiguous:
            score = max(round(score, SCORE_DIGITS), 10**-SCORE_DIGITS)
        return SynonymPair(*source_span, *target_span, score, origin, ambiguous)

    def _origin(self, source: Phrase, target: Phrase) -> str:
        """Say what a link comes from, and remember it."""
        names = self._thesaurus.entries.get(source, {}).get(target)
        if names is None:
            return IDENTICAL
        origin = self._origins[source, target] = DICTIONARY + ",".join(names)
        return origin


def _surface(side: _Side, word: int) -> str:
    """Return a word as written."""
    start, end = side.spans[word]
    return side.text[start:end]


def _spans(one: _Prepared, place: Candidate) -> tuple[Span, Span]:
    """Return a place's source and target span in code points."""
    start, end, other, other_end = place
    source, target = one.source.spans, one.target.spans
    return (source[start][0], source[end - 1][1]), (target[other][0], target[other_end - 1][1])

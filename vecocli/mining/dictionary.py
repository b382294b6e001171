"""Finds where a dictionary entry stands on both sides of a sentence pair.

A span is counted in words here, [start, end); what is found is every place, and `choose` picks among them.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vecocli.text.thesaurus import Phrase, Thesaurus, Translations

Candidate = tuple[int, int, int, int]
"""Source start and end, target start and end, in words."""


class _Targets(NamedTuple):
    """The translations of one phrase, ready for set operations in C."""

    singles: frozenset[str]
    longer: dict[str, list[Phrase]]  # phrases of two or more words by their first word


class _Head(NamedTuple):
    """What can begin with one source word."""

    firsts: frozenset[str]  # first words of its own translations, which follow
    singles: frozenset[str]
    longer: dict[str, list[Phrase]]
    seconds: frozenset[str]  # second words of the source phrases that begin with it


class Matcher:
    """An index of a thesaurus for looking up whole sentences.

    Args:
        thesaurus: The dictionary.
        max_phrase: Longest phrase used on either side, in words.
    """

    def __init__(self, thesaurus: Thesaurus, max_phrase: int) -> None:
        self._max_phrase = max_phrase
        self._phrases: dict[Phrase, _Targets] = {}
        seconds: dict[str, set[str]] = {}
        for source, translations in thesaurus.entries.items():
            if len(source) > max_phrase:
                continue
            targets = _index(translations, max_phrase)
            if targets.singles or targets.longer:
                self._phrases[source] = targets
                seconds.setdefault(source[0], set()).update(source[1:2])
        nothing = _Targets(frozenset(), {})
        self._heads: dict[str, _Head] = {}
        for word, follow in seconds.items():
            singles, longer = self._phrases.get((word,), nothing)
            self._heads[word] = _Head(singles.union(longer), singles, longer, frozenset(follow))

    def candidates(self, source: Sequence[str], target: Sequence[str]) -> tuple[list[Candidate], list[Candidate]]:
        """Find every place where a phrase of the source has a translation in the target.

        Args:
            source: Words of the source sentence in normal form.
            target: Words of the target sentence in normal form.

        Returns:
            Places of single words on both sides, and places with a phrase on some side, whose words follow each
            other but may have punctuation between them; each in ascending order.
        """
        single: list[Candidate] = []
        phrases: list[Candidate] = []
        present = frozenset(target)
        unrepeated = len(present) == len(target)
        look_up = self._heads.get
        for start, word in enumerate(source):
            head = look_up(word)
            if head is None:
                continue
            firsts, singles, longer, seconds = head
            if not firsts.isdisjoint(present):
                for hit in singles & present:
                    for place in (target.index(hit),) if unrepeated else occurrences(hit, target):
                        single.append((start, start + 1, place, place + 1))
                if longer:
                    phrases += _phrase_places(start, start + 1, longer, target, present)
            if seconds and start + 1 < len(source) and source[start + 1] in seconds:
                phrases += self._from(start, source, target, present)
        single.sort()  # sets of words have no order of their own
        phrases.sort()
        return single, phrases

    def _from(
        self, start: int, source: Sequence[str], target: Sequence[str], present: frozenset[str]
    ) -> Iterator[Candidate]:
        """Yield the places of the source phrases of two or more words that begin at one word."""
        for end in range(start + 2, min(start + self._max_phrase, len(source)) + 1):
            targets = self._phrases.get(tuple(source[start:end]))
            if targets is not None:
                for hit in targets.singles & present:
                    yield from ((start, end, place, place + 1) for place in occurrences(hit, target))
                yield from _phrase_places(start, end, targets.longer, target, present)


def occurrences(word: str, sentence: Sequence[str]) -> list[int]:
    """Return where a word stands in a sentence that holds it."""
    if sentence.count(word) == 1:
        return [sentence.index(word)]
    return [place for place, other in enumerate(sentence) if other == word]


def _index(translations: Translations, max_phrase: int) -> _Targets:
    singles = frozenset(phrase[0] for phrase in translations if len(phrase) == 1)
    longer: dict[str, list[Phrase]] = {}
    for phrase in translations:
        if 1 < len(phrase) <= max_phrase:
            longer.setdefault(phrase[0], []).append(phrase)
    return _Targets(singles, longer)


def _phrase_places(
    start: int, end: int, longer: dict[str, list[Phrase]], target: Sequence[str], present: frozenset[str]
) -> Iterator[Candidate]:
    """Yield the places of one source span's translations of two or more words."""
    for first in longer.keys() & present:
        for place in occurrences(first, target):
            for phrase in longer[first]:
                if tuple(target[place : place + len(phrase)]) == phrase:
                    yield start, end, place, place + len(phrase)

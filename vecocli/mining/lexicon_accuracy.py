"""How right and how complete a mined lexicon is, by a dictionary that did not serve to mine it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from vecocli.mining.lexicon import LexiconRow
from vecocli.mining.stems import STEM
from vecocli.text.synonyms import DICTIONARY
from vecocli.text.thesaurus import Phrase, Thesaurus, Translations, phrase

ALL = "all"
BANDS = {"50+": 50, "10-49": 10, "5-9": 5, "2-4": 2, "1": 1}
"""Least links of a word in each band, most first."""
BEST = 5  # translations of which one is to be right, besides the very best


class Keep(NamedTuple):
    """Which word pairs of a lexicon are measured.

    Args:
        min_count: Least links of a pair.
        min_score: Least mean score, 0 to 1.
        origin: What one of the pair's origins begins with; empty for any.
    """

    min_count: int = 1
    min_score: float = 0.0
    origin: str = ""


@dataclass(frozen=True, slots=True)
class BandScore:
    """How well the words of a band, or all words, were translated; None where nothing was asked.

    Args:
        band: How often its words were linked, such as `2-4`, or `all`.
        words: Words with a mined translation.
        asked: Those of them that the dictionary lists.
        precision_at_1: Share of the asked whose best translation the dictionary lists, in percent.
        precision_at_5: Share of the asked with a listed one among the best five, in percent.
        pairs: Pairs of the dictionary both words of which were linked anywhere.
        recall: Share of these pairs that were mined, in percent.
    """

    band: str
    words: int
    asked: int
    precision_at_1: float | None
    precision_at_5: float | None
    pairs: int
    recall: float | None


@dataclass(frozen=True, slots=True)
class DirectionScore:
    """The scores of looking up one language's words.

    Args:
        dictionary_words: Words and phrases of that language that the dictionary translates.
        covered: Those of them with a mined translation.
        coverage: Their share, in percent.
        bands: Scores over all words, then by band, rarest first.
    """

    dictionary_words: int
    covered: int
    coverage: float
    bands: tuple[BandScore, ...]


@dataclass(frozen=True, slots=True)
class LexiconAccuracy:
    """What a dictionary says of a lexicon.

    Args:
        pairs: Word pairs of the lexicon, those without a letter or figure aside.
        kept: Those that were measured.
        by_dictionary: Share of these that a dictionary served to mine, in percent.
        shared: Dictionaries that served and have the name of one that was measured against.
        forward: Source words looked up.
        backward: Target words looked up.
    """

    pairs: int
    kept: int
    by_dictionary: float
    shared: tuple[str, ...]
    forward: DirectionScore
    backward: DirectionScore


class _Mined(NamedTuple):
    """What was mined of a word pair."""

    links: int
    score: float
    origins: frozenset[str]


_Pairs = dict[tuple[Phrase, Phrase], _Mined]


def evaluate_lexicon(rows: Iterable[LexiconRow], thesaurus: Thesaurus, keep: Keep) -> LexiconAccuracy:
    """Measure a lexicon in both directions by a dictionary of its languages.

    A word's best translation is the one that was linked most often; among several, the one with the highest mean
    score, then the first in the order of characters. How often a word was linked, and which words were linked at all,
    is counted before pairs are left out, so that scores with and without them compare.

    Args:
        rows: Lines of one or more lexicons; a pair in several counts once, with all its links.
        thesaurus: The dictionary, from the lexicon's source to its target language.
        keep: Which pairs are measured.

    Source: precision at k over the words of a dictionary as in MUSE (Conneau et al. 2018, section 4.1); recall, bands
        and order are this project's choice.
    """
    pairs = _merged(rows, *thesaurus.languages)
    kept = {words: mined for words, mined in pairs.items() if _passes(mined, keep)}
    served = [
        {part.removeprefix(DICTIONARY).removeprefix(STEM) for part in mined.origins if part.startswith(DICTIONARY)}
        for mined in kept.values()
    ]
    return LexiconAccuracy(
        pairs=len(pairs),
        kept=len(kept),
        by_dictionary=_percent(sum(map(bool, served)), len(kept)) or 0.0,
        shared=tuple(sorted(set().union(*served) & _names(thesaurus))),
        forward=_direction(pairs, kept, thesaurus.entries),
        backward=_direction(_turned(pairs), _turned(kept), thesaurus.reversed().entries),
    )


def _merged(rows: Iterable[LexiconRow], source_language: str, target_language: str) -> _Pairs:
    """Bring a lexicon's words into the form of dictionary entries, and equal pairs together."""
    pairs: _Pairs = {}
    known = cache(phrase)  # a word has many lines, and is kept once
    origins = cache(frozenset[str])
    for row in rows:
        words = known(row.source, source_language), known(row.target, target_language)
        if not all(words):  # signs, where the text was cut at blanks: no dictionary has them
            continue
        before = pairs.get(words)
        if before is None:
            pairs[words] = _Mined(row.links, row.score, origins(row.origins))
        else:
            links = before.links + row.links
            score = (before.score * before.links + row.score * row.links) / links
            pairs[words] = _Mined(links, score, before.origins.union(row.origins))
    return pairs


def _passes(mined: _Mined, keep: Keep) -> bool:
    return (
        mined.links >= keep.min_count
        and mined.score >= keep.min_score
        and any(part.startswith(keep.origin) for part in mined.origins)
    )


def _names(thesaurus: Thesaurus) -> set[str]:
    """Return the names of a dictionary's sources."""
    names = {names for translations in thesaurus.entries.values() for names in translations.values()}
    return {name for some in names for name in some}


def _turned(pairs: _Pairs) -> _Pairs:
    return {(target, source): mined for (source, target), mined in pairs.items()}


def _direction(pairs: _Pairs, kept: _Pairs, entries: Mapping[Phrase, Translations]) -> DirectionScore:
    """Look up the first words of pairs."""
    links: Counter[Phrase] = Counter()
    for (source, _), mined in pairs.items():
        links[source] += mined.links
    targets = {target for _, target in pairs}
    tallies = {band: Counter[str]() for band in reversed(BANDS)}
    best = dict(_ranked(kept))
    for source, count in links.items():
        tallies[_band(count)] += _tally(best.get(source, []), entries.get(source, {}), targets)
    total = sum(tallies.values(), Counter[str]())
    bands = tuple(_band_score(band, tally) for band, tally in {ALL: total, **tallies}.items())
    return DirectionScore(len(entries), total["asked"], 100 * total["asked"] / len(entries), bands)


def _ranked(kept: _Pairs) -> Iterator[tuple[Phrase, list[Phrase]]]:
    """Yield each word with its translations, best first."""
    translations: dict[Phrase, list[tuple[int, float, Phrase]]] = {}
    for (source, target), mined in kept.items():
        translations.setdefault(source, []).append((-mined.links, -mined.score, target))
    for source, candidates in translations.items():
        yield source, [target for _, _, target in sorted(candidates)]


def _band(links: int) -> str:
    return next(band for band, least in BANDS.items() if links >= least)


def _tally(ranked: list[Phrase], listed: Translations, targets: set[Phrase]) -> Counter[str]:
    """Count one linked word: its kept translations, what the dictionary lists, all linked words of the other side."""
    asked = bool(ranked) and bool(listed)
    return Counter(
        words=bool(ranked),
        asked=asked,
        first=asked and ranked[0] in listed,
        among=asked and any(target in listed for target in ranked[:BEST]),
        pairs=sum(target in targets for target in listed),
        found=sum(target in listed for target in ranked),
    )


def _band_score(band: str, tally: Counter[str]) -> BandScore:
    return BandScore(
        band,
        words=tally["words"],
        asked=tally["asked"],
        precision_at_1=_percent(tally["first"], tally["asked"]),
        precision_at_5=_percent(tally["among"], tally["asked"]),
        pairs=tally["pairs"],
        recall=_percent(tally["found"], tally["pairs"]),
    )


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None

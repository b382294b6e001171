"""Links words by an encoder's similarities, helped by a dictionary where there is one.

The dictionary's word pairs get a bonus before the units are matched, so that it decides where similarities are near and
the encoder where they are not; what neither lists is linked by similarity alone. A phrase of the dictionary becomes one
link where its words are linked with each other and with nothing else.

Source: this project's choice.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from vecocli.mining.aligner import Aligned, Listed, WordLink
from vecocli.mining.block import Block
from vecocli.mining.calibration import Calibration, Pair
from vecocli.mining.choose import rivalling
from vecocli.mining.dictionary import IDENTICAL_WORDS, Candidates
from vecocli.mining.known import word_pairs
from vecocli.mining.linker import SCORE_DIGITS, Linker
from vecocli.mining.mine import Prepared
from vecocli.mining.mined import Links, MinedBlock
from vecocli.mining.prepare import ByDictionary
from vecocli.mining.rules import Rules
from vecocli.mining.words import WordedPair
from vecocli.text.corpus import SentencePair
from vecocli.text.synonyms import ALIGNER

UNLISTED = -2  # instead of an entry


class WordAligner(Protocol):
    """What links the words of sentence pairs by similarity; `Aligner` does, for one method at one layer."""

    long: int

    def align(
        self, pairs: Sequence[WordedPair], listed: Sequence[Listed] | None = None
    ) -> Iterator[tuple[int, Aligned]]:
        """Yield the index and the links of every pair."""
        ...


class Aligning(NamedTuple):
    """What links words by similarity.

    Args:
        aligner: Links them.
        method: The name of its method.
        calibration: Scores them.
        facts: What decides its links, as JSON values; a run goes on only with the same.
    """

    aligner: WordAligner
    method: str
    calibration: Calibration
    facts: Mapping[str, Any]


class _Link(NamedTuple):
    """A link of a sentence pair: words counted in their sentences, with the dictionary entry that lists it."""

    source: int
    source_length: int
    target: int
    target_length: int
    entry: int
    score: float
    similarity: float


class JointMiner:
    """Turns sentence pairs into mined pairs by an aligner and, where it has entries, a dictionary.

    Args:
        linker: Cuts the sentences and finds what its dictionary lists; that may be empty.
        aligning: Links words by similarity.
        rules: Of its switches, those on function words that are dropped and on low scores count here.
    """

    def __init__(self, linker: Linker, aligning: Aligning, rules: Rules) -> None:
        self._linker = linker
        self._aligner, self._method, self._calibration, self._facts = aligning
        self._rules = rules
        own = ALIGNER + self._method
        self._origins = [*(f"{origin}+{own}" for origin in linker.origins), own]

    @property
    def facts(self) -> dict[str, Any]:
        """Everything but the sentences that decides the links."""
        return {**self._linker.facts, **self._facts}

    def link(self, pairs: Sequence[SentencePair], counts: Counter[str]) -> MinedBlock:
        """Link sentence pairs, one row each, and add what happened to the counts."""
        block, usable, places = self._linker.places(pairs, counts)
        listed = word_pairs(block, places)
        rows = np.flatnonzero(usable).tolist()
        long = self._aligner.long
        worded = [block.worded_pair(row, cut=self._linker.cut_before) for row in rows]
        found: list[list[_Link]] = [[] for _ in pairs]
        entries = _by_pair(block, places)
        for index, [links] in self._aligner.align(worded, [listed[row] for row in rows]):
            found[rows[index]] = self._links(links, worded[index], entries[rows[index]])
        counts["long_texts"] += self._aligner.long - long
        mined = MinedBlock(block, self._columns(block, found, places), self._origins)
        mined.add_to(counts)
        return mined

    def _links(self, links: Sequence[WordLink], pair: WordedPair, entries: Sequence[_Link]) -> list[_Link]:
        """Score the links of a pair, say which the dictionary lists, and join the words of its phrases."""
        scores = self._calibration.scores(self._method, Pair(links, len(pair.source_words), len(pair.target_words)))
        known = {(one.source, one.target): one.entry for one in entries if one.source_length == one.target_length == 1}
        single = [
            _Link(link.source, 1, link.target, 1, known.get(link[:2], UNLISTED), score, link.similarity)
            for link, score in zip(links, scores, strict=True)
        ]
        phrases = [one for one in entries if one.source_length > 1 or one.target_length > 1]
        return sorted(_joined(single, phrases))

    def _columns(self, block: Block, found: Sequence[Sequence[_Link]], places: Candidates) -> Links:
        """Turn the links of a block into columns, and leave out what the policies leave out."""
        pair = np.repeat(np.arange(len(found)), np.array(list(map(len, found)), np.int64))
        flat = [link for links in found for link in links]
        whole = np.array([link[:5] for link in flat], np.int64).reshape(-1, 5)
        score = np.maximum(np.round([link.score for link in flat], SCORE_DIGITS), 10**-SCORE_DIGITS)
        linked = Candidates(
            pair,
            whole[:, 0] + block.source.first[pair],
            whole[:, 1],
            whole[:, 2] + block.target.first[pair],
            whole[:, 3],
            whole[:, 4],
        )
        rivals = places.take(rivalling(places))
        competing = set(zip(*(column.tolist() for column in rivals[:5]), strict=True))
        ambiguous = np.array(
            [key in competing for key in zip(*(c.tolist() for c in linked[:5]), strict=True)], np.bool_
        )
        links = Links(linked, score, ambiguous, self._origin(linked), np.array([link.similarity for link in flat]))
        kept = score >= self._rules.min_score
        return links.take(kept & ~block.functional(linked) if self._rules.function_words == "drop" else kept)

    def _origin(self, linked: Candidates) -> Any:
        """Say what each link comes from, as a place in the list of origins."""
        listed = self._linker.origin(linked._replace(entry=np.maximum(linked.entry, IDENTICAL_WORDS)))
        return np.where(linked.entry == UNLISTED, len(self._origins) - 1, listed)


def _by_pair(block: Block, places: Candidates) -> list[list[_Link]]:
    """Return the places of each pair with words counted in their sentences."""
    found: list[list[_Link]] = [[] for _ in block.pairs]
    source, target = block.in_sentences(places)
    columns = (source, places.source_length, target, places.target_length, places.entry)
    for pair, *values in zip(places.pair.tolist(), *(column.tolist() for column in columns), strict=True):
        source_start, source_length, target_start, target_length, entry = values
        found[pair].append(_Link(source_start, source_length, target_start, target_length, entry, 0.0, 0.0))
    return found


def _joined(single: Sequence[_Link], phrases: Sequence[_Link]) -> list[_Link]:
    """Join the links within a phrase to one, the longest phrases first; the surest of them scores."""
    links = list(single)
    for phrase in sorted(phrases, key=lambda one: (-one.source_length - one.target_length, one)):
        touching = [link for link in links if _meet(link, phrase)]
        if touching and all(_within(link, phrase) for link in touching):
            surest = max(touching, key=lambda link: link.score)
            links = [link for link in links if link not in touching]
            links.append(phrase._replace(score=surest.score, similarity=surest.similarity))
    return links


def _meet(link: _Link, phrase: _Link) -> bool:
    """Return whether they share a word on some side."""
    return (
        link.source < phrase.source + phrase.source_length and phrase.source < link.source + link.source_length
    ) or (link.target < phrase.target + phrase.target_length and phrase.target < link.target + link.target_length)


def _within(link: _Link, phrase: _Link) -> bool:
    """Return whether all words of a link are the phrase's, on both sides."""
    return (
        phrase.source <= link.source
        and link.source + link.source_length <= phrase.source + phrase.source_length
        and phrase.target <= link.target
        and link.target + link.target_length <= phrase.target + phrase.target_length
    )


@dataclass(frozen=True)
class ByAligner:
    """Prepares to link words by similarity, with a dictionary's help.

    Args:
        dictionary: Cuts the sentences and finds what its dictionary, which may be empty, lists.
        aligning: Links words by similarity.
    """

    dictionary: ByDictionary
    aligning: Aligning

    def __call__(self, sample: Sequence[SentencePair]) -> Prepared:
        """Tell the function words of both languages and make the miner; raises what `ByDictionary` does."""
        linker = self.dictionary.linker(sample)
        miner = JointMiner(linker, self.aligning, self.dictionary.rules)
        return Prepared(miner, self.dictionary.about(linker) | {"aligner": dict(self.aligning.facts)})

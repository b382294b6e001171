"""Sentence pairs -> sub-words, units and the links between them.

A *unit* is what the objectives compare: a linked word or phrase, or any other word of the sentence. It covers one or
more sub-words. Where sub-words are to be the units, each is one, and those of linked words are linked each to each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Literal

from vecocli.encoder.tokens import Pieces, Span, TextTokenizer, assign
from vecocli.text.segment import normal_form, words
from vecocli.text.shards import ShardRow

Units = Literal["word", "sub-word"]


@dataclass(frozen=True, slots=True)
class Side:
    """One tokenised sentence.

    Args:
        ids: Sub-word ids, special tokens left out.
        units: Unit index per sub-word, -1 for punctuation between words.
        forms: Per unit, up to the last with a sub-word, a 64-bit hash of its normalised surface form, or of the
            sub-word's id; 0 where the unit got no sub-word.
        sentence: A 64-bit hash of the whole normalised sentence.
    """

    ids: list[int]
    units: list[int]
    forms: list[int]
    sentence: int


@dataclass(frozen=True, slots=True)
class TokenisedPair:
    """A sentence pair ready to be padded.

    Args:
        source: One side.
        target: The other.
        links: (source unit, target unit).
        lost: Links of words or phrases that are not among them.
    """

    source: Side
    target: Side
    links: list[tuple[int, int]]
    lost: int

    def __len__(self) -> int:
        """Sub-words of the longer side."""
        return max(len(self.source.ids), len(self.target.ids))


def tokenise(
    tokens: TextTokenizer, rows: Sequence[ShardRow], max_length: int, units: Units = "word"
) -> list[TokenisedPair]:
    """Cut pairs into sub-words and carry their links from characters over to units.

    Args:
        tokens: The model's tokenizer.
        rows: Pairs with synonym links at character offsets.
        max_length: Most sub-words per side, special tokens included; the rest is cut off.
        units: What is a unit: words and linked phrases, or every sub-word, punctuation too (as in awesome-align's and
            XLM-Align's training, arXiv 2101.08231 and 2106.06381); one that holds no character of the text, as
            SentencePiece's space marker by itself, is none (this project's choice).
    """
    room = max_length - len(tokens.before) - len(tokens.after)
    pieces = [
        _cut(piece, room)
        for piece in tokens.pieces([text for row in rows for text in (row.pair.source, row.pair.target)])
    ]
    pairs = [_tokenised(row, *sides) for row, *sides in zip(rows, pieces[::2], pieces[1::2], strict=True)]
    if units == "word":
        return pairs
    return [_by_sub_word(pair, *sides) for pair, *sides in zip(pairs, pieces[::2], pieces[1::2], strict=True)]


def _cut(pieces: Pieces, room: int) -> Pieces:
    return Pieces(pieces.ids[:room], pieces.spans[:room])


def _tokenised(row: ShardRow, source: Pieces, target: Pieces) -> TokenisedPair:
    pair = row.pair
    ends = [((link.source_start, link.source_end), (link.target_start, link.target_end)) for link in pair.links]
    source_units = _units(pair.source, row.source_language, {span for span, _ in ends})
    target_units = _units(pair.target, row.target_language, {span for _, span in ends})
    left = _side(pair.source, source, list(source_units))
    right = _side(pair.target, target, list(target_units))
    found = ((source_units.get(i, -1), target_units.get(j, -1)) for i, j in ends)
    links = [(i, j) for i, j in found if _has_sub_words(left, i) and _has_sub_words(right, j)]
    return TokenisedPair(left, right, links, len(ends) - len(links))


def _by_sub_word(pair: TokenisedPair, source: Pieces, target: Pieces) -> TokenisedPair:
    """The same pair with sub-words as units; a link becomes links between all sub-words of its two ends."""
    left, right = _members(pair.source), _members(pair.target)
    links = [(i, j) for one, other in pair.links for i in left[one] for j in right[other]]
    return TokenisedPair(_split(pair.source, source), _split(pair.target, target), links, pair.lost)


def _split(side: Side, pieces: Pieces) -> Side:
    """Sub-words as units, but for those without a letter: a space marker by itself, as before Japanese words."""
    written = [start < end for start, end in pieces.spans]
    units = [place if real else -1 for place, real in enumerate(written)]
    forms = [form_hash(str(token)) if real else 0 for token, real in zip(side.ids, written, strict=True)]
    return replace(side, units=units, forms=forms)


def _members(side: Side) -> dict[int, list[int]]:
    """Places of the sub-words of each unit."""
    found: dict[int, list[int]] = {}
    for place, unit in enumerate(side.units):
        found.setdefault(unit, []).append(place)
    return found


def _units(text: str, language: str, linked: set[Span]) -> dict[Span, int]:
    """Span -> index in text order: linked spans first come, longest first served; then the words beside them."""
    taken: list[Span] = []
    for span in sorted(linked, key=lambda span: (span[0] - span[1], span)):
        if all(span[1] <= start or end <= span[0] for start, end in taken):
            taken.append(span)
    free = words(text, language)
    if taken:
        free = [word for word in free if all(word[1] <= start or end <= word[0] for start, end in taken)]
    return {span: index for index, span in enumerate(sorted(taken + free))}


def _side(text: str, pieces: Pieces, spans: list[Span]) -> Side:
    units = assign(pieces.spans, spans)
    seen = set(units)
    kept = spans[: max(seen, default=-1) + 1]  # not those behind the cut: a batch compares every two units of a pair
    forms = [form_hash(normal_form(text[a:b])) if index in seen else 0 for index, (a, b) in enumerate(kept)]
    return Side(pieces.ids, units, forms, form_hash(normal_form(text)))


def _has_sub_words(side: Side, unit: int) -> bool:
    return 0 <= unit < len(side.forms) and side.forms[unit] != 0


@lru_cache(maxsize=1 << 17)
def form_hash(form: str) -> int:
    """A 64-bit hash of a surface form that is the same in every process; never 0."""
    return int.from_bytes(blake2b(form.encode(), digest_size=8).digest(), "little", signed=True) or 1

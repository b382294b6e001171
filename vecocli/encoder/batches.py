"""Sentence pairs -> tensors: sub-words, masks, units and the links between them.

A *unit* is what the token objective compares: a linked word or phrase, or any other word of the sentence. It covers
one or more sub-words.

Shapes: B pairs, S sub-words, U units, L links, M monolingual sentences, J sub-words of a joined pair.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import torch
from torch import Tensor

from vecocli.encoder.encoder import Inputs
from vecocli.encoder.masking import Masker
from vecocli.encoder.tokens import Pieces, Span, TextTokenizer, assign
from vecocli.text.segment import normal_form, words
from vecocli.text.shards import ShardRow


@dataclass(frozen=True, slots=True)
class Side:
    """One tokenised sentence.

    Args:
        ids: Sub-word ids, special tokens left out.
        units: Unit index per sub-word, -1 for punctuation.
        forms: Per unit, up to the last with a sub-word, a 64-bit hash of its normalised surface form; 0 where the unit
            got no sub-word.
        sentence: A 64-bit hash of the whole normalised sentence.
    """

    ids: list[int]
    units: list[int]
    forms: list[int]
    sentence: int


@dataclass(frozen=True, slots=True)
class TokenisedPair:
    """A sentence pair ready to be padded; links are (source unit, target unit)."""

    source: Side
    target: Side
    links: list[tuple[int, int]]
    lost: int

    def __len__(self) -> int:
        """Sub-words of the longer side."""
        return max(len(self.source.ids), len(self.target.ids))


@dataclass(frozen=True, slots=True)
class AlignedBatch:
    """What one training step reads.

    Args:
        separate: [2B, S] every sentence by itself; rows 0…B-1 source sides, B…2B-1 target sides.
        units: [2B, S] int64 unit index per position, -1 at special tokens, padding and punctuation.
        forms: [2B, U] int64 surface-form hash per unit, 0 where there is no unit.
        sentences: [2B] int64 sentence hash.
        links: [L, 3] int64 (pair, source unit, target unit).
        masked: The input of MLM: [2B, S] or, with monolingual text, [M, S]; labels set.
        joint: [B, J] both sides as one input, masked; the input of TLM; labels set.
        lost: Links of these pairs that truncation or tokenisation lost.
    """

    separate: Inputs
    units: Tensor
    forms: Tensor
    sentences: Tensor
    links: Tensor
    masked: Inputs | None = None
    joint: Inputs | None = None
    lost: int = 0

    def to(self, device: torch.device) -> "AlignedBatch":
        """Copy to a device."""
        tensors = (self.units, self.forms, self.sentences, self.links)
        units, forms, sentences, links = (tensor.to(device) for tensor in tensors)
        inputs = (self.separate.to(device), units, forms, sentences, links)
        masked = None if self.masked is None else self.masked.to(device)
        joint = None if self.joint is None else self.joint.to(device)
        return AlignedBatch(*inputs, masked, joint, self.lost)


def tokenise(tokens: TextTokenizer, rows: Sequence[ShardRow], max_length: int) -> list[TokenisedPair]:
    """Cut pairs into sub-words and carry their links from characters over to units.

    Args:
        tokens: The model's tokenizer.
        rows: Pairs with synonym links at character offsets.
        max_length: Most sub-words per side, special tokens included; the rest is cut off.
    """
    room = max_length - len(tokens.before) - len(tokens.after)
    pieces = [
        _cut(piece, room)
        for piece in tokens.pieces([text for row in rows for text in (row.pair.source, row.pair.target)])
    ]
    return [_tokenised(row, *sides) for row, *sides in zip(rows, pieces[::2], pieces[1::2], strict=True)]


def collate(
    tokens: TextTokenizer,
    pairs: Sequence[TokenisedPair],
    masker: Masker | None,
    generator: torch.Generator,
    mono: Sequence[Sequence[int]] = (),
) -> AlignedBatch:
    """Pad tokenised pairs into one batch and draw its masks.

    Args:
        tokens: The model's tokenizer.
        pairs: B tokenised pairs.
        masker: Chooses and corrupts positions; None leaves out the inputs of MLM and TLM.
        generator: Its state alone decides the masks.
        mono: Sub-word ids of M monolingual sentences; without them MLM masks the pairs' own sides.
    """
    sides = [pair.source for pair in pairs] + [pair.target for pair in pairs]
    separate = frame(tokens, [side.ids for side in sides])
    left, right = [-1] * len(tokens.before), [-1] * len(tokens.after)
    links = [(row, i, j) for row, pair in enumerate(pairs) for i, j in pair.links]
    return AlignedBatch(
        separate=separate,
        units=pad([[*left, *side.units, *right] for side in sides], -1),
        forms=pad([side.forms for side in sides], 0),
        sentences=torch.tensor([side.sentence for side in sides]),
        links=torch.tensor(links, dtype=torch.int64).reshape(-1, 3),
        masked=masker.mlm(frame(tokens, mono) if mono else separate, generator) if masker else None,
        joint=masker.tlm(_joined(tokens, pairs), generator) if masker else None,
        lost=sum(pair.lost for pair in pairs),
    )


def pad(rows: Sequence[Sequence[int]], value: int) -> Tensor:
    """Stack rows of integers into [rows, longest] int64, filled up with `value`."""
    width = max(map(len, rows), default=0)
    return torch.tensor([[*row, *[value] * (width - len(row))] for row in rows], dtype=torch.int64)


def frame(tokens: TextTokenizer, rows: Sequence[Sequence[int]]) -> Inputs:
    """Frame sentences of sub-word ids with special tokens and pad them."""
    framed = [tokens.single(row) for row in rows]
    ids = pad(framed, tokens.pad_id)
    lengths = torch.tensor([len(row) for row in framed], dtype=torch.int64)
    return Inputs(ids, torch.arange(ids.shape[1]) < lengths.unsqueeze(1))


def _joined(tokens: TextTokenizer, pairs: Sequence[TokenisedPair]) -> Inputs:
    rows = [tokens.pair(pair.source.ids, pair.target.ids) for pair in pairs]
    ids = pad([row for row, _ in rows], tokens.pad_id)
    lengths = torch.tensor([len(row) for row, _ in rows], dtype=torch.int64)
    types = pad([kinds for _, kinds in rows], 0) if tokens.has_types else None
    return Inputs(ids, torch.arange(ids.shape[1]) < lengths.unsqueeze(1), types)


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

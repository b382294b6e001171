"""Tokenised pairs and monolingual text -> the inputs of all passes of one batch.

Shapes: B pairs, U units, L links, M monolingual sentences.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from vecocli.encoder.buckets import ON_CPU, Bucket, Row, bucketed, pad
from vecocli.encoder.masking import Keys, Masker, Sides
from vecocli.encoder.pairs import TokenisedPair
from vecocli.encoder.switching import linked, switched, to_translate
from vecocli.encoder.tokens import TextTokenizer

Pass = Literal["clean", "masked", "mono", "joint", "aligned"]
"""Every sentence of the pairs by itself, as it is or masked; monolingual text, masked; both sides as one, masked; every
sentence by itself, linked words hidden whose translations are to be predicted."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How much is hidden or shown in another language.

    Args:
        mlm: Share of a single sentence's sub-words that MLM hides, in (0, 1).
        tlm: The same for joined pairs.
        tlm_sides: Hide sub-words on both sides of a joined pair, or on one that is drawn.
        aligned: Share of the linked words that are hidden to have their translations predicted, in (0, 1].
        switch: Share of the linked words that MLM's sentences show in the other language, in [0, 1].
    """

    mlm: float
    tlm: float
    tlm_sides: Sides
    aligned: float
    switch: float


@dataclass(frozen=True, slots=True)
class Masks:
    """How and where sub-words are hidden.

    Args:
        masker: Hides them.
        rates: How many.
        longest: Most positions that translations may lengthen a sentence to.
        pair_keys: [B] what the draws of each pair follow from.
        mono_keys: [M] the same for monolingual text.
    """

    masker: Masker
    rates: Rates
    longest: int
    pair_keys: Keys
    mono_keys: Keys


@dataclass(frozen=True, slots=True)
class AlignedBatch:
    """What one pass through all objectives reads.

    Args:
        forms: [2B, U] int64 surface-form hash per unit, 0 where there is no unit; rows 0…B-1 are source sides, B…2B-1
            target sides.
        sentences: [2B] int64 sentence hash.
        links: [L, 3] int64 (pair, source unit, target unit).
        passes: The inputs of each pass, in buckets. Rows of `clean` and `masked` are those of `forms`, rows of `joint`
            are pairs.
        lost: Links of these pairs that truncation or tokenisation lost.
    """

    forms: Tensor
    sentences: Tensor
    links: Tensor
    passes: dict[Pass, tuple[Bucket, ...]]
    lost: int = 0

    def to(self, device: torch.device) -> "AlignedBatch":
        """Copy to a device."""
        passes = {name: tuple(bucket.to(device) for bucket in buckets) for name, buckets in self.passes.items()}
        forms, sentences, links = (tensor.to(device) for tensor in (self.forms, self.sentences, self.links))
        return replace(self, forms=forms, sentences=sentences, links=links, passes=passes)

    def labels(self, name: Pass) -> int:
        """Count the positions that a pass predicts."""
        labels = [bucket.inputs.labels for bucket in self.passes.get(name, ())]
        return sum(int((one != -100).sum()) for one in labels if one is not None)


def collate(
    tokens: TextTokenizer,
    pairs: Sequence[TokenisedPair],
    passes: frozenset[Pass] = frozenset({"clean"}),
    masks: Masks | None = None,
    mono: Sequence[Sequence[int]] = (),
    places: int = ON_CPU,
) -> AlignedBatch:
    """Make one batch.

    Args:
        tokens: The model's tokenizer.
        pairs: B tokenised pairs.
        passes: What is read.
        masks: How sub-words are hidden; needed by all passes but `clean`.
        mono: Sub-word ids of M monolingual sentences.
        places: Most positions in a bucket.
    """
    sides = [pair.source for pair in pairs] + [pair.target for pair in pairs]
    left, right = [-1] * len(tokens.before), [-1] * len(tokens.after)
    rows: dict[Pass, list[Row]] = {}
    if {"clean", "masked", "aligned"} & passes:
        rows["clean"] = [Row(tokens.single(side.ids), units=[*left, *side.units, *right]) for side in sides]
    if masks is not None:
        rows |= _masked(tokens, pairs, rows.get("clean", []), passes, masks, mono)
    links = [(row, i, j) for row, pair in enumerate(pairs) for i, j in pair.links]
    return AlignedBatch(
        forms=pad([side.forms for side in sides], 0),
        sentences=torch.tensor([side.sentence for side in sides], dtype=torch.int64),
        links=torch.tensor(links, dtype=torch.int64).reshape(-1, 3),
        passes={name: bucketed(rows[name], tokens.pad_id, places) for name in rows if name in passes},
        lost=sum(pair.lost for pair in pairs),
    )


def _masked(
    tokens: TextTokenizer,
    pairs: Sequence[TokenisedPair],
    clean: Sequence[Row],
    passes: frozenset[Pass],
    masks: Masks,
    mono: Sequence[Sequence[int]],
) -> dict[Pass, list[Row]]:
    """Make the rows of the passes that hide sub-words."""
    rows: dict[Pass, list[Row]] = {}
    corrupt, keys = masks.masker.corrupt, masks.pair_keys
    sides = np.concatenate([keys + 1, keys + 2])  # every pass draws apart: + 3 for joined pairs, + 4 and + 5 below
    known = linked(pairs) if "aligned" in passes or ("masked" in passes and masks.rates.switch) else []
    if "masked" in passes:
        shown = switched(clean, known, sides, masks.rates.switch, masks.longest) if masks.rates.switch else clean
        rows["masked"] = corrupt(shown, sides, masks.rates.mlm)
    if "aligned" in passes:
        mask_id = masks.masker.mask_id
        rows["aligned"] = to_translate(clean, known, sides + 3, masks.rates.aligned, masks.longest, mask_id)
    if "mono" in passes:
        rows["mono"] = corrupt([Row(tokens.single(ids)) for ids in mono], masks.mono_keys, masks.rates.mlm)
    if "joint" in passes:
        joined = [tokens.pair(pair.source.ids, pair.target.ids) for pair in pairs]
        plain = [Row(ids, types=kinds if tokens.has_types else None) for ids, kinds in joined]
        seconds = [tokens.second(pair.source.ids) for pair in pairs] if masks.rates.tlm_sides == "one" else None
        rows["joint"] = corrupt(plain, keys + 3, masks.rates.tlm, seconds)
    return rows

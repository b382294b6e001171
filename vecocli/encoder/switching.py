"""Sentences in which some words stand in another language: shown (code-switching) or to be predicted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from vecocli.encoder.buckets import Row
from vecocli.encoder.masking import SWITCH, TRANSLATION, Keys, draw
from vecocli.encoder.pairs import Side, TokenisedPair

Translations = Mapping[int, Sequence[Sequence[int]]]
"""Unit of a sentence -> the sub-words of each of its translations."""


def linked(pairs: Sequence[TokenisedPair]) -> list[Translations]:
    """What linked units are in the other language: [2B] of the source sides of B pairs, then of their target sides."""
    return [_side(pair.target, pair.links) for pair in pairs] + [
        _side(pair.source, [(j, i) for i, j in pair.links]) for pair in pairs
    ]


def _side(other: Side, links: Sequence[tuple[int, int]]) -> Translations:
    texts: dict[int, list[int]] = {}
    for id, unit in zip(other.ids, other.units, strict=True):
        texts.setdefault(unit, []).append(id)
    found: dict[int, list[list[int]]] = {}
    for unit, partner in links:
        found.setdefault(unit, []).append(texts[partner])
    return found


def switched(
    rows: Sequence[Row], translations: Sequence[Translations], keys: Keys, rate: float, longest: int
) -> list[Row]:
    """Put a translation in the place of some units.

    Args:
        rows: R rows with units, without labels.
        translations: Of each row's units.
        keys: [R] what the draws follow from.
        rate: Share of the units with a translation, in (0, 1]; one of several translations is drawn.
        longest: Most positions of a row: what would make it longer stays as it is.

    Source: random aligned substitution of mRASP (arXiv 2010.03142).
    """
    chosen = _chosen(rows, translations, keys, rate, longest)
    return [_put(row, units, None) for row, units in zip(rows, chosen, strict=True)]


def to_translate(
    rows: Sequence[Row], translations: Sequence[Translations], keys: Keys, rate: float, longest: int, mask_id: int
) -> list[Row]:
    """Hide some units behind as many mask tokens as their translation has sub-words, which are the labels there.

    Args:
        rows: R rows with units, without labels.
        translations: Of each row's units.
        keys: [R] what the draws follow from.
        rate: Share of the units with a translation, in (0, 1]; one of several translations is drawn.
        longest: Most positions of a row: what would make it longer is not hidden.
        mask_id: Id of the mask token.

    Source: masked words predicted as their translations, as in DICT-MLM (arXiv 2010.12566) and WACSE's aligned word
        prediction (arXiv 2404.02490); as many mask tokens as labels is this project's choice.
    """
    chosen = _chosen(rows, translations, keys, rate, longest)
    return [_put(row, units, mask_id) for row, units in zip(rows, chosen, strict=True)]


def _chosen(
    rows: Sequence[Row], translations: Sequence[Translations], keys: Keys, rate: float, longest: int
) -> Iterator[dict[int, Sequence[int]]]:
    """Draw the units that are replaced, and by what."""
    for row, known, key in zip(rows, translations, keys, strict=True):
        units = np.array(sorted(known), np.int64)
        same = np.full(len(units), key, np.uint64)
        taken = draw(same, units, SWITCH) < rate
        which = draw(same, units, TRANSLATION)
        room = longest - len(row.ids)
        found = {}
        for unit, place in zip(units[taken].tolist(), which[taken].tolist(), strict=True):
            text = known[unit][int(place * len(known[unit]))]
            grows = len(text) - sum(at == unit for at in row.units or ())
            if grows <= room:
                found[unit] = text
                room -= grows
        yield found


def _put(row: Row, texts: Mapping[int, Sequence[int]], mask_id: int | None) -> Row:
    """Replace units, each as a whole where it begins; behind a mask token their sub-words become labels."""
    ids, units, labels = list[int](), list[int](), list[int]()
    begun = set[int]()
    for id, unit in zip(row.ids, row.units or (), strict=True):
        if unit in begun:
            continue
        text, hides = texts.get(unit, (id,)), unit in texts and mask_id is not None
        if unit in texts:
            begun.add(unit)
        ids += text if mask_id is None or not hides else [mask_id] * len(text)
        labels += text if hides else [-100] * len(text)
        units += [unit] * len(text)
    return replace(row, ids=ids, units=units, labels=None if mask_id is None else labels)

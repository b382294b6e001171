"""Two dictionaries through a language between them: de-en and en-fr make de-fr.

A word between has several meanings (`Bank` -> `bank` -> `rive`), so a pair must be borne out by its other translations:
its agreement is the Dice coefficient of the words between that its two sides have, 2 |A ∩ B| / (|A| + |B|), and pairs
below a minimum are dropped. A pair that a single word between joins has agreement 1 if neither side has another one.

Source: one-time inverse consultation, Tanaka and Umemura (1994), Construction of a Bilingual Dictionary Intermediated
by a Third Language, COLING.
"""

from collections import Counter
from collections.abc import Mapping

from vecocli.text.phrases import Entries, Phrase, Translations

AGREEMENT = 0.3
"""Least agreement of a pair. Source: the best F1 in four measurements, docs/dictionaries.md."""


def compose(
    first: Mapping[Phrase, Translations], second: Mapping[Phrase, Translations], name: str, minimum: float = AGREEMENT
) -> Entries:
    """Join two dictionaries by what stands between.

    Args:
        first: Source phrase -> phrases between.
        second: Phrase between -> target phrases.
        name: The source that the new pairs name.
        minimum: Least agreement, 0 to 1.

    Returns:
        Source phrase -> target phrase -> `(name,)`.
    """
    bridges = Counter(target for targets in second.values() for target in targets)
    names: tuple[str, ...] = (name,)
    composed: Entries = {}
    for source, between in first.items():
        shared = Counter(target for phrase in between for target in second.get(phrase, ()))
        kept = {
            target: names for target, count in shared.items() if 2 * count >= minimum * (len(between) + bridges[target])
        }
        if kept:
            composed[source] = kept
    return composed

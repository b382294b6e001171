"""Home Assistant's user interface in many languages -> parallel sentences and a glossary.

The wheel holds `homeassistant/components/NAME/translations/[PLATFORM.]CODE.json`: trees of strings with the same
keys in every language. Strings of three words and more are sentences; shorter ones are human-made entries of a
terminology ("Battery": "Batterie"), so that no string is both.
"""

import json
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from vecocli.demo.texts import in_script, is_term, key, lines, order

Pair = tuple[str, str]
Strings = dict[tuple[str, ...], str]

_FILE = re.compile(r"homeassistant/components/(\w+)/translations/(?:(\w+)\.)?([\w-]+)\.json")
_CODES = {"pt": "pt-BR", "zh": "zh-Hans"}
_MAX_CHARACTERS = 300
_MAX_RATIO = 2.5
_HELD_OUT_OF = 10


def read_strings(wheel: Path, languages: tuple[str, ...]) -> dict[str, Strings]:
    """Read the strings of some languages out of the wheel.

    Args:
        wheel: The wheel's file.
        languages: Two-letter codes.

    Returns:
        Language -> (component, platform, *keys) -> string.
    """
    wanted = {_CODES.get(language, language): language for language in languages}
    found: dict[str, Strings] = {language: {} for language in languages}
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            match = _FILE.fullmatch(name)
            if match and match[3] in wanted:
                tree = json.loads(archive.read(name))
                found[wanted[match[3]]].update(_leaves(tree, (match[1], match[2] or "")))
    return found


def glossary(english: Strings, other: Strings, language: str) -> Iterator[Pair]:
    """Yield the terms of one or two words with their translations, in the order of the keys.

    A translation that equals the English is left out: most are strings that nobody translated.
    """
    for source, target in _parallel(english, other):
        words = len(key(source).split())
        if words <= 2 and is_term(source, 2) and is_term(target, 3) and in_script(target, language):
            yield source, target


def sentences(english: Strings, other: Strings, language: str) -> list[Pair]:
    """Return the sentence pairs, one for each English key, in an order that looks random.

    Left out: fewer than three English words or more than 300 characters, a target that repeats the English or
    has no letter of its script, and a length ratio more than 2.5 times off the language's median. Where one
    English sentence has several translations, the most frequent one stays.
    """
    votes: dict[str, Counter[Pair]] = defaultdict(Counter)
    for source, target in _parallel(english, other):
        source_key = key(source)
        fits = len(source_key.split()) >= 3 and max(len(source), len(target)) <= _MAX_CHARACTERS
        if fits and in_script(target, language) and source_key not in key(target):
            votes[source_key][source, target] += 1
    chosen = {name: min(pairs, key=lambda pair: (-pairs[pair], pair)) for name, pairs in votes.items()}
    if not chosen:
        return []
    middle = median(len(target) / len(source) for source, target in chosen.values())
    return [
        (source, target)
        for name, (source, target) in sorted(chosen.items(), key=lambda item: order(item[0]))
        if 1 / _MAX_RATIO <= len(target) / len(source) / middle <= _MAX_RATIO
    ]


def split(pairs: list[Pair], dictionary: Mapping[Pair, object]) -> tuple[list[Pair], list[Pair]]:
    """Split sentence pairs into training and held-out pairs that share no sentence.

    The English key's hash decides, so that a sentence is on the same side in every language. Then held-out pairs
    go whose target stands in training or earlier in the held-out part, or a side of which is a dictionary entry.

    Args:
        pairs: Sentence pairs with different English keys.
        dictionary: Its keys are the entries.

    Returns:
        (training pairs, held-out pairs), each in the order of `pairs`.
    """
    train = [pair for pair in pairs if order(key(pair[0])) % _HELD_OUT_OF]
    seen = {key(target) for _, target in train} | {key(text) for entry in dictionary for text in entry}
    held_out = []
    for source, target in pairs:
        if order(key(source)) % _HELD_OUT_OF == 0 and key(source) not in seen and key(target) not in seen:
            seen.add(key(target))
            held_out.append((source, target))
    return train, held_out


def _leaves(tree: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(tree, dict):
        for name, child in tree.items():
            yield from _leaves(child, (*path, name))
    elif isinstance(tree, str):
        yield path, tree


def _parallel(english: Strings, other: Strings) -> Iterator[Pair]:
    for path, source in sorted(english.items()):
        for one, target in lines(source, other.get(path, "")):
            if key(one) != key(target):
                yield one, target

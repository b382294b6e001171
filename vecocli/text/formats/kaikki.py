"""Kaikki's extracts of Wiktionary (Wiktextract): one JSON object a line, an entry with its translations.

Taken are `word` and `lang_code` of the entry, and `word` and `lang_code` (or the older `code`) of each item of
`translations`, of the entry and of its `senses`, in every edition of Wiktionary. An entry of the target language that
is translated into the source language counts too, turned round. What stands in brackets goes; ` / ` parts spellings.

The English edition has translations only with English words; other languages' words have `glosses`. Of these the short
parts are taken as English words (`language, tongue`), articles and the `to` of verbs left out; not those of senses that
only name another form or spelling.

Source: the models in github.com/tatuylonen/wiktextract, src/wiktextract/extractor.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from vecocli.errors import DataError
from vecocli.text.files import read_lines
from vecocli.text.formats import Content, Entry, Pair
from vecocli.text.glosses import listed, plain
from vecocli.text.languages import known, name

HINT = "A line is a JSON object such as Kaikki's download pages give."
SPELLINGS = re.compile(r" ?／ ?| / ")
FIELD = '"translations"'  # lines without it, and without glosses that count, are not parsed: they are most of a file
LEADING = re.compile(r"^(?:to|an?|the) (?=.)")
MOST_WORDS = 3  # of a part of a gloss; a longer one is a definition
REFERS = {"form-of", "alt-of"}

_known = lru_cache(maxsize=4096)(known)


def likeness(head: Sequence[str], path: Path) -> float:
    """Tell by the share of lines that are objects with a word and a language."""
    return sum(line[:1] == "{" and '"word"' in line and '"lang_code"' in line for line in head) / max(len(head), 1)


def read(path: Path, pair: Pair) -> Content:
    """Open a file; entries of other languages are passed over."""
    return Content(entries(read_lines(path), path, pair), languages=pair)


def entries(lines: Iterable[str], path: Path, pair: Pair) -> Iterator[Entry]:
    """Read the translations between two languages.

    Args:
        lines: Lines without their line ends.
        path: The file, for messages.
        pair: Canonical source and target language.

    Raises:
        DataError: A line with translations that is no JSON object.
    """
    glossed = _glossed(pair)
    for number, line in enumerate(lines, 1):
        if FIELD not in line and not (glossed and glossed in line):
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"not JSON: {line[:80]!r}", HINT, path=path, line=number) from error
        if not isinstance(found, dict):
            raise DataError(f"not a JSON object: {line[:80]!r}", HINT, path=path, line=number)
        yield from _pairs(found, pair)
        if glossed and f'"lang": "{found.get("lang")}"' == glossed:
            yield from _explained(found, pair)


def _glossed(pair: Pair) -> str:
    """Return how a line says that its glosses are of one of these languages and its word of the other."""
    return f'"lang": "{name(pair[pair[0] == "en"])}"' if "en" in pair else ""


def _explained(entry: dict[str, Any], pair: Pair) -> Iterator[Entry]:
    """Yield what short glosses of the English edition say."""
    word, senses = entry.get("word"), entry.get("senses")
    if not isinstance(word, str):
        return
    for sense in senses if isinstance(senses, list) else ():
        glosses = sense.get("glosses") if isinstance(sense, dict) else None
        tags = sense.get("tags") if glosses else None
        if not isinstance(glosses, list) or REFERS.intersection(tags if isinstance(tags, list) else ()):
            continue
        for part in listed(str(glosses[-1]).removesuffix(".")):  # those before are of the senses above it
            text = LEADING.sub("", part, count=1)
            if len(text.split()) <= MOST_WORDS:
                yield Entry(word, text) if pair[1] == "en" else Entry(text, word)


def _pairs(entry: dict[str, Any], pair: Pair) -> Iterator[Entry]:
    language, word = _code(entry.get("lang_code")), entry.get("word")
    if language not in pair or not isinstance(word, str):
        return
    own_first = language == pair[0]
    for item in _items(entry):
        text = item.get("word")
        if isinstance(text, str) and _code(item.get("lang_code") or item.get("code")) == pair[own_first]:
            for spelling in filter(None, map(plain, SPELLINGS.split(text))):
                yield Entry(word, spelling) if own_first else Entry(spelling, word)


def _items(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the translations of an entry and of its senses."""
    senses = entry.get("senses")
    for holder in (entry, *(senses if isinstance(senses, list) else ())):
        items = holder.get("translations") if isinstance(holder, dict) else None
        yield from (item for item in (items if isinstance(items, list) else ()) if isinstance(item, dict))


def _code(value: object) -> str | None:
    return _known(value) if isinstance(value, str) else None

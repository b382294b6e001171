"""Kaikki's extracts of Wiktionary (Wiktextract): one JSON object a line, an entry with its translations.

Taken are `word` and `lang_code` of the entry, and `word` and `lang_code` (or the older `code`) of each item of
`translations`, of the entry and of its `senses`, in every edition of Wiktionary. An entry of the target language that
is translated into the source language counts too, turned round. What stands in brackets goes; ` / ` parts spellings.

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
from vecocli.text.glosses import plain
from vecocli.text.languages import known

HINT = "A line is a JSON object such as Kaikki's download pages give."
SPELLINGS = re.compile(r" ?／ ?| / ")
FIELD = '"translations"'  # lines without it are not parsed: they are most of a file

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
    for number, line in enumerate(lines, 1):
        if FIELD not in line:
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"not JSON: {line[:80]!r}", HINT, path=path, line=number) from error
        if not isinstance(found, dict):
            raise DataError(f"not a JSON object: {line[:80]!r}", HINT, path=path, line=number)
        yield from _pairs(found, pair)


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

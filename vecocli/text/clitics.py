"""Words that lean on another one: elided articles, clitics, case endings written with an apostrophe or a colon.

A dictionary lists `homme`, not `l'homme`. Each language has one pattern for what is cut off a word's front, again and
again; the mark goes with the part that leans: `l'|homme`, `Tom|'s`, `EU|:n`. A language without a row is not split, nor
is what a dictionary lists whole: `aujourd'hui`, `quelqu'un`, `don't`, `o'clock`, `zo'n`, `Kur'an`.

Source: this project's choice, after how Universal Dependencies and dictionaries write these words.
"""

import re
from bisect import bisect_left

_MARK = "['’ʼ＇‘]"
_MARKS = re.compile("['’ʼ＇‘:]")


def _elided(words: str) -> re.Pattern[str]:
    """Cut after a word that lost its vowel before the next one."""
    return re.compile(rf"(?:{words}){_MARK}(?=.)", re.IGNORECASE)


def _enclitic(words: str) -> re.Pattern[str]:
    """Cut before a short word at the end."""
    return re.compile(rf".+?(?={_MARK}(?:{words})$)", re.IGNORECASE)


_COLON_ENDING = re.compile(r".+(?=:\w+$)")
_ENGLISH = "s|m|re|ve|ll|d"
_GERMAN = "s|n|ne|nen|m|r"
_FRENCH = "[cdjlmnst]|(?:|jus|lors|puis|quoi)qu"
_ITALIAN = "[dlcmnstv]|un|gl|(?:a|co|da|de|ne|su)ll|bell|quell|quest|sant|dov|com|cos|quand|quant|senz|tutt|(?:ne)?anch"
_CATALAN = f"{_elided('[dlmnst]').pattern}|{_enclitic('ls?|ns?|m|s|t|us').pattern}"
_TURKISH = rf"(?!Kur{_MARK}an$)[^\W_a-zçğıöşü].*(?={_MARK}[a-zçğıöşü]+$)"  # the ending of a name or a number

LEANING: dict[str, re.Pattern[str]] = {
    "af": _enclitic("s"),
    "ca": re.compile(_CATALAN, re.IGNORECASE),
    "de": _enclitic(_GERMAN),
    "en": _enclitic(_ENGLISH),
    "fi": _COLON_ENDING,
    "fr": _elided(_FRENCH),
    "it": _elided(_ITALIAN),
    "nl": _enclitic("s"),
    "sv": _COLON_ENDING,
    "tr": re.compile(_TURKISH),
}
"""Canonical language code -> what is cut off the front of one of its words."""


def split(text: str, spans: list[tuple[int, int]], leaning: re.Pattern[str]) -> None:
    """Split the words of a text that hold others, in place.

    Args:
        text: The whole text.
        spans: [start, end) code-point offsets of its words, increasing.
        leaning: The language's row of `LEANING`.
    """
    marks = [match.start() for match in _MARKS.finditer(text)]
    for mark in reversed(marks):
        index = bisect_left(spans, (mark,)) - 1
        if index >= 0 and mark < spans[index][1]:
            spans[index : index + 1] = _parts(text, *spans[index], leaning)


def _parts(text: str, start: int, end: int, leaning: re.Pattern[str]) -> list[tuple[int, int]]:
    """Split one word; the parts follow on one another from `start` to `end`."""
    parts = []
    while match := leaning.match(text, start, end):
        parts.append((start, match.end()))
        start = match.end()
    return [*parts, (start, end)]

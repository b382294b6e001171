"""Dictionary entries as phrases, the form in which dictionary and text meet, merged with the names of their sources."""

import re
from collections.abc import Iterable, Mapping
from unicodedata import category

from vecocli.text.formats import Entry
from vecocli.text.segment import normal_form, words, written_form

Phrase = tuple[str, ...]
"""Words in normal form."""
Translations = Mapping[Phrase, tuple[str, ...]]
"""Target phrase -> sorted names of the sources that list it."""
Entries = dict[Phrase, dict[Phrase, tuple[str, ...]]]
"""Source phrase -> its translations, while a dictionary grows."""

# Scripts in which every segmenter takes a run of letters and marks for one word: Latin, Greek, Cyrillic without marks;
# Armenian, Hebrew, Arabic, the scripts of India, Georgian, Ethiopic and Hangul with them. A test holds it so.
_ALPHABETS = "A-Za-zÀ-ÖØ-öø-ɏΆΈ-ΊΌΎ-ΡΣ-ώЀ-ҁҊ-ԯ"
_BLOCKS = ((0x531, 0x587), (0x5D0, 0x5EA), (0x620, 0x6FF), (0x900, 0xDFF), (0x10A0, 0x10FF), (0x1200, 0x137F))
_HANGUL = "가-힣"


def _plain() -> re.Pattern[str]:
    """Make the pattern of one word, or of several with single blanks between."""
    characters = [chr(code) for first, last in _BLOCKS for code in range(first, last + 1)]
    letters = _HANGUL + "".join(each for each in characters if category(each)[0] == "L")
    marks = "".join(each for each in characters if category(each) in ("Mn", "Mc"))
    word = f"(?:[{_ALPHABETS}]+|[{letters}][{letters}{marks}]*)"
    return re.compile(f"{word}(?: {word})*")


_PLAIN = _plain()


def phrase(text: str, language: str, written: bool = False) -> Phrase:
    """Cut a text into its words in normal form, or as `written`: the key by which dictionary and text meet."""
    if written:
        return tuple(written_form(text[start:end]) for start, end in words(text, language))
    if _PLAIN.fullmatch(text):
        return tuple((text.lower() if text.isascii() else normal_form(text)).split(" "))
    return tuple(normal_form(text[start:end]) for start, end in words(text, language))


def merge(
    merged: Entries,
    entries: Iterable[Entry],
    source_language: str,
    target_language: str,
    name: str,
    written: bool = False,
) -> None:
    """Add entries to a dictionary under way.

    Args:
        merged: Source phrase -> its translations; added to.
        entries: Those without a word on a side (such as `!`) are passed over.
        source_language: Canonical code of the source words.
        target_language: Canonical code of the target words.
        name: The source of entries that name none.
        written: Words are kept as written, not in normal form.
    """
    shared: dict[tuple[str, ...], tuple[str, ...]] = {(): (name,)}
    sources: dict[str, dict[Phrase, tuple[str, ...]]] = {}  # a word's phrase is made once, and kept once
    targets: dict[str, Phrase] = {}
    for text, translation, stated in entries:
        target = targets.get(translation)
        if target is None:
            target = targets[translation] = phrase(translation, target_language, written)
        if not target:
            continue
        translations = sources.get(text)
        if translations is None:
            source = phrase(text, source_language, written)
            if not source:
                continue
            translations = sources[text] = merged.setdefault(source, {})
        names = shared.get(stated)
        if names is None:
            names = shared.setdefault(stated, tuple(sorted(set(stated))))
        before = translations.setdefault(target, names)
        if before is not names and before != names:
            joined = tuple(sorted({*before, *names}))
            translations[target] = shared.setdefault(joined, joined)

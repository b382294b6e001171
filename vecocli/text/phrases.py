"""Dictionary entries as phrases, the form in which dictionary and text meet, merged with the names of their sources."""

import re
from collections.abc import Iterable, Mapping

from vecocli.text.formats import Entry
from vecocli.text.segment import normal_form, words

Phrase = tuple[str, ...]
"""Words in normal form."""
Translations = Mapping[Phrase, tuple[str, ...]]
"""Target phrase -> sorted names of the sources that list it."""
Entries = dict[Phrase, dict[Phrase, tuple[str, ...]]]
"""Source phrase -> its translations, while a dictionary grows."""

# One word, or several with single blanks between, of letters that every language's segmenter leaves together.
_LETTERS = "[A-Za-zÀ-ÖØ-öø-ɏΆΈ-ΊΌΎ-ΡΣ-ώЀ-ҁҊ-ԯ]+"
_PLAIN = re.compile(f"{_LETTERS}(?: {_LETTERS})*")


def phrase(text: str, language: str) -> Phrase:
    """Cut a text into its words in normal form: the key by which dictionary and text meet."""
    if _PLAIN.fullmatch(text):
        return tuple((text.lower() if text.isascii() else normal_form(text)).split(" "))
    return tuple(normal_form(text[start:end]) for start, end in words(text, language))


def merge(merged: Entries, entries: Iterable[Entry], source_language: str, target_language: str, name: str) -> None:
    """Add entries to a dictionary under way.

    Args:
        merged: Source phrase -> its translations; added to.
        entries: Those without a word on a side (such as `!`) are passed over.
        source_language: Canonical code of the source words.
        target_language: Canonical code of the target words.
        name: The source of entries that name none.
    """
    shared: dict[tuple[str, ...], tuple[str, ...]] = {(): (name,)}
    last, source = "", phrase("", source_language)  # dictionaries list a word's translations one after another
    for text, translation, stated in entries:
        if text != last:
            last, source = text, phrase(text, source_language)
        target = phrase(translation, target_language)
        if not source or not target:
            continue
        names = shared.get(stated)
        if names is None:
            names = shared.setdefault(stated, tuple(sorted(set(stated))))
        translations = merged.setdefault(source, {})
        before = translations.get(target)
        if before is not None and before != names:
            joined = tuple(sorted({*before, *names}))
            names = shared.setdefault(joined, joined)
        translations[target] = names

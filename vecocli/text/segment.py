"""The words of a sentence in any language, by code-point offsets, and the form in which words are compared.

Words are cut by ICU: Unicode's word boundaries (UAX 29), and ICU's dictionaries where words are written without spaces
(zh ja th my km lo). On top of it, so that a word meets its dictionary entry:

- what leans on a word with an apostrophe or colon is a word of its own (`vecocli.text.clitics`): `l'|homme`, `Tom|'s`;
- characters that show nothing (direction marks, joiners) and `_` are cut from a word's ends, not from within;
- a narrow no-break space (U+202F), which UAX 29 takes for a part of words, is a space;
- Thai, Lao, Burmese and Khmer letters part from digits and other letters next to them: `ปี|2563`.

As ICU has it, a hyphen or slash parts words (`well|known`), so an address falls into parts (`https|example.com`); a
number keeps its separators (`1,000.50`); a word keeps inner dots (`U.S`) and inner apostrophes that are no clitic's.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, partial
from itertools import chain
from typing import Literal

from icu4py import icu_version
from icu4py.breakers import WordBreaker
from icu4py.locale import Locale

from vecocli.text.clitics import LEANING, split
from vecocli.text.languages import canonical

SEGMENTER = f"icu {icu_version}"
"""What cuts words, with its version: for provenance records."""

Segmenter = Literal["icu", "blanks"]
Span = tuple[int, int]

_BETWEEN_BLANKS = re.compile(r"[^ \t]+")

# UAX 29 as one pattern, for text in Latin, Greek and Cyrillic letters with common marks: there ICU's answer is the same
# in every language (but for colons) and three times as slow. A test holds the two equal.
_LETTERS = "A-Za-zÀ-ÖØ-öø-ɏΆΈ-ΊΌΎ-ΡΣ-ώЀ-ҁҊ-ԯ"
_PLAIN_TEXT = re.compile(rf"[{_LETTERS}\x00-9;-@\[-`{{-\x7f«»¿¡–—‘’“”„…€°]*")
_PLAIN_WORD = re.compile(
    rf"[{_LETTERS}0-9]+(?:(?:_+|(?<=[{_LETTERS}])['.’‘](?=[{_LETTERS}])|(?<=[0-9])['.’‘,;](?=[0-9]))[{_LETTERS}0-9]+)*"
)
_EMOJI_FORM = "\ufe0f"  # makes an emoji of what it follows, such as the digit of a keycap
_NARROW_SPACE = "\u202f"

# Letters and marks of Thai, Lao, Burmese and Khmer. ICU glues them to digits, to other letters and to what may join
# letters (`รักiPhoneและ`), so a text is cut there first.
_SPACELESS = "ก-ฺเ-๎ກ-໎ໜ-ໟက-ဿ၌-ႏႚ-႟ក-៓ៗៜ៝"
_ANY_SPACELESS = re.compile(f"[{_SPACELESS}]")
_JOINING = rf"[^\W{_SPACELESS}]|['.’‘]"
_SEAM = re.compile(f"(?<=[{_SPACELESS}])(?={_JOINING})|(?:(?<=[^\\W{_SPACELESS}])|(?<=['.’‘]))(?=[{_SPACELESS}])")

# Code points with several forms -> the one in `normal_form`.
_INVISIBLE = "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_UNIFIED: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "‘’‛ʻʼ´′＇׳ꞌ"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″״＂«»"), '"'),
    **dict.fromkeys(map(ord, "\u2010\u2011"), "-"),
    **dict.fromkeys(map(ord, _INVISIBLE), None),
}
_DOTTED_I = re.compile("i\u0307+")  # what casefold makes of the Turkish capital


def words(text: str, language: str) -> list[tuple[int, int]]:
    """Find the words of a text.

    Args:
        text: One sentence, as it is.
        language: Its language, any code that `languages.canonical` takes.

    Returns:
        [start, end) offsets in code points, increasing, not overlapping. A word holds a letter or a digit;
        punctuation, symbols and emoji are no words.

    Raises:
        UsageError: `language` is no language code.
    """
    leaning, locale = _rules(language)
    if text.isascii() and text.isalnum():
        return [(0, len(text))]
    if _PLAIN_TEXT.fullmatch(text):
        spans = [match.span() for match in _PLAIN_WORD.finditer(text)]
    else:
        spans = _icu_words(text, locale)
    if leaning is not None:
        split(text, spans, leaning)
    return spans


def blanks(text: str) -> list[Span]:
    """Find the words of a text that was cut before: they stand between blanks and tabs (U+0020, U+0009).

    Returns:
        [start, end) offsets in code points; punctuation that stands by itself is a word too.
    """
    return [match.span() for match in _BETWEEN_BLANKS.finditer(text)]


def segment(segmenter: Segmenter, language: str) -> Callable[[str], list[Span]]:
    """Return what cuts texts of a language: `words` for `icu`, `blanks` for `blanks`.

    Both give the same words for the parts of a text between its blanks as for the whole.

    Raises:
        UsageError: `language` is no language code.
    """
    _rules(language)
    return blanks if segmenter == "blanks" else partial(words, language=language)


@lru_cache(maxsize=1 << 16)
def normal_form(text: str) -> str:
    """Return the form by which dictionary keys and words of running text are compared.

    NFKC and case folding; all apostrophes are `'`, all double quotes `"`, all hyphens `-`; soft hyphens, direction
    marks and zero-width spaces go (the joiners U+200C and U+200D stay: Persian and Indic spelling needs them); the
    Turkish capital dotted I becomes a plain i.

    Source: NFKC and case folding as in UAX 31; the rest is this project's choice.
    """
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text.translate(_UNIFIED)).casefold()
    return unicodedata.normalize("NFKC", _DOTTED_I.sub("i", folded)).translate(_UNIFIED)


def written_form(text: str) -> str:
    """Return the form by which words are compared where their spelling counts: `normal_form` without case folding."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text.translate(_UNIFIED))).translate(_UNIFIED)


@lru_cache(maxsize=1024)
def _rules(language: str) -> tuple[re.Pattern[str] | None, Locale]:
    """Look a language up once."""
    code = canonical(language)
    return LEANING.get(code), Locale(code)


def _icu_words(text: str, locale: Locale) -> list[tuple[int, int]]:
    """Let ICU cut; its own offsets count UTF-16 units, so count the code points of its pieces."""
    spans = []
    end = 0
    text = text.replace(_NARROW_SPACE, " ")
    parts = _SEAM.split(text) if _ANY_SPACELESS.search(text) else [text]
    for piece in chain.from_iterable(WordBreaker(part, locale) for part in parts):
        start, end = end, end + len(piece)
        if piece[0].isalnum() and piece[-1].isalnum():
            spans.append((start, end))
        elif end - start > 1:
            lead, tail = _core(piece)
            if lead < tail:
                spans.append((start + lead, start + tail))
    return spans


def _core(piece: str) -> tuple[int, int]:
    """Find what is left of a piece when its ends are freed of all but letters, digits and marks; (0, 0) if no word."""
    if _EMOJI_FORM in piece or not any(map(str.isalnum, piece)):
        return 0, 0
    kept = [index for index, character in enumerate(piece) if unicodedata.category(character)[0] in "LMN"]
    return kept[0], kept[-1] + 1

"""Language codes: whatever a corpus, a dictionary or a benchmark calls a language, here it has one code."""

import difflib
import re

from vecocli.errors import UsageError
from vecocli.text.language_table import ALIASES, ISO_639_1, SPOKEN


def _rows(table: str) -> list[list[str]]:
    """Split `a b c; d e f` into rows of at most three fields."""
    return [row.split(maxsplit=2) for row in table.strip().split(";")]


_NAMES = {code: name for code, _, name in _rows(ISO_639_1)}
_ISO3 = {code: iso3 for code, iso3, _ in _rows(ISO_639_1)}
_CANONICAL = {iso3: code for code, iso3 in _ISO3.items()} | dict(_rows(ALIASES))
_SPOKEN = dict(_rows(SPOKEN))
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")

XTREME_LANGUAGES: tuple[str, ...] = (
    *("af", "ar", "bg", "bn", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "he", "hi", "hu", "id", "it"),
    *("ja", "jv", "ka", "kk", "ko", "ml", "mr", "ms", "my", "nl", "pt", "ru", "sw", "ta", "te", "th", "tl", "tr"),
    *("ur", "vi", "yo", "zh"),
)
"""The 40 languages of XTREME (Hu et al. 2020, arXiv 2003.11080, table 1), sorted."""


def canonical(code: str) -> str:
    """Return the one code by which this package knows a language; region and script are dropped.

    Args:
        code: A BCP-47 tag (`zh-CN`), an ISO 639-1, 639-2 or 639-3 code (`de`, `ger`, `deu`) or a FLORES code
            (`eng_Latn`), in any case.

    Returns:
        The two-letter code where the language has one, else the three-letter code in lower case.

    Raises:
        UsageError: It is no such code; the hint names near ones.
    """
    match = _TAG.fullmatch(code)
    primary = match[1].lower() if match else ""
    primary = _CANONICAL.get(primary, primary)
    if primary in _NAMES or len(primary) == 3:
        return primary
    raise UsageError(f"{code!r} is not a language code", _hint(code))


def name(code: str) -> str:
    """Return the English name of a language, or its code where the ISO 639-1 table lacks it.

    Raises:
        UsageError: It is no language code.
    """
    return _NAMES.get(canonical(code), canonical(code))


def iso3(code: str) -> str:
    """Return the three-letter code under which the Tatoeba test files a language.

    That is the ISO 639-3 code (`de` -> `deu`), but the chief member of some macrolanguages (`zh` -> `cmn`).

    Raises:
        UsageError: It is no language code.
    """
    known = canonical(code)
    return _SPOKEN.get(known) or _ISO3.get(known, known)


def _hint(code: str) -> str:
    """Suggest codes for a mistyped one or for a language's name."""
    known = {code: code for code in _NAMES} | {name.lower(): code for code, name in _NAMES.items()}
    words = [code.lower()] if code.lower() in known else difflib.get_close_matches(code.lower(), known)
    if words:
        near = dict.fromkeys(known[word] for word in words)
        return f"Did you mean {' or '.join(f'{code} ({_NAMES[code]})' for code in near)}?"
    return "Give a code such as en, pt-BR, deu or eng_Latn."

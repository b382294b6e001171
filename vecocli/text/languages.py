"""Language codes: whatever a corpus, a dictionary or a benchmark calls a language, here it has one code."""

import difflib
import re

from vecocli.errors import UsageError
from vecocli.text.language_table import ALIASES, ISO_639_1, SPOKEN


def _rows(table: str) -> list[list[str]]:
    """Split `a b c; d e f` into rows of at most three fields."""
    return [row.split(maxsplit=2) for row in table.strip().split(";")]


_NAMES = {code: name for code, _, name in _rows(ISO_639_1)}
_CODES = {name.lower(): code for code, name in _NAMES.items()}
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


def pair(text: str) -> tuple[str, str]:
    """Cut `en-de` into its two codes, as they are written.

    With more than one hyphen, a language begins at each part of two or three small letters; other parts (`BR`, `Hans`,
    `419`) belong to the code before: `en-pt-BR`, `zh-Hans-en`. `en-pt_BR` and `eng_Latn-deu_Latn` always work.

    Source: this project's choice.

    Raises:
        UsageError: Not two languages, or one twice.
    """
    cuts = [match.start() for match in re.finditer("-", text)]
    if len(cuts) > 1:
        cuts = [cut for cut in cuts if re.match("-[a-z]{2,3}(?![A-Za-z0-9])", text[cut:])]
    if len(cuts) != 1:
        hint = "Write two codes with a hyphen between, such as en-de; a region with an underscore: en-pt_BR."
        raise UsageError(f"{text!r} is not a pair of languages", hint)
    source, target = text[: cuts[0]], text[cuts[0] + 1 :]
    if canonical(source) == canonical(target):
        raise UsageError(f"{source!r} and {target!r} are one language ({canonical(source)})", "Give two.")
    return source, target


def covers(wanted: str, tag: str) -> bool:
    """Tell whether a text with this tag is in the wanted language.

    `pt` covers `pt-BR`, and `pt-BR` covers `pt`; but `pt-BR` does not cover `pt-PT`, nor `zh-Hans` `zh-Hant`: a region
    or script that both name must be the same. What is no language code covers nothing.

    Source: this project's choice, near to the matching of RFC 4647.
    """
    try:
        if canonical(wanted) != canonical(tag):
            return False
    except UsageError:
        return False
    ours, theirs = _kinds(wanted), _kinds(tag)
    return all(ours[kind] == theirs[kind] for kind in ours.keys() & theirs.keys())


def _kinds(tag: str) -> dict[str, str]:
    """Find script (four letters) and region (two letters or three digits) of a tag."""
    kinds = {}
    for part in re.split("[-_]", tag.lower())[1:]:
        if re.fullmatch("[a-z]{4}", part):
            kinds["script"] = part
        elif re.fullmatch("[a-z]{2}|[0-9]{3}", part):
            kinds["region"] = part
    return kinds


def name(code: str) -> str:
    """Return the English name of a language, or its code where the ISO 639-1 table lacks it.

    Raises:
        UsageError: It is no language code.
    """
    return _NAMES.get(canonical(code), canonical(code))


def known(code: str) -> str | None:
    """Return `canonical(code)`, or None for what is no language code: data may say anything."""
    try:
        return canonical(code)
    except UsageError:
        return None


def by_name(name: str) -> str | None:
    """Return the canonical code of a language given by its English name, in any case; None for an unknown name."""
    return _CODES.get(name.lower())


def iso3(code: str) -> str:
    """Return the three-letter code under which the Tatoeba test files a language.

    That is the ISO 639-3 code (`de` -> `deu`), but the chief member of some macrolanguages (`zh` -> `cmn`).

    Raises:
        UsageError: It is no language code.
    """
    own = canonical(code)
    return _SPOKEN.get(own) or _ISO3.get(own, own)


def _hint(code: str) -> str:
    """Suggest codes for a mistyped one or for a language's name."""
    names = {code: code for code in _NAMES} | _CODES
    words = [code.lower()] if code.lower() in names else difflib.get_close_matches(code.lower(), names)
    if words:
        near = dict.fromkeys(names[word] for word in words)
        return f"Did you mean {' or '.join(f'{code} ({_NAMES[code]})' for code in near)}?"
    return "Give a code such as en, pt-BR, deu or eng_Latn."

"""What may stand in the demo's data: cleaning, keys, scripts. Source of every rule here: this project's choice."""

import hashlib
import html
import re
import unicodedata

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()]*\)")
_LIST_MARK = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s+")
# Placeholders, references to other strings and addresses are the same in every language: they would be
# found as translations of themselves, and a sentence without them is no sentence.
_UNUSABLE = re.compile(r"[{}<>|]|\[%|://|www\.")
_WORD = re.compile(r"[^\W\d_]+")
_TERM = re.compile(r"[^\W\d_]+(?:[-'’·・ ][^\W\d_]+)*")
_SCRIPTS = {
    "ja": re.compile(r"[\u3040-\u30ff\u3400-\u9fff]"),
    "ko": re.compile(r"[\uac00-\ud7a3]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "zh": re.compile(r"[\u3400-\u9fff]"),
}


def clean(text: str) -> str:
    """Return one line of a text without markup: links and tags keep their words, spaces are single.

    Args:
        text: One line, with Markdown or HTML.

    Returns:
        The plain line in Unicode NFC; empty if it holds a placeholder, a reference or an address.
    """
    text = _LINK.sub(r"\1", _LIST_MARK.sub("", text, count=1) if _LIST_MARK.match(text) else text)
    text = _TAG.sub(" ", text).replace("**", "").replace("`", "")
    text = " ".join(unicodedata.normalize("NFC", html.unescape(text)).split())
    return "" if _UNUSABLE.search(text) else text


def lines(source: str, target: str) -> list[tuple[str, str]]:
    """Return the parallel lines of two texts, cleaned; none if their numbers of lines differ."""
    sources, targets = ([line for line in text.splitlines() if line.strip()] for text in (source, target))
    if len(sources) != len(targets):
        return []
    pairs = ((clean(one), clean(other)) for one, other in zip(sources, targets, strict=True))
    return [(one, other) for one, other in pairs if one and other]


def key(text: str) -> str:
    """Return what two texts share when they differ in case, punctuation or numbers only."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def order(text: str) -> int:
    """Return a place for a text that looks random and is the same on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def is_term(text: str, max_words: int) -> bool:
    """Tell whether a text may stand in a dictionary: words of letters only, not too many."""
    return _TERM.fullmatch(text) is not None and len(text.split()) <= max_words


def in_script(text: str, language: str) -> bool:
    """Tell whether a text holds a letter of its language's script; True for languages in Latin script."""
    script = _SCRIPTS.get(language)
    return script is None or script.search(text) is not None

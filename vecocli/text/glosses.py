"""From what a dictionary prints to the words that stand in running text: notes go, lists fall apart."""

import re
from collections.abc import Iterator

from vecocli.text.languages import by_name

NESTED = 4  # levels of brackets
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|<[^<>]*>")
_LIST = re.compile(r"[,;،、，；]")
_TITLE = re.compile(r"\s*([^\W\d_]+)\s*[-–‐]\s*([^\W\d_]+)\b")


def plain(text: str) -> str:
    """Return a text without what stands in brackets, one in another too, blanks united.

    A bracket within a word goes too (`Freund(in)` -> `Freund`); one that is never closed stays.
    """
    for _ in range(NESTED):
        shorter = _BRACKETED.sub("", text)
        if shorter == text:
            break
        text = shorter
    return " ".join(text.split())


def listed(text: str) -> Iterator[str]:
    """Yield the parts of a list with commas or semicolons, each without what stands in brackets."""
    for part in _LIST.split(plain(text)):
        if stripped := part.strip():
            yield stripped


def title_languages(title: str) -> tuple[str, str] | None:
    """Read the languages off a title such as `English-Italian FreeDict Dictionary`.

    Returns:
        Canonical codes of source and target; None where the title does not begin with two languages' English names.
    """
    match = _TITLE.match(title)
    source, target = (by_name(match[1]), by_name(match[2])) if match else (None, None)
    return (source, target) if source and target else None

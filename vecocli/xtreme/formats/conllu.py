"""Parts of speech from Universal Dependencies treebanks (CoNLL-U), cut into words as XTREME does.

A multi-word token (`3-4 zum`) takes the place of its syntactic words. Its tag is that of the one that stands nearest
to the root: the one with the fewest ancestors, over basic and enhanced dependencies. Where several have as few, the
first tag of a list of the language decides: `zum` (ADP, DET) is ADP. XTREME's tool fails on a tag that the list lacks;
here it comes after all others.

Empty nodes (`8.1`) are left out, spaces and U+200C inside a word are taken away, and sentences are dropped whose words
are all, or all but one, `_`: treebanks that ship without their text.

Source: `udpos_preprocess` of google-research/xtreme and the ud-conversion-tools that its download script calls with
--replace_subtokens_with_fused_forms.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from vecocli.errors import DataError
from vecocli.text.files import read_lines
from vecocli.xtreme.data import TaggedSentence

NO_TEXT = "_"
RANKS = {
    "es": "VERB AUX PRON ADP DET",
    "fr": "VERB AUX PRON NOUN ADJ ADV ADP DET PART SCONJ CONJ",
    "it": "VERB AUX ADV PRON ADP DET INTJ",
}
OTHER_RANKS = "VERB NOUN PROPN PRON ADJ NUM ADV INTJ AUX ADP DET PART CCONJ SCONJ X PUNCT"
_ID = re.compile(r"([0-9]{1,6})(?:-([0-9]{1,6})|\.[0-9]{1,6})?")
_HEAD = re.compile(r"(?:^|\|)([0-9]{1,6})(?=:|$)")


@dataclass(slots=True)
class _Sentence:
    """Args: forms, tags and heads of its words in order; tokens: (first word, last word, form), words from 1."""

    forms: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    heads: list[set[int]] = field(default_factory=list)
    tokens: list[tuple[int, int, str]] = field(default_factory=list)


def read_conllu(path: Path, language: str, tags: Sequence[str] = ()) -> tuple[list[TaggedSentence], int]:
    """Read one file of a treebank.

    Args:
        path: A `.conllu` file.
        language: Canonical code; it chooses the list of tags for multi-word tokens.
        tags: The task's tags; empty for any.

    Returns:
        Its sentences, and how many were dropped because they have no text.

    Raises:
        DataError: A malformed line or an unknown tag, with its line.
    """
    ranks = {tag: rank for rank, tag in enumerate(RANKS.get(language, OTHER_RANKS).split())}
    sentences = [_fused(sentence, ranks) for sentence in _sentences(path, frozenset(tags))]
    kept = [sentence for sentence in sentences if _has_text(sentence.words)]
    return [_without_spaces(sentence) for sentence in kept], len(sentences) - len(kept)


def _sentences(path: Path, tags: frozenset[str]) -> Iterator[_Sentence]:
    sentence = _Sentence()
    number = 0
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            yield from _finished(sentence, path, number)
            sentence = _Sentence()
        elif not line.startswith("#"):
            _add(sentence, line, path, number, tags)
    yield from _finished(sentence, path, number)


def _finished(sentence: _Sentence, path: Path, number: int) -> Iterator[_Sentence]:
    """Give a sentence that has words, if its tokens lie within it."""
    if sentence.tokens and sentence.tokens[-1][1] > len(sentence.forms):
        first, last, _ = sentence.tokens[-1]
        _malformed(f"the sentence ends within its token {first}-{last}", path, number)
    if sentence.forms:
        yield sentence


def _add(sentence: _Sentence, line: str, path: Path, number: int, tags: frozenset[str]) -> None:
    cells = line.split("\t")
    if len(cells) != 10:
        _malformed(f"{len(cells)} instead of 10 fields", path, number)
    match = _ID.fullmatch(cells[0])
    if match is None:
        _malformed(f"{cells[0][:80]!r} is not the number of a word", path, number)
    following, form, tag = len(sentence.forms) + 1, cells[1].strip(), cells[3].strip()
    if match[2] is not None:
        first, last = int(match[1]), int(match[2])
        if first != following or last < first or (sentence.tokens and first <= sentence.tokens[-1][1]):
            _malformed(f"the token {cells[0]} does not begin at word {following} or overlaps another", path, number)
        sentence.tokens.append((first, last, form))
    elif "." not in cells[0]:
        if int(match[1]) != following:
            _malformed(f"word {cells[0]} where word {following} should follow", path, number)
        if tags and tag not in tags:
            _malformed(f"{tag[:80]!r} is not a tag of the task", path, number)
        sentence.forms.append(form)
        sentence.tags.append(tag)
        sentence.heads.append({int(head) for head in _HEAD.findall(cells[6]) + _HEAD.findall(cells[8])})


def _malformed(message: str, path: Path, number: int) -> NoReturn:
    raise DataError(message, "Is it a CoNLL-U file, and was it written to its end?", path=path, line=number)


def _fused(sentence: _Sentence, ranks: dict[str, int]) -> TaggedSentence:
    """Put multi-word tokens in the place of their words."""
    words, tags, done = [], [], 0
    for first, last, form in sentence.tokens:
        words += [*sentence.forms[done : first - 1], form]
        tags += [*sentence.tags[done : first - 1], _tag(sentence, range(first, last + 1), ranks)]
        done = last
    return TaggedSentence((*words, *sentence.forms[done:]), (*tags, *sentence.tags[done:]))


def _tag(sentence: _Sentence, span: range, ranks: dict[str, int]) -> str:
    """Choose the tag of a multi-word token."""
    above = {word: _ancestors(sentence.heads, word) for word in span}
    least = min(above.values())
    nearest = [sentence.tags[word - 1] for word, count in above.items() if count == least]
    return min(nearest, key=lambda tag: ranks.get(tag, len(ranks)))


def _ancestors(heads: Sequence[set[int]], word: int) -> int:
    """Count the words above one, each once, however the arcs run; the root counts as a word."""
    seen: set[int] = set()
    waiting = [word]
    while waiting:
        at = waiting.pop()
        new = (heads[at - 1] if 0 < at <= len(heads) else set()) - seen
        seen |= new
        waiting += new
    return len(seen - {word})


def _has_text(words: Sequence[str]) -> bool:
    empty = words.count(NO_TEXT)
    return not empty or empty < len(words) - 1


def _without_spaces(sentence: TaggedSentence) -> TaggedSentence:
    words = tuple(word.replace(" ", "").replace("\u200c", "") or word for word in sentence.words)
    return TaggedSentence(words, sentence.tags)

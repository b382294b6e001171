"""F1 over chunks of tagged sentences: as seqeval reads tags by default (XTREME's choice), and strictly by IOB2.

Shapes: N sentences; counts [N, 3] as in `vecocli.xtreme.metrics.f1`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

import numpy as np

from vecocli.errors import DataError
from vecocli.xtreme.metrics.checks import Sentences, check_tags
from vecocli.xtreme.metrics.f1 import F1Score, Integers, f1_score

Chunk = tuple[str, int, int]

_IOB2 = re.compile("O|[BI](?:-.*)?", re.DOTALL)


def chunks(tags: Sequence[str]) -> list[Chunk]:
    """Find the chunks of one sequence of tags as seqeval 1.2.2 does by default.

    A tag is its first letter and a type: what follows the first hyphen, or else all but the first letter, or else `_`.
    Of a bare UPOS tag that leaves odd types: CONJ of CCONJ and of SCONJ alike, and of X the type `_`, which O has too:
    so X opens no chunk behind an O, and closes none in front of an O or at the end.

    Args:
        tags: One tag a word, none of them empty.

    Returns:
        (type, first word, last word) of each chunk, in order of their ends.

    Source: get_entities of seqeval 1.2.2; its rules are conlleval's.
    """
    found: list[Chunk] = []
    first, before = 0, ("O", "")
    for place, tag in enumerate(chain(tags, ("O",))):
        now = tag[0], tag[1:].split("-", maxsplit=1)[-1] or "_"
        if _ends(before, now):
            found.append((before[1], first, place - 1))
        if _starts(before, now):
            first = place
        before = now
    return found


def strict_chunks(tags: Sequence[str]) -> list[Chunk]:
    """Find the chunks of one sentence strictly by IOB2: a B-, then the I- of the same type that follow it at once.

    An I- that continues nothing belongs to no chunk.

    Args:
        tags: One tag a word: O, B-TYPE or I-TYPE.

    Returns:
        (type, first word, last word) of each chunk, in order.

    Raises:
        DataError: A tag is of another form.

    Source: mode="strict", scheme=IOB2 of seqeval 1.2.2.
    """
    found: list[Chunk] = []
    for place, tag in enumerate(tags):
        if not _IOB2.fullmatch(tag):
            raise DataError(f"the tag {tag!r} of word {place + 1:,} is not IOB2", "Tags are O, B-TYPE and I-TYPE.")
        kind = tag[1:].strip("-") or "_"
        if tag[0] == "B":
            found.append((kind, place, place))
        elif tag[0] == "I" and found and (found[-1][0], found[-1][2]) == (kind, place - 1):
            found[-1] = (kind, found[-1][1], place)
    return found


def span_f1(gold: Sentences, predicted: Sentences) -> F1Score:
    """Score tags by chunks as XTREME does, for names and for parts of speech.

    Args:
        gold: Tags of N sentences.
        predicted: A tag for each of them.

    Raises:
        DataError: The lengths differ, a tag is empty, or there is no sentence.

    Source: precision_score, recall_score and f1_score of seqeval 1.2.2, micro-averaged.
    """
    return _score(span_counts(gold, predicted))


def strict_span_f1(gold: Sentences, predicted: Sentences) -> F1Score:
    """Score tags by the chunks of `strict_chunks`; otherwise as `span_f1`."""
    return _score(strict_span_counts(gold, predicted))


def span_counts(gold: Sentences, predicted: Sentences) -> Integers:
    """Count chunks sentence by sentence; the sums give `span_f1`.

    Args:
        gold: Tags of N sentences.
        predicted: A tag for each of them.

    Returns:
        [N, 3].

    Raises:
        DataError: As `span_f1`.
    """
    return _counts(gold, predicted, _joined_chunks)


def strict_span_counts(gold: Sentences, predicted: Sentences) -> Integers:
    """Count the chunks of `strict_chunks`; otherwise as `span_counts`."""
    return _counts(gold, predicted, _strict_chunks)


def _ends(before: tuple[str, str], now: tuple[str, str]) -> bool:
    """Whether the word before closed a chunk; both are (letter, type)."""
    letter, kind = before
    closed = letter in "ES" or (letter in "BI" and now[0] in "BSO")
    return closed or (letter not in "O." and kind != now[1])


def _starts(before: tuple[str, str], now: tuple[str, str]) -> bool:
    """Whether this word opens a chunk."""
    letter, kind = now
    opened = letter in "BS" or (letter in "EI" and before[0] in "ESO")
    return opened or (letter not in "O." and kind != before[1])


def _joined_chunks(sentences: Sentences) -> list[Chunk]:
    """Chunks of sentences as seqeval joins them, an O behind each: one may begin in a sentence before its end's."""
    return chunks([tag for sentence in sentences for tag in (*sentence, "O")])


def _strict_chunks(sentences: Sentences) -> list[Chunk]:
    """Chunks of sentences, each read alone; places count over all of them with one free place behind each."""
    found: list[Chunk] = []
    start = 0
    for number, sentence in enumerate(sentences, start=1):
        try:
            found.extend((kind, start + first, start + last) for kind, first, last in strict_chunks(sentence))
        except DataError as error:
            raise DataError(f"sentence {number:,}: {error.message}", error.hint) from None
        start += len(sentence) + 1
    return found


def _counts(gold: Sentences, predicted: Sentences, read: Callable[[Sentences], list[Chunk]]) -> Integers:
    check_tags(gold, predicted)
    ends = np.cumsum([len(sentence) + 1 for sentence in gold])
    right, guessed = set(read(gold)), set(read(predicted))

    def by_sentence(found: Iterable[Chunk]) -> Integers:
        places = np.array([last for _, _, last in found], dtype=np.int64)
        return np.bincount(np.searchsorted(ends, places, side="right"), minlength=len(ends))

    return np.stack([by_sentence(found) for found in (right & guessed, guessed, right)], axis=1)


def _score(counts: Integers) -> F1Score:
    correct, predicted, gold = counts.sum(axis=0).tolist()
    return f1_score(correct, predicted, gold)

"""Question answering by spans: XQuAD, MLQA and TyDiQA.

A text that does not fit beside its question is read in overlapping windows. An answer is cut out of the text by
character offsets, so that it is what stands there whatever the script.

Shapes: S sub-words, W windows.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from vecocli.encoder.buckets import Row
from vecocli.encoder.task_model import TaskModel
from vecocli.encoder.tokens import Pieces, TextTokenizer
from vecocli.progress import Progress, silent
from vecocli.xtreme.data import Answer, Question
from vecocli.xtreme.feature import Cut, Feature, Lengths, joined

NOTHING = -1e9  # the score of no answer
BEST = 20
"""Candidates kept of each window and of each question (as in BERT's script)."""


@dataclass(frozen=True, slots=True)
class Guess:
    """An answer that a model gives.

    Args:
        text: A span of the context; empty where the model has none.
        score: Sum of the logits of its first and its last sub-word.
        probability: Among the guesses for the question, 0 to 1.
    """

    text: str
    score: float
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of a context.

    Args:
        owner: Which question.
        first: Its first sub-word in the context.
        last: The sub-word after its last.
        offset: Where its first sub-word stands in the input.
    """

    owner: int
    first: int
    last: int
    offset: int


def cut(tokens: TextTokenizer, examples: Sequence[Question], labels: Sequence[str], lengths: Lengths) -> Cut:
    """Turn questions into inputs, one for each window.

    The target is the first answer's first and last position; where it is not in the window, or not known, position 0,
    which is no place in the text.

    Args:
        tokens: The model's tokenizer.
        examples: Questions.
        labels: None; an answer has places in place of classes.
        lengths: How long inputs may be and how they are cut.
    """
    rows, windows, contexts = _inputs(tokens, examples, lengths)
    targets = [_target(contexts[one.owner], examples[one.owner].answers[:1], one) for one in windows]
    features = [Feature(row, target) for row, target in zip(rows, targets, strict=True)]
    return Cut(features, [one.owner for one in windows], 0)


def predict(
    model: TaskModel, examples: Sequence[Question], lengths: Lengths, progress: Progress = silent
) -> tuple[list[list[Guess]], int]:
    """Return the guesses for each question, the best first, and 0: nothing is left unread."""
    rows, windows, contexts = _inputs(model.encoder.tokens, examples, lengths)
    found: list[list[tuple[float, int, int]]] = [[] for _ in examples]
    whole = _inner(windows)
    for chosen, logits in model.predict(rows, progress=progress):
        for at, row in zip(chosen, logits, strict=True):
            window = windows[at]
            found[window.owner] += _spans(row, window, whole[at], lengths.answer)
    return [_guesses(one, contexts[at], examples[at].context) for at, one in enumerate(found)], 0


def _inputs(
    tokens: TextTokenizer, examples: Sequence[Question], lengths: Lengths
) -> tuple[list[Row], list[_Window], list[Pieces]]:
    questions = tokens.pieces([one.question.strip() for one in examples])
    contexts = tokens.pieces([one.context for one in examples])
    rows, windows = [], []
    for owner, (question, context) in enumerate(zip(questions, contexts, strict=True)):
        asked = question.ids[: lengths.question]
        offset = tokens.second(asked)
        room = lengths.input - len(tokens.pair(asked, [])[0])
        for first, last in _stretches(len(context.ids), max(1, room), lengths.stride):
            rows.append(joined(tokens, asked, context.ids[first:last]))
            windows.append(_Window(owner, first, last, offset))
    return rows, windows, contexts


def _stretches(length: int, room: int, stride: int) -> Iterator[tuple[int, int]]:
    """Cover a text by stretches [first, last), each `stride` after the one before."""
    first = 0
    while True:
        last = min(first + room, length)
        yield first, last
        if last >= length:
            return
        first += min(stride, room)


def _target(context: Pieces, answers: Sequence[Answer], window: _Window) -> tuple[int, int]:
    """First and last position of an answer in an input, (0, 0) where it has none."""
    inside = [
        at
        for answer in answers
        if answer.start >= 0
        for at, (start, end) in enumerate(context.spans)
        if start < answer.start + len(answer.text) and end > answer.start
    ]
    if not inside or inside[0] < window.first or inside[-1] >= window.last:
        return 0, 0
    shift = window.offset - window.first
    return inside[0] + shift, inside[-1] + shift


def _inner(windows: Sequence[_Window]) -> list[list[bool]]:
    """Tell for each sub-word of each window whether no other window of the question shows more around it.

    Source: BERT's script for SQuAD; an answer is only begun in the window that shows its first sub-word best.
    """
    best: dict[tuple[int, int], tuple[float, int]] = {}
    for number, one in enumerate(windows):
        for at in range(one.first, one.last):
            shown = min(at - one.first, one.last - 1 - at) + 0.01 * (one.last - one.first)
            if shown > best.get((one.owner, at), (-1.0, 0))[0]:
                best[one.owner, at] = shown, number
    return [
        [best[one.owner, at][1] == number for at in range(one.first, one.last)] for number, one in enumerate(windows)
    ]


def _spans(logits: Tensor, window: _Window, inner: Sequence[bool], longest: int) -> list[tuple[float, int, int]]:
    """The best spans of a window: score, first and last sub-word in the context.

    BERT's script combines the 20 best beginnings with the 20 best ends; here all spans are compared, so that there
    always is one.
    """
    if not inner:
        return []
    starts, ends = logits[window.offset : window.offset + len(inner)].T
    starts = starts.masked_fill(~torch.tensor(inner), -torch.inf)
    scores = starts.unsqueeze(1) + F.pad(ends, (0, longest - 1), value=-torch.inf).unfold(0, longest, 1)
    best, places = scores.flatten().topk(min(BEST, scores.numel()))
    spans = [(at // longest + window.first, at % longest) for at in places.tolist()]
    return [
        (score, first, first + more)
        for score, (first, more) in zip(best.tolist(), spans, strict=True)
        if score > -math.inf
    ]


def _guesses(spans: Sequence[tuple[float, int, int]], pieces: Pieces, context: str) -> list[Guess]:
    """Turn spans into texts, each once, the best first."""
    texts: dict[str, float] = {}
    for score, first, last in sorted(spans, key=lambda span: (-span[0], span[1:])):
        text = context[pieces.spans[first][0] : pieces.spans[last][1]].strip()
        if text:
            texts.setdefault(text, score)
    kept = list(texts.items())[:BEST]
    if not kept:
        return [Guess("", NOTHING, 1.0)]
    weights = torch.softmax(torch.tensor([score for _, score in kept], dtype=torch.float64), 0).tolist()
    return [Guess(text, score, weight) for (text, score), weight in zip(kept, weights, strict=True)]

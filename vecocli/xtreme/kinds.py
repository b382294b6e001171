"""What each kind of fine-tuned task does: cut examples into inputs, predict, score."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from vecocli.encoder.opening import Kind, TaskHead
from vecocli.encoder.task_model import TaskModel
from vecocli.encoder.tokens import TextTokenizer
from vecocli.progress import Progress, silent
from vecocli.xtreme import answer, classify, tag
from vecocli.xtreme.feature import Cut, Lengths
from vecocli.xtreme.score import Scores, scores
from vecocli.xtreme.task import TunedTask

CUT: Mapping[Kind, Callable[[TextTokenizer, Sequence[Any], Sequence[str], Lengths], Cut]] = {
    "classify": classify.cut,
    "tag": tag.cut,
    "answer": answer.cut,
}
PREDICT: Mapping[Kind, Callable[[TaskModel, Sequence[Any], Lengths, Progress], tuple[list[Any], int]]] = {
    "classify": classify.predict,
    "tag": tag.predict,
    "answer": answer.predict,
}


class Predicted(NamedTuple):
    """What a model says to examples.

    Args:
        values: A class, a tuple of tags or an answer's text for each.
        guesses: All guesses for each question; None for other kinds.
        truncated: Examples that were not read whole.
    """

    values: list[Any]
    guesses: list[list[answer.Guess]] | None
    truncated: int


def head_of(task: TunedTask) -> TaskHead:
    """Return the head that a task's models have."""
    return TaskHead(task.kind, task.labels)


def cut(task: TunedTask, tokens: TextTokenizer, examples: Sequence[Any], lengths: Lengths) -> Cut:
    """Turn examples into inputs of a model."""
    return CUT[task.kind](tokens, examples, task.labels, lengths)


def predict(
    task: TunedTask, model: TaskModel, examples: Sequence[Any], lengths: Lengths, progress: Progress = silent
) -> Predicted:
    """Let a fine-tuned model answer examples; their own labels are not looked at."""
    found, truncated = PREDICT[task.kind](model, examples, lengths, progress)
    if task.kind == "answer":
        return Predicted([guesses[0].text for guesses in found], found, truncated)
    return Predicted(found, None, truncated)


def score(task: TunedTask, examples: Sequence[Any], values: Sequence[Any], language: str) -> Scores:
    """Score what was predicted in both protocols; errors as `vecocli.xtreme.score.scores`."""
    return scores(task.scoring, examples, values, language)

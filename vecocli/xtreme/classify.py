"""Classification of two texts, read as one input: XNLI and PAWS-X.

Shapes: N examples, R rows, C classes.
"""

from collections.abc import Sequence

from vecocli.encoder.task_model import TaskModel
from vecocli.encoder.tokens import TextTokenizer
from vecocli.progress import Progress, silent
from vecocli.xtreme.data import TextPair
from vecocli.xtreme.feature import Cut, Feature, Lengths, joined


def cut(tokens: TextTokenizer, examples: Sequence[TextPair], labels: Sequence[str], lengths: Lengths) -> Cut:
    """Turn examples into inputs; where one is too long, the longer of its texts gives way (as in XTREME's scripts).

    Args:
        tokens: The model's tokenizer.
        examples: N examples.
        labels: The classes in the order of their numbers.
        lengths: How long an input may be.
    """
    numbers = {label: number for number, label in enumerate(labels)}
    room = lengths.input - len(tokens.pair([], [])[0])
    sides = [
        [piece.ids for piece in tokens.pieces(texts)]
        for texts in ([one.first for one in examples], [one.second for one in examples])
    ]
    features, truncated = [], 0
    for example, first, second in zip(examples, *sides, strict=True):
        ours, theirs = shortened(len(first), len(second), room)
        truncated += (ours, theirs) != (len(first), len(second))
        target = () if example.label is None else (numbers[example.label],)
        features.append(Feature(joined(tokens, first[:ours], second[:theirs]), target))
    return Cut(features, list(range(len(features))), truncated)


def shortened(first: int, second: int, room: int) -> tuple[int, int]:
    """Return how much of two texts is read.

    The longer one, or the second of equal ones, gives up a sub-word, again and again, until both fit.

    Source: the `longest_first` of Hugging Face tokenizers, which XTREME's scripts leave it to.
    """
    over = max(0, first + second - room)
    once = min(over, abs(first - second))
    first, second = (first - once, second) if first > second else (first, second - once)
    rest = over - once
    return first - rest // 2, second - (rest + 1) // 2


def predict(
    model: TaskModel, examples: Sequence[TextPair], lengths: Lengths, progress: Progress = silent
) -> tuple[list[str], int]:
    """Return the most probable class of each example, and how many examples are not read whole."""
    made = cut(model.encoder.tokens, examples, model.head.labels, lengths)
    found = [""] * len(examples)
    for chosen, logits in model.predict([feature.row for feature in made.features], progress=progress):
        for at, number in zip(chosen, logits.argmax(-1).tolist(), strict=True):
            found[at] = model.head.labels[number]
    return found, made.truncated

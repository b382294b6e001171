"""One input of a fine-tuned model, with what it is to answer."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from vecocli.encoder.buckets import Row
from vecocli.encoder.tokens import TextTokenizer


@dataclass(frozen=True, slots=True)
class Feature:
    """An input.

    Args:
        row: Its sub-words; for `tag` also a label at the first sub-word of each word.
        target: The class's number for `classify`; first and last position of the answer for `answer`; else nothing.
    """

    row: Row
    target: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long inputs may be, and how longer ones are cut; in sub-words.

    Args:
        input: Of an input, special tokens included.
        stride: From the beginning of a window of a text to that of the next; `answer` only.
        question: Of a question; `answer` only.
        answer: Of an answer; `answer` only.
    """

    input: int = 128
    stride: int = 128
    question: int = 64
    answer: int = 30


@dataclass(frozen=True, slots=True)
class Cut:
    """Inputs of a task.

    Args:
        features: In the order of the examples.
        owners: Which example each is of.
        truncated: Examples of which something is not read.
    """

    features: list[Feature]
    owners: list[int]
    truncated: int


def joined(tokens: TextTokenizer, first: Sequence[int], second: Sequence[int]) -> Row:
    """Frame two texts as one input; the ids are kept in few bytes, for there may be many inputs."""
    ids, types = tokens.pair(first, second)
    return Row(array("i", ids), types=array("b", types) if tokens.has_types else None)

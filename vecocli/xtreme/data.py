"""What the benchmark's data are, whatever files they come from: one type of example for each kind of task."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

Split = Literal["train", "dev", "test"]
Example = TypeVar("Example", covariant=True)


@dataclass(frozen=True, slots=True)
class TextPair:
    """Two texts to classify.

    Args:
        first: Premise, or first sentence.
        second: Hypothesis, or second sentence.
        label: Its class; None where the file withholds it.
    """

    first: str
    second: str
    label: str | None


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """A sentence cut into words.

    Args:
        words: Its words.
        tags: A tag for each; None where the file withholds them.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A span of a question's context.

    Args:
        text: The span.
        start: Its first character in the context; -1 where the file does not say.
    """

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question whose answer is a span of a text.

    Args:
        id: Its key in a file of predictions.
        question: The question.
        context: The text.
        answers: The spans that count as right; none where the file withholds them.
    """

    id: str
    question: str
    context: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class AlignedTexts:
    """One language of a test of sentence retrieval.

    Args:
        english: N English sentences.
        foreign: Their translations, in the same order.
        layout: Which file layout they were found in.
    """

    english: tuple[str, ...]
    foreign: tuple[str, ...]
    layout: str


@dataclass(frozen=True, slots=True)
class MixedTexts:
    """Two heaps of sentences, some of which translate one another.

    Args:
        foreign: Sentences of the foreign language by id, in the order of the file.
        english: The same of English.
        gold: The pairs (foreign id, English id) that are translations; None where the file withholds them.
    """

    foreign: dict[str, str]
    english: dict[str, str]
    gold: frozenset[tuple[str, str]] | None


@dataclass(frozen=True, slots=True)
class Found(Generic[Example]):
    """Examples and where they came from.

    Args:
        examples: In the order of the file.
        files: Names of the files that were read, within the data folder.
        layout: Which layout of files it was, in a word or two.
    """

    examples: Sequence[Example]
    files: tuple[str, ...]
    layout: str

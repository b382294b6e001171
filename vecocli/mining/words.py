"""Sentence pairs whose words are known: what is aligned."""

from collections.abc import Sequence
from dataclasses import dataclass

from vecocli.text.segment import Span, blanks


@dataclass(frozen=True, slots=True)
class WordedPair:
    """A sentence and its translation, with the words of both.

    Args:
        source: Source text.
        target: Target text.
        source_words: Code-point spans of the source words, in text order, not overlapping.
        target_words: The same for the target.
        cut: The words were cut by hand before, and the tokenizer shall see them one by one.
    """

    source: str
    target: str
    source_words: Sequence[Span]
    target_words: Sequence[Span]
    cut: bool = False


def tokenised(source: str, target: str) -> WordedPair:
    """Take a pair that was cut into words before, as alignment gold is: words stand between blanks.

    Only the blank and the tab part words. Other spaces can be words themselves: an ideographic space is one in the
    Kyoto gold, and its link indices are off by one for whoever skips it.
    """
    return WordedPair(source, target, blanks(source), blanks(target), cut=True)

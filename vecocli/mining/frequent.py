"""Tells function words from the corpus itself, so that no list has to exist for a language."""

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

from vecocli.text.segment import Segmenter, normal_form, segment

Item = TypeVar("Item")

LEAST_COUNT = 50  # below this a share says little: a small corpus has no function words


def function_words(
    sentences: Iterable[str], language: str, share: float, segmenter: Segmenter = "icu"
) -> frozenset[str]:
    """Return the words that make up a large share of running text, in normal form.

    Words with a capital letter are not counted, so that frequent names (and German nouns) stay content words, and
    neither are words without a letter, such as numbers.

    Args:
        sentences: A sample of one side of a corpus.
        language: Its language.
        share: Share of all running words (0 to 1) from which a word is a function word.
        segmenter: How words are cut.

    Source: this project's choice.
    """
    chunks: Counter[str] = Counter()  # what stands between blanks is cut once, however often it is there
    for text in sentences:
        chunks.update(text.split(" "))
    cut = segment(segmenter, language)
    counts: Counter[str] = Counter()
    total = 0
    for chunk, times in chunks.items():
        found = [chunk[start:end] for start, end in cut(chunk)]
        total += times * len(found)
        for word in found:
            counts[word] += 0 if word[0].isupper() else times
    least = max(LEAST_COUNT, share * total)
    frequent: Counter[str] = Counter()
    for word, count in counts.items():
        if any(map(str.isalpha, word)):
            frequent[normal_form(word)] += count
    return frozenset(word for word, count in frequent.items() if count >= least)


def spread(items: Iterable[Item], most: int) -> list[Item]:
    """Return items at even distances from the first to the last: at least half of `most`, or all if they are fewer."""
    kept: list[Item] = []
    step = 1
    for index, item in enumerate(items):
        if index % step == 0:
            kept.append(item)
            if len(kept) > most:
                kept = kept[::2]
                step *= 2
    return kept

"""Accuracy and macro F1 of labels, one label an example or one a word.

Shapes: N examples or sentences.
"""

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from vecocli.xtreme.metrics.checks import Sentences, check_lengths, check_tags
from vecocli.xtreme.metrics.f1 import Floats, Integers, f1_score, ratio


def hits(gold: Sequence[Hashable], predicted: Sequence[Hashable]) -> Floats:
    """Score each example: 100 where the prediction is the gold label, else 0.

    Args:
        gold: N labels.
        predicted: N labels.

    Returns:
        [N] percent; the mean is `accuracy`.

    Raises:
        DataError: The lengths differ, or there is no example.
    """
    check_lengths(len(gold), len(predicted), "labels")
    return np.array([100.0 * (right == guessed) for right, guessed in zip(gold, predicted, strict=True)])


def accuracy(gold: Sequence[Hashable], predicted: Sequence[Hashable]) -> float:
    """Return the share of predictions that are right, in percent; arguments and errors as in `hits`."""
    return float(hits(gold, predicted).mean())


def macro_f1(gold: Sequence[Hashable], predicted: Sequence[Hashable]) -> float:
    """Return the unweighted mean of the labels' F1, in percent; arguments and errors as in `hits`.

    The labels are those of the gold and of the predictions; one that is missing in either has F1 0.

    Source: f1_score(average="macro", zero_division=0) of scikit-learn.
    """
    check_lengths(len(gold), len(predicted), "labels")
    right = Counter(label for label, guessed in zip(gold, predicted, strict=True) if label == guessed)
    guesses, golds = Counter(predicted), Counter(gold)
    scores = [f1_score(right[label], guesses[label], golds[label]).f1 for label in golds | guesses]
    return sum(scores) / len(scores)


def token_counts(gold: Sentences, predicted: Sentences) -> Integers:
    """Count right tags sentence by sentence.

    Args:
        gold: Tags of N sentences.
        predicted: A tag for each of them.

    Returns:
        [N, 2]: right tags, tags.

    Raises:
        DataError: The lengths differ, a tag is empty, or there is no sentence.
    """
    check_tags(gold, predicted)
    rows = [(sum(map(str.__eq__, right, guessed)), len(right)) for right, guessed in zip(gold, predicted, strict=True)]
    return np.array(rows, dtype=np.int64)


def accuracy_of_counts(counts: npt.ArrayLike) -> Floats:
    """Turn totals of `token_counts` into accuracy.

    Args:
        counts: [..., 2].

    Returns:
        [...] percent; 0 where there are no words.
    """
    right, words = np.moveaxis(np.asarray(counts, dtype=np.float64), -1, 0)
    return 100 * ratio(right, words)


def token_accuracy(gold: Sentences, predicted: Sentences) -> float:
    """Return the share of words whose tag is right, in percent; arguments and errors as in `token_counts`."""
    return float(accuracy_of_counts(token_counts(gold, predicted).sum(axis=0)))

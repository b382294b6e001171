"""How good predicted word links are: alignment error rate, precision, recall, F1."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from vecocli.mining.gold import GoldLinks, Link


@dataclass(frozen=True, slots=True)
class AlignmentScore:
    """Scores over a corpus; every link weighs the same.

    Args:
        aer: Alignment error rate, 1 - (|A and S| + |A and P|) / (|A| + |S|), in percent; lower is better.
        precision: |A and P| / |A|, in percent; 0 where nothing is predicted.
        recall: |A and S| / |S|, in percent.
        f1: Harmonic mean of precision and recall, in percent.
        links: |A|, the number of predicted links.

    Source: Och and Ney (2003), A systematic comparison of various statistical alignment models, section 2. Not rounded
    on the way, and a sentence without any prediction counts with its sure links.
    """

    aer: float
    precision: float
    recall: float
    f1: float
    links: int


def score(predicted: Iterable[Set[Link]], gold: Iterable[GoldLinks]) -> AlignmentScore:
    """Score predicted links against gold.

    Args:
        predicted: Links of each sentence pair.
        gold: Gold of the same pairs; at least one sure link in all.
    """
    links = sure = in_sure = in_possible = 0
    for found, truth in zip(predicted, gold, strict=True):
        links += len(found)
        sure += len(truth.sure)
        in_sure += len(found & truth.sure)
        in_possible += len(found & truth.possible)
    precision = in_possible / links if links else 0.0
    recall = in_sure / sure
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    aer = 1 - (in_sure + in_possible) / (links + sure)
    return AlignmentScore(100 * aer, 100 * precision, 100 * recall, 100 * f1, links)

"""What predictions score, in both protocols: `xtreme`, the benchmark's own numbers, and `sane`.

    scored as   tasks           xtreme                            sane
    classes     xnli, pawsx     accuracy                          accuracy, macro F1
    tags        udpos           F1 of chunks (seqeval 1.2.2)      accuracy of words, macro F1
    names       panx            the same                          F1 of chunks that are strict IOB2
    squad       xquad, tydiqa   F1, exact match of SQuAD 1.1      the same, by characters in ja, th, zh and the like
    mlqa        mlqa            F1, exact match of MLQA           the same

The first metric of a protocol is what a table shows; of questions it shows the mean of both.

Shapes: N examples, K counts an example.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from vecocli.xtreme.data import Question, TaggedSentence, TextPair
from vecocli.xtreme.metrics import answers as by_answer
from vecocli.xtreme.metrics import labels as by_label
from vecocli.xtreme.metrics import spans as by_span
from vecocli.xtreme.metrics.bootstrap import Statistic
from vecocli.xtreme.metrics.f1 import Floats, f1_of_counts

Protocol = Literal["xtreme", "sane"]
PROTOCOLS: tuple[Protocol, ...] = ("xtreme", "sane")
Scoring = Literal["classes", "tags", "names", "squad", "mlqa"]
SPACELESS = frozenset({"ja", "km", "lo", "my", "th", "zh"})
"""Languages that write no spaces between words."""
STATISTICS: Mapping[str, Statistic] = {"f1": f1_of_counts, "ratio": by_label.accuracy_of_counts}
"""What turns summed counts into a score; where counts are scores by themselves, their mean does."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A score.

    Args:
        value: In percent.
        counts: What each example adds to it, [N, K]; None where it cannot be taken apart.
        of: How counts become the score: `f1`, `ratio` or `mean`.
    """

    value: float
    counts: Floats | None = None
    of: Literal["f1", "ratio", "mean"] = "mean"


Scores = dict[Protocol, dict[str, Measure]]


def scores(scoring: Scoring, examples: Sequence[Any], predictions: Sequence[Any], language: str) -> Scores:
    """Score predictions.

    Args:
        scoring: How; see above.
        examples: N examples with labels, tags or answers.
        predictions: N classes, tuples of tags, or answers, None for a question that has none.
        language: Of the examples.

    Raises:
        DataError: There is nothing to score, or not as many predictions.
    """
    if scoring == "classes":
        return _classes(examples, predictions)
    if scoring in ("tags", "names"):
        return _tags(examples, predictions, names=scoring == "names")
    return _answers(examples, predictions, language, by_mlqa=scoring == "mlqa")


def shown(measures: Mapping[str, Measure]) -> float:
    """Return the score that a table shows: the first one, or of questions the mean of F1 and exact match."""
    if "exact_match" in measures:
        return (measures["f1"].value + measures["exact_match"].value) / 2
    return next(iter(measures.values())).value


def _classes(examples: Sequence[TextPair], predictions: Sequence[str]) -> Scores:
    gold = [example.label for example in examples]
    right = _mean(by_label.hits(gold, predictions))
    return {
        "xtreme": {"accuracy": right},
        "sane": {"accuracy": right, "macro_f1": Measure(by_label.macro_f1(gold, predictions))},
    }


def _tags(examples: Sequence[TaggedSentence], predictions: Sequence[Sequence[str]], *, names: bool) -> Scores:
    gold = [example.tags or () for example in examples]
    chunks = _f1(by_span.span_counts(gold, predictions))
    if names:
        return {"xtreme": chunks, "sane": _f1(by_span.strict_span_counts(gold, predictions))}
    counts = by_label.token_counts(gold, predictions).astype(np.float64)
    words = Measure(float(by_label.accuracy_of_counts(counts.sum(0))), counts, "ratio")
    flat = [[tag for sentence in side for tag in sentence] for side in (gold, predictions)]
    return {"xtreme": chunks, "sane": {"accuracy": words, "macro_f1": Measure(by_label.macro_f1(*flat))}}


def _answers(
    examples: Sequence[Question], predictions: Sequence[str | None], language: str, *, by_mlqa: bool
) -> Scores:
    given = {example.id: text for example, text in zip(examples, predictions, strict=True) if text is not None}

    def scored(score: by_answer.Score) -> dict[str, Measure]:
        each = by_answer.answer_scores(examples, given, score).each
        return {
            "f1": _mean(np.array([one.f1 for one in each])),
            "exact_match": _mean(np.array([one.exact_match for one in each])),
        }

    if by_mlqa:
        found = scored(lambda prediction, golds: by_answer.mlqa(prediction, golds, language))
        return {"xtreme": found, "sane": found}
    found = scored(by_answer.squad)
    return {"xtreme": found, "sane": scored(by_answer.characters) if language in SPACELESS else found}


def _mean(each: Floats) -> Measure:
    return Measure(float(each.mean()), each[:, None])


def _f1(counts: Any) -> dict[str, Measure]:
    table = counts.astype(np.float64)
    return {"f1": Measure(float(f1_of_counts(table.sum(0))), table, "f1")}

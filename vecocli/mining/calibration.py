"""From the evidence for a link to a score that is a probability: of the links scored 0.8, about 80 % are right.

Source: logistic regression (Platt 1999) on what an encoder's similarities say; which evidence is this project's choice.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, tanh
from pathlib import Path
from typing import NamedTuple, Self

from vecocli.errors import DataError
from vecocli.mining.aligner import WordLink
from vecocli.mining.gold import GoldLinks
from vecocli.text.files import atomic_write

HINT = "Give a file that `veco evaluate alignment --calibration FILE` wrote."


class Weights(NamedTuple):
    """The weights of a method's evidence.

    Args:
        log_odds: Of `WordLink.log_odds`.
        distance: Of the distance of the two words' relative positions, in [0, 1].
        mean: Of the mean log odds of the sentence pair's links: how well the two sentences fit at all.
        constant: Added to them.
    """

    log_odds: float
    distance: float
    mean: float
    constant: float


class Pair(NamedTuple):
    """The links of one sentence pair by one method.

    Args:
        links: The links.
        source_words: How many words the source has.
        target_words: How many the target has.
    """

    links: Sequence[WordLink]
    source_words: int
    target_words: int


# Fitted on hand-aligned de-en, en-fr and ja-en, each set weighing the same, with the encoder multilingual-e5-small at
# layer 8, without and with a dictionary: benchmarks/calibration prints them.
DEFAULT: Mapping[str, Weights] = {
    "argmax": Weights(1.1723, -3.3696, 0.3914, 1.6903),
    "itermax": Weights(1.1228, -3.8719, 0.3648, 1.8479),
    "match": Weights(1.046, -3.4677, 0.3818, 2.1426),
    "ot": Weights(0.8065, -4.0365, 0.4824, 1.7927),
    "softmax": Weights(1.2715, -5.032, 0.2828, 2.0842),
}


@dataclass(frozen=True)
class Calibration:
    """Scores the links of each method; methods without weights score 1.

    Args:
        weights: Name of the method -> its weights.
    """

    weights: Mapping[str, Weights]

    def scores(self, method: str, pair: Pair) -> list[float]:
        """Return the probability of each link of a sentence pair to be right, in [0, 1]."""
        weights = self.weights.get(method)
        if weights is None:
            return [1.0] * len(pair.links)
        sums = (sum(a * b for a, b in zip(weights, (*one, 1.0), strict=True)) for one in evidence(pair))
        return [(1 + tanh(total / 2)) / 2 for total in sums]  # the logistic, of whatever size the sum is

    @classmethod
    def fit(cls, corpora: Sequence[Mapping[str, Sequence[tuple[Pair, GoldLinks]]]]) -> Self:
        """Fit the weights of each method to gold.

        Args:
            corpora: For each gold corpus, which all weigh the same, method -> aligned pairs and their gold; a link is
                right if it is at least possible.
        """
        methods = dict.fromkeys(method for corpus in corpora for method in corpus)
        return cls({method: _fit([corpus[method] for corpus in corpora if method in corpus]) for method in methods})

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read weights from JSON.

        Raises:
            DataError: It is no such file.
        """
        try:
            table = json.loads(path.read_text(encoding="utf-8"))
            weights = {str(name): Weights(**values) for name, values in table["weights"].items()}
            numbers = {name: Weights(*map(float, values)) for name, values in weights.items()}
            if not all(isfinite(value) for values in numbers.values() for value in values):
                raise ValueError("no finite number")
            return cls(numbers)
        except OSError as error:
            raise DataError(f"cannot be read: {error.strerror}", HINT, path=path) from None
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            raise DataError("no calibration", HINT, path=path) from None

    def write(self, path: Path) -> None:
        """Write weights as JSON."""
        with atomic_write(path, "w") as stream:
            table = {method: weights._asdict() for method, weights in self.weights.items()}
            json.dump({"weights": table}, stream, indent=2)
            stream.write("\n")


def evidence(pair: Pair) -> list[tuple[float, float, float]]:
    """Return log odds, distance and mean log odds for each link of a pair; see `Weights`."""
    mean = sum(link.log_odds for link in pair.links) / max(1, len(pair.links))
    return [
        (
            link.log_odds,
            abs((link.source + 0.5) / pair.source_words - (link.target + 0.5) / pair.target_words),
            mean,
        )
        for link in pair.links
    ]


def _fit(corpora: Sequence[Sequence[tuple[Pair, GoldLinks]]]) -> Weights:
    from sklearn.linear_model import LogisticRegression

    rows, right, weights = [], [], []
    for corpus in corpora:
        links = sum(len(pair.links) for pair, _ in corpus)
        for pair, gold in corpus:
            rows += evidence(pair)
            right += [link[:2] in gold.possible for link in pair.links]
            weights += [1 / links] * len(pair.links)
    if len(set(right)) < 2:
        raise DataError("the gold calls all links right or all wrong: nothing to fit", "Give more sentence pairs.")
    scale = len(weights) / sum(weights)
    model = LogisticRegression(C=100.0).fit(rows, right, sample_weight=[weight * scale for weight in weights])
    return Weights(*(round(float(value), 4) for value in (*model.coef_[0], model.intercept_[0])))

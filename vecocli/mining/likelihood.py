"""How likely a link that a dictionary lists is right.

Source: logistic regression (Platt 1999) on hand-aligned de-en, en-fr and ja-en, each set weighing the same, of what
mining with merged dictionaries and stems links in them under both policies, `clear` and `keep`; which evidence is this
project's choice. benchmarks/calibration prints the weights.
"""

from typing import NamedTuple

import numpy as np

from vecocli.mining.ranges import Flags, Reals

SUREST = 0.99  # a share of preference of 1 counts as this


class Weights(NamedTuple):
    """The weights of the evidence, in the order of `evidence`, and what is added to them."""

    share: float
    distance: float
    function_word: float
    stem: float
    identical: float
    phrase: float
    constant: float


WEIGHTS = Weights(0.5191, -3.5589, -1.3481, -0.0415, 2.1304, -1.8116, 1.2265)


def evidence(share: Reals, near: Reals, functional: Flags, stem: Flags, identical: Flags, phrase: Flags) -> Reals:
    """Put the evidence for N links into columns, [N, 6].

    Args:
        share: [N] share of preference that a place has among its rivals, in (0, 1]; 1 without rivals.
        near: [N] nearness of the relative positions, in [0, 1].
        functional: [N] a function word by itself.
        stem: [N] found by stems.
        identical: [N] equal words that no dictionary lists.
        phrase: [N] several words on a side.
    """
    clipped = np.clip(share, 1 - SUREST, SUREST)
    columns = (np.log(clipped / (1 - clipped)), 1 - near, functional, stem, identical, phrase)
    return np.stack([np.asarray(column, np.float64) for column in columns], axis=1)


def likelihood(seen: Reals, weights: Weights = WEIGHTS) -> Reals:
    """Return the probability of each link to be right, [N], from its evidence, [N, 6]."""
    odds: Reals = seen @ np.array(weights[:-1]) + weights.constant
    return 1 / (1 + np.exp(-odds))

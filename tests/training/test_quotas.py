from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vecocli.training.quotas import Quotas, nearest

WEIGHTS = st.lists(
    st.one_of(st.integers(0, 20), st.integers(0, 10**7), st.sampled_from([0, 1, 2**30, 2**48])), min_size=1, max_size=40
).filter(any)


@given(WEIGHTS, st.integers(1, 64), st.integers(0, 10**9))
@example([1] * 9, 4, 0)  # none has a draw a block
@example([10**6, *[1] * 30], 8, 124_990)  # one has nearly all
@example([5, 7, 0], 8, 3)
def test_totals_add_up_never_fall_and_stay_near_the_exact_shares(weights: list[int], block: int, first: int) -> None:
    quotas = Quotas(weights, block)
    assert quotas.after(0) == [0] * len(weights)
    before = quotas.after(first)
    for blocks in range(first + 1, first + 30):
        after = quotas.after(blocks)
        assert sum(after) == blocks * block
        assert all(start <= end for start, end in zip(before, after, strict=True))
        for weight, total in zip(weights, after, strict=True):
            stray = abs(total - Fraction(weight * blocks * block, sum(weights)))
            assert stray < (1 if weight * block >= sum(weights) else 1.7)
        before = after


def test_rare_corpora_take_turns() -> None:
    totals = [Quotas([96, 1, 1, 1, 1], 10).after(blocks) for blocks in range(1, 11)]
    assert [sum(total[1:]) for total in totals] == [0, 1, 1, 2, 2, 2, 3, 3, 4, 4]
    assert totals[-1] == [96, 1, 1, 1, 1]
    assert [Quotas([99, 1], 10).after(blocks)[1] for blocks in (5, 6, 15, 16)] == [0, 1, 1, 2]


def test_frequent_corpora_get_largest_remainders() -> None:
    assert [Quotas([5, 3, 2], 5).after(blocks) for blocks in range(1, 5)] == [
        [3, 1, 1],
        [5, 3, 2],
        [8, 4, 3],
        [10, 6, 4],
    ]
    assert [Quotas([4, 3, 3], 4).after(blocks) for blocks in (1, 2)] == [[2, 1, 1], [3, 3, 2]]


def test_what_largest_remainders_would_take_back() -> None:
    """Plain largest remainders give [1, 1, 1] after three positions and [0, 2, 2] after four."""
    totals = [Quotas([1, 3, 3], 1).after(blocks) for blocks in range(8)]
    assert all(start <= end for early, late in pairwise(totals) for start, end in zip(early, late, strict=True))
    assert totals[7] == [1, 3, 3]


@pytest.mark.parametrize(
    ("dividend", "divisor", "whole"), [(0, 3, 0), (1, 2, 0), (3, 2, 1), (2, 3, 1), (4, 3, 1), (7, 2, 3)]
)
def test_nearest(dividend: int, divisor: int, whole: int) -> None:
    assert nearest(dividend, divisor) == whole

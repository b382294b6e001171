from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vecocli.errors import DataError
from vecocli.training import mixture
from vecocli.training.mixture import BLOCK, Mixture, corpus_seed
from vecocli.training.order import Order

SIZES = st.lists(st.one_of(st.integers(0, 5), st.integers(0, 10**7)), min_size=1, max_size=8).filter(any)
ALPHA = st.sampled_from([0.0, 0.3, 0.5, 0.7, 1.0])
SEED = st.integers(0, 2**63)


@pytest.fixture(scope="module", autouse=True)
def small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mixture, "BLOCK", 16)
        yield


def draws(mixed: Mixture, start: int, count: int) -> list[tuple[int, int]]:
    taken = mixed.take(start, count)
    return list(zip(taken.corpora.tolist(), taken.rows.tolist(), strict=True))


@given(SIZES, ALPHA, SEED, st.integers(0, 10**10), st.lists(st.integers(0, 50), max_size=6))
def test_any_split_of_a_range_gives_the_same_draws(
    sizes: list[int], alpha: float, seed: int, start: int, lengths: list[int]
) -> None:
    whole = draws(Mixture(sizes, alpha, seed), start, sum(lengths))
    assert len(whole) == sum(lengths)
    ends = [start + sum(lengths[:place]) for place in range(len(lengths) + 1)]
    mixed = Mixture(sizes, alpha, seed)
    backward = [draws(mixed, first, end - first) for first, end in reversed(list(pairwise(ends)))]
    assert [draw for part in reversed(backward) for draw in part] == whole


@given(SIZES, ALPHA, SEED, st.integers(0, 10**6), st.integers(0, 90))
def test_every_corpus_follows_its_own_order(sizes: list[int], alpha: float, seed: int, start: int, count: int) -> None:
    mixed = Mixture(sizes, alpha, seed)
    taken = draws(mixed, start, count)
    before, after = mixed.planned(start), mixed.planned(start + count)
    assert (sum(before), sum(after)) == (start, start + count)
    for corpus, rows in enumerate(sizes):
        found = [row for drawn, row in taken if drawn == corpus]
        order = Order(rows, corpus_seed(seed, corpus), mixed.orders[corpus].window)
        assert found == order.take(before[corpus], after[corpus] - before[corpus])


@given(SIZES, ALPHA, SEED, st.integers(0, 10**8))
def test_shares_are_kept_at_every_block(sizes: list[int], alpha: float, seed: int, block: int) -> None:
    mixed = Mixture(sizes, alpha, seed)
    total = sum(rows**alpha for rows in sizes if rows)
    assert mixed.shares == pytest.approx([rows**alpha / total if rows else 0 for rows in sizes], rel=1e-6)
    for share, planned in zip(mixed.shares, mixed.planned(16 * block), strict=True):
        assert abs(planned - share * 16 * block) < (1 if share * 16 >= 1 else 1.7)


def test_alpha_one_is_proportional_and_zero_uniform() -> None:
    sizes = [1, 3, 12]
    assert Mixture(sizes, 1, 0).shares == [1 / 16, 3 / 16, 12 / 16]
    assert Mixture(sizes, 1, 0).planned(160) == [10, 30, 120]
    assert Mixture(sizes, 0, 0).shares == [1 / 3] * 3
    assert Mixture(sizes, 0, 0).planned(48) == [16] * 3
    assert Mixture([4, 1, 0], 0.5, 0).shares == [2 / 3, 1 / 3, 0]


@given(st.integers(1, 5000), SEED, st.integers(0, 10**6))
def test_one_corpus_gives_its_order(rows: int, seed: int, start: int) -> None:
    taken = Mixture([rows], 0.5, seed).take(start, 40)
    assert taken.rows.tolist() == Order(rows, corpus_seed(seed, 0)).take(start, 40)
    assert set(taken.corpora.tolist()) == {0}


def test_blocks_are_arranged_differently_and_by_seed() -> None:
    def arranged(seed: int, start: int) -> tuple[int, ...]:
        return tuple(Mixture([100, 100], 1, seed).take(start, 16).corpora.tolist())

    assert sorted(arranged(0, 0)) == [0] * 8 + [1] * 8
    assert len({arranged(seed, start) for seed in range(3) for start in (0, 16, 32)}) == 9


def test_corpora_of_equal_size_have_orders_of_their_own() -> None:
    taken = Mixture([80, 80], 1, 0).take(0, 160)
    first, second = (taken.rows[taken.corpora == corpus] for corpus in (0, 1))
    assert sorted(first) == sorted(second) == list(range(80))
    assert not np.array_equal(first, second)
    assert len({corpus_seed(seed, corpus) for seed in range(5) for corpus in range(5)}) == 25


def test_corpora_share_the_blocks_in_use() -> None:
    assert [order.window for order in Mixture([10**6] * 40, 0.5, 0).orders] == [2] * 40
    assert [order.window for order in Mixture([3 * 10**6, 10**6, 1], 1, 0).orders] == [48, 16, 1]
    taken = Mixture([10**6] * 32, 0.5, 0).take(0, 4096)
    assert len({(corpus, row // 2048) for corpus, row in zip(*map(np.ndarray.tolist, taken), strict=True)}) == 64


def test_one_row_beside_ten_million(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixture, "BLOCK", BLOCK)
    even = Mixture([1, 10**7], 0, 5).take(10**12, 3 * BLOCK)
    assert np.bincount(even.corpora).tolist() == [3 * BLOCK // 2] * 2
    assert set(even.rows[even.corpora == 0].tolist()) == {0}
    assert len(set(even.rows[even.corpora == 1].tolist())) == 3 * BLOCK // 2
    assert Mixture([1, 10**7], 1, 5).planned(10**9 + 100) == [100, 10**9]


@pytest.mark.parametrize("sizes", [[], [0], [0, 0]])
def test_nothing_to_draw_from(sizes: list[int]) -> None:
    with pytest.raises(DataError, match="no rows to draw from"):
        Mixture(sizes, 0.5, 0)

from collections import Counter
from collections.abc import Sequence

import pytest

from vecocli.training import order
from vecocli.training.order import Batches, Order


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "BLOCK", 8)
    monkeypatch.setattr(order, "WINDOW", 3)
    monkeypatch.setattr(order, "POOL", 4)


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 8, 24, 25, 100])
def test_every_row_once_an_epoch(rows: int) -> None:
    endless = Order(rows, seed=1)
    first, second = endless.take(0, rows), endless.take(rows, rows)
    assert sorted(first) == sorted(second) == list(range(rows))
    if rows > 10:
        assert first != second
        assert first != list(range(rows))


def test_a_function_of_seed_and_place_alone() -> None:
    whole = Order(50, seed=3).take(0, 120)
    endless = Order(50, seed=3)
    assert [endless.take(start, 7) for start in (93, 0, 41)] == [whole[s : s + 7] for s in (93, 0, 41)]
    assert Order(50, seed=4).take(0, 50) != whole[:50]


def test_small_epochs_that_are_shuffled_together_differ() -> None:
    endless = Order(4, seed=0)
    assert len({tuple(endless.take(4 * epoch, 4)) for epoch in range(10)}) > 5


def test_neighbours_stay_near_so_that_reads_are_few() -> None:
    window = Order(240, seed=0).take(0, 24)
    assert len({row // 8 for row in window}) == 3
    narrow = Order(240, seed=0, window=2)
    assert [len({row // 8 for row in narrow.take(start, 16)}) for start in (0, 16, 240)] == [2, 2, 2]
    assert sorted(narrow.take(240, 240)) == list(range(240))


def text(rows: Sequence[int]) -> list[str]:
    return [f"{row:03}" + "x" * ((row * 37) % 91) for row in rows]


def test_batches_in_any_order_of_asking_are_the_same() -> None:
    one, other = (Batches(Order(60, 0), 5, text) for _ in range(2))
    forward = [list(one.batch(number)) for number in range(12)]
    backward = [list(other.batch(number)) for number in reversed(range(12))][::-1]
    assert forward == backward
    assert Counter(row for batch in forward for row in batch) == Counter(text(range(60)))


def test_batches_hold_rows_of_similar_length() -> None:
    sorted_batches = Batches(Order(60, 0), 5, text)
    spread = [max(map(len, batch)) - min(map(len, batch)) for batch in map(sorted_batches.batch, range(12))]
    unsorted = Order(60, 0).take(0, 60)
    plain = [text(unsorted[at : at + 5]) for at in range(0, 60, 5)]
    assert sum(spread) < 0.6 * sum(max(map(len, batch)) - min(map(len, batch)) for batch in plain)


def test_a_batch_never_holds_a_row_twice_where_an_epoch_is_long_enough() -> None:
    batches = Batches(Order(7, 0), 3, text)
    assert all(len(set(batches.batch(number))) == 3 for number in range(2))


def test_a_corpus_smaller_than_a_batch() -> None:
    assert len(Batches(Order(2, 0), 5, text).batch(0)) == 5

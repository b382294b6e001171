import pytest

from vecocli.training import order
from vecocli.training.order import Order


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "BLOCK", 8)
    monkeypatch.setattr(order, "WINDOW", 3)


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

import threading

import pytest

from vecocli.training.prefetch import prefetch


def test_makes_items_in_order_on_another_thread() -> None:
    threads = set()

    def make(number: int) -> int:
        threads.add(threading.current_thread().name)
        return number * number

    with prefetch(make, 3) as items:
        assert [next(items) for _ in range(4)] == [9, 16, 25, 36]
    assert threading.current_thread().name not in threads


def test_a_failure_reaches_the_reader_and_nothing_is_left_running() -> None:
    def make(number: int) -> int:
        if number == 1:
            raise ValueError("row 1 is broken")
        return number

    before = threading.active_count()
    with prefetch(make, 0) as items:
        assert next(items) == 0
        with pytest.raises(ValueError, match="row 1 is broken"):
            next(items)
    assert threading.active_count() == before


def test_never_runs_far_ahead() -> None:
    made: list[int] = []
    with prefetch(lambda number: made.append(number) or number, 0, ahead=2) as items:
        next(items)
    assert len(made) <= 3


def test_knows_how_long_the_reader_waited() -> None:
    ready = threading.Event()

    def make(number: int) -> int:
        if number == 5:
            ready.wait(0.2)
        return number

    with prefetch(make, 0) as items:
        for _ in range(4):
            next(items)
        before = items.waited
        assert [next(items), next(items)] == [4, 5]
        assert items.waited >= before + 0.05

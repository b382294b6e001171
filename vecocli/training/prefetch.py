"""Prepare the next batches on another thread while the current one trains."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Prepared(Generic[Item]):
    """An endless iterator over make(start), make(start + 1), ….

    Args:
        make: Called in order, on the pool's one thread.
        pool: Where.
        start: First number.
        ahead: How many items may wait.

    Attributes:
        waited: Time in which the reader waited for items, in seconds.
    """

    def __init__(self, make: Callable[[int], Item], pool: ThreadPoolExecutor, start: int, ahead: int) -> None:
        self.waited = 0.0
        self._make, self._pool, self._number, self._ahead = make, pool, start, ahead
        self._waiting: deque[Future[Item]] = deque()

    def __iter__(self) -> Iterator[Item]:
        return self

    def __next__(self) -> Item:
        while len(self._waiting) <= self._ahead:
            self._waiting.append(self._pool.submit(self._make, self._number))
            self._number += 1
        begun = time.perf_counter()
        item = self._waiting.popleft().result()
        self.waited += time.perf_counter() - begun
        return item


@contextmanager
def prefetch(make: Callable[[int], Item], start: int, ahead: int = 2) -> Iterator[Prepared[Item]]:
    """Yield an endless iterator over make(start), make(start + 1), ….

    Args:
        make: Called in order, on one thread.
        start: First number.
        ahead: How many items may wait.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="veco-batches") as pool:
        try:
            yield Prepared(make, pool, start, ahead)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

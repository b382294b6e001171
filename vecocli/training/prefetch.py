"""Prepare the next batches on another thread while the current one trains."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from typing import TypeVar

Item = TypeVar("Item")


@contextmanager
def prefetch(make: Callable[[int], Item], start: int, ahead: int = 2) -> Iterator[Iterator[Item]]:
    """Yield an endless iterator over make(start), make(start + 1), ….

    Args:
        make: Called in order, on one thread.
        start: First number.
        ahead: How many items may wait.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="veco-batches") as pool:
        waiting: deque[Future[Item]] = deque()

        def items() -> Iterator[Item]:
            for number in count(start):
                waiting.append(pool.submit(make, number))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()

        try:
            yield items()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

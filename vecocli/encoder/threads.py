"""Several batches at once on a CPU, each on one core: no core waits for another after every operation."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import torch

Job = TypeVar("Job")
Result = TypeVar("Result")
MOST = 8  # threads; Python's own lock is in the way of more


def side_by_side(run: Callable[[Job], Result], jobs: Iterable[Job]) -> Iterator[Result]:
    """Run jobs in as many threads as PyTorch has, each of which computes by itself.

    Args:
        run: What to do; called from other threads, in which PyTorch's threads are shared out.
        jobs: To what; a few more than there are threads are begun before their results are asked for.

    Yields:
        The results in the order of the jobs.
    """
    threads = torch.get_num_threads()
    workers = min(threads, MOST)
    if workers == 1:
        yield from map(run, jobs)
        return
    waiting: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(threads // workers,))
    try:
        for job in jobs:
            waiting.append(pool.submit(run, job))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(threads)  # it counts for threads to come

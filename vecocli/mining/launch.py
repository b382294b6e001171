"""Runs that `torchrun` or `accelerate launch` started as several processes, on one machine or more."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain
from typing import Any, TypeVar

from vecocli.errors import Interrupted
from vecocli.mining.workers import Share, end_with_parent

PATIENCE = timedelta(days=365)  # a process may have much more to do than another; one that dies is noticed at once

Result = TypeVar("Result")


class Launch:
    """The processes of a run, as one of them sees them.

    Args:
        share: Which of them it is.
    """

    def __init__(self, share: Share) -> None:
        self.share = share

    def gather(self, results: Sequence[Result]) -> list[Result]:
        """Return the results of all processes, in the first of them; in the others none.

        Raises:
            Interrupted: One of them has ended.
        """
        if self.share.size == 1:
            return list(results)
        self.wait()
        from torch import distributed

        first = self.share.rank == 0
        gathered: list[Any] | None = [None] * self.share.size if first else None
        try:
            distributed.gather_object(list(results), gathered)
        except RuntimeError:
            raise _ended() from None
        return list(chain.from_iterable(gathered or ()))

    def wait(self) -> None:
        """Wait until all processes are here.

        Raises:
            Interrupted: One of them has ended.
        """
        if self.share.size == 1:
            return
        from torch import distributed

        try:
            distributed.monitored_barrier(timeout=PATIENCE)
        except RuntimeError:
            raise _ended() from None


def _ended() -> Interrupted:
    return Interrupted("another process of this run has ended", "Its message says why.")


@contextmanager
def launched() -> Iterator[Launch]:
    """Meet the other processes that the environment speaks of (RANK, WORLD_SIZE); without them, be the only one."""
    share = Share(int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1")))
    if share.size == 1:
        yield Launch(Share())
        return
    from torch import distributed

    end_with_parent()  # a killed launcher's would wait for one another for half an hour, in code no signal interrupts
    here = not distributed.is_initialized()
    if here:
        distributed.init_process_group("gloo")
    try:
        yield Launch(share)
    finally:
        if here:
            distributed.destroy_process_group()

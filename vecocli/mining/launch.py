"""Runs that `torchrun` or `accelerate launch` started as several processes, on one machine or more."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from vecocli.errors import Interrupted
from vecocli.mining.workers import Share

PATIENCE = timedelta(days=365)  # a process may have much more to do than another; one that dies is noticed at once


class Launch:
    """The processes of a run, as one of them sees them.

    Args:
        share: Which of them it is.
    """

    def __init__(self, share: Share) -> None:
        self.share = share

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
            raise Interrupted("another process of this run has ended", "Its message says why.") from None


@contextmanager
def launched() -> Iterator[Launch]:
    """Meet the other processes that the environment speaks of (RANK, WORLD_SIZE); without them, be the only one."""
    share = Share(int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1")))
    if share.size == 1:
        yield Launch(Share())
        return
    from torch import distributed

    here = not distributed.is_initialized()
    if here:
        distributed.init_process_group("gloo")
    try:
        yield Launch(share)
    finally:
        if here:
            distributed.destroy_process_group()

"""Runs that `torchrun` or `accelerate launch` started as several processes, on one machine or more."""

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from vecocli.errors import Interrupted
from vecocli.mining.workers import Share

PR_SET_PDEATHSIG = 1  # of linux/prctl.h
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


def end_with_launcher() -> None:
    """Let this process be killed when the one that started it dies, as far as the system can: on Linux.

    A launcher that is killed cannot end its processes, which would wait for one another for half an hour, in code that
    no signal handler interrupts. Nothing is lost: finished shards are kept.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextmanager
def launched() -> Iterator[Launch]:
    """Meet the other processes that the environment speaks of (RANK, WORLD_SIZE); without them, be the only one."""
    share = Share(int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1")))
    if share.size == 1:
        yield Launch(Share())
        return
    from torch import distributed

    end_with_launcher()
    here = not distributed.is_initialized()
    if here:
        distributed.init_process_group("gloo")
    try:
        yield Launch(share)
    finally:
        if here:
            distributed.destroy_process_group()

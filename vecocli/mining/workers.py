"""Several local processes on one corpus: who does what with which shards, and how they end together."""

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any, NamedTuple, TypeVar

from vecocli.errors import VecoError

# A fork shares the dictionary with its parent; elsewhere than on Linux it is not safe.
METHOD = "fork" if sys.platform == "linux" else "spawn"
PR_SET_PDEATHSIG = 1  # of linux/prctl.h
FEWER = "Out of memory? Try fewer --workers. The same command goes on where this one stopped."

Report = Callable[[int], None]
"""Called with the sentence pairs done since the last call."""


Result = TypeVar("Result")


class Share(NamedTuple):
    """Which shards a worker mines: every `size`-th from `rank` on."""

    rank: int = 0
    size: int = 1

    def has(self, shard: int) -> bool:
        """Return whether a shard is this worker's."""
        return shard % self.size == self.rank


Work = Callable[[Share, Report], Result]
"""Does a share of the work; what it returns is not None."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def share_out(work: Work[Result], workers: int, report: Report) -> list[Result]:
    """Do work in several processes; with one, in this one.

    Whatever ends one of them ends all at once: an error, which is raised here, or an interrupt.

    Args:
        work: What is done; it must survive pickling where processes cannot be forked.
        workers: Processes.
        report: Called here, for all of them.

    Returns:
        What the work returned for each share, in their order.

    Raises:
        VecoError: A worker was killed; or whatever a worker raised.
    """
    if workers == 1:
        return [work(Share(), report)]
    processes: dict[Connection, BaseProcess] = {}
    gc.freeze()  # what is shared with the workers stays so: their garbage collection leaves it alone
    try:
        for rank in range(workers):
            receiver, process = _start(work, Share(rank, workers))
            processes[receiver] = process
        results = _gather(processes, report)
        return [results[receiver] for receiver in processes]
    finally:
        gc.unfreeze()
        _end(processes)


@contextmanager
def beside(work: Work[Result]) -> Iterator[Callable[[], Result]]:
    """Do work in another process from now on; what is called inside waits for its result.

    Args:
        work: What is done; it must survive pickling where processes cannot be forked.

    Yields:
        What returns the result, or raises as `share_out` does. The process ends with the `with` block at the latest.
    """
    receiver, process = _start(work, Share())
    try:
        yield lambda: _gather({receiver: process}, lambda done: None)[receiver]
    finally:
        _end({receiver: process})


def end_with_parent() -> None:
    """Let this process be killed when the one that started it dies, as far as the system can: on Linux.

    Nothing is lost: finished shards are kept.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGTERM, by which a cluster ends a run, end it as Ctrl-C does."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _start(work: Work[Any], share: Share) -> tuple[Connection, BaseProcess]:
    """Start a worker; the connection gives what it reports, and at its end its result or the error."""
    context: Any = multiprocessing.get_context(METHOD)  # the base class has no Process
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=serve, args=(work, share, sender, os.getpid()), daemon=True)
    process.start()
    sender.close()  # the worker's is then the only one, and closes when it ends, however it does
    return receiver, process


def _end(processes: Mapping[Connection, BaseProcess]) -> None:
    """End workers, also such as have ended."""
    for process in processes.values():
        process.kill()
    for receiver, process in processes.items():
        process.join()
        process.close()
        receiver.close()


def _gather(processes: Mapping[Connection, BaseProcess], report: Report) -> dict[Connection, Any]:
    """Hand on what the workers report until all are done; return their results."""
    running, results = dict(processes), {}
    while running:
        for receiver in wait(list(running)):
            assert isinstance(receiver, Connection)
            try:
                done, result = receiver.recv()
            except EOFError:
                process = running[receiver]
                process.join()
                raise VecoError(f"a worker process ended with exit code {process.exitcode}", FEWER) from None
            report(done)
            if isinstance(result, BaseException):
                raise result
            if result is not None:
                results[receiver] = result
                del running[receiver]
    return results


def attached(report: Report, parent: int) -> Report:
    """Let a process that another one started end where that one has gone; it is noticed when the process reports.

    Args:
        report: What is called else.
        parent: The other process.
    """

    def call(done: int) -> None:
        if os.getppid() != parent:
            raise KeyboardInterrupt
        report(done)

    return call


def serve(work: Work[Any], share: Share, sender: Connection, parent: int) -> None:
    """Do a share of the work in this process and tell the parent: the life of a worker.

    Args:
        work: What is done.
        share: Which part of it.
        sender: Takes tuples of pairs done and result; the result is None before the end, then what the work
            returned, or the error.
        parent: Process that started this one; without it, the worker ends.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and ends its workers
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()
    report = attached(lambda done: sender.send((done, None)), parent)
    try:
        sender.send((0, work(share, report)))
    except Exception as error:
        if not isinstance(error, VecoError):
            error.add_note("".join(traceback.format_exception(error)).rstrip())
        sender.send((0, error))
    except KeyboardInterrupt:
        pass  # nobody is left to be told

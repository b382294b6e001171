import errno
import os
import signal
import threading
import time
from functools import partial
from multiprocessing import Pipe, active_children
from pathlib import Path

import pytest

from vecocli.errors import DataError, VecoError
from vecocli.mining import workers
from vecocli.mining.workers import Report, Share, attached, beside, cores, interruptible, serve, share_out


def touch(folder: Path, share: Share, report: Report) -> int:
    """Mark 7 shards, each by its worker."""
    for shard in filter(share.has, range(7)):
        (folder / str(shard)).write_text(f"{share.rank} {os.getpid()}")
        report(10)
    return 7


def ends(how: str, share: Share, report: Report) -> int:
    """End the second worker in some way; the others wait for ever."""
    report(1)
    if share.rank != 1:
        time.sleep(600)
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    raise DataError("odd", "mend it", path="x", line=3) if how == "data" else OSError(errno.ENOSPC, "full", "f")


def waits(share: Share, report: Report) -> int:
    """Never end."""
    report(1)
    time.sleep(600)
    return 0


@pytest.mark.parametrize(("count", "method"), [(1, "fork"), (3, "fork"), (2, "spawn")])
def test_every_shard_is_done_once(tmp_path: Path, count: int, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "METHOD", method)
    monkeypatch.syspath_prepend(Path(__file__).parents[2])  # where a process that is no fork finds this file
    done: list[int] = []
    assert share_out(partial(touch, tmp_path), count, done.append) == [7] * count
    assert sum(done) == 70
    by = {int(path.name): path.read_text().split() for path in tmp_path.iterdir()}
    assert {shard: int(rank) for shard, (rank, _) in by.items()} == {shard: shard % count for shard in range(7)}
    assert len({process for _, process in by.values()}) == count
    assert active_children() == []


def rank(share: Share, report: Report) -> int:
    """Return which share it is, the first one last."""
    time.sleep(0.2 * (share.rank == 0))
    return share.rank


def test_results_are_in_the_order_of_the_shares() -> None:
    assert share_out(rank, 3, lambda done: None) == [0, 1, 2]


def test_work_is_done_beside_and_ends_with_the_block(tmp_path: Path) -> None:
    with beside(partial(touch, tmp_path)) as result:
        assert result() == 7
    assert {path.read_text().split()[1] for path in tmp_path.iterdir()}.isdisjoint({str(os.getpid())})
    with pytest.raises(DataError, match="odd"), beside(waits):
        raise DataError("odd", "mend it")
    assert active_children() == []
    with pytest.raises(VecoError, match="exit code -9"), beside(partial(ends, "killed")) as result:
        active_children()[0].kill()
        result()


def test_an_error_ends_all_and_stays_what_it_is() -> None:
    with pytest.raises(DataError, match="x:3: odd") as caught:
        share_out(partial(ends, "data"), 3, lambda done: None)
    assert (caught.value.hint, caught.value.line) == ("mend it", 3)
    with pytest.raises(OSError, match="full") as full:
        share_out(partial(ends, "other"), 2, lambda done: None)
    assert (full.value.errno, full.value.filename) == (errno.ENOSPC, "f")
    assert "in ends" in full.value.__notes__[0]
    assert active_children() == []


def test_a_worker_that_is_killed_ends_all() -> None:
    with pytest.raises(VecoError, match="a worker process ended with exit code -9") as caught:
        share_out(partial(ends, "killed"), 2, lambda done: None)
    assert "--workers" in caught.value.hint
    assert active_children() == []


def test_an_interrupt_ends_all() -> None:
    def interrupt(done: int) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), interruptible():
        share_out(waits, 3, interrupt)
    assert signal.getsignal(signal.SIGTERM) is before
    assert active_children() == []


def test_signals_are_left_alone_outside_the_main_thread() -> None:
    handlers = []

    def look() -> None:
        with interruptible():
            handlers.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert handlers == [before]


def test_a_worker_tells_its_parent_and_ends_without_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    monkeypatch.setattr(workers, "end_with_parent", lambda: None)  # this process shall live on
    receiver, sender = Pipe(duplex=False)
    with receiver, sender:
        serve(partial(touch, tmp_path), Share(1, 4), sender, os.getppid())
        assert [receiver.recv() for _ in range(3)] == [(10, None), (10, None), (0, 7)]
        serve(partial(ends, "data"), Share(1, 2), sender, os.getppid())
        assert receiver.recv() == (1, None)
        assert str(receiver.recv()[1]) == "x:3: odd"
        serve(partial(ends, "other"), Share(1, 2), sender, os.getppid())
        assert receiver.recv() == (1, None)
        assert "Traceback" in receiver.recv()[1].__notes__[0]
        serve(partial(touch, tmp_path), Share(), sender, os.getpid())
        assert not receiver.poll()


def test_a_process_whose_parent_has_gone_stops() -> None:
    seen: list[int] = []
    attached(seen.append, os.getppid())(5)
    with pytest.raises(KeyboardInterrupt):
        attached(seen.append, os.getpid())(6)
    assert seen == [5]


def test_counts_the_cores_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cores() == len(os.sched_getaffinity(0))
    monkeypatch.delattr(os, "sched_getaffinity")
    assert cores() == os.cpu_count()

import os
import subprocess
import sys
from errno import ENOLCK
from pathlib import Path
from typing import Any

import pytest

from vecocli.errors import UsageError
from vecocli.training.lock import LOCK, FolderLock

HOLDS = """
import sys, time
from pathlib import Path
from vecocli.training.lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
lock.take()
print("held", flush=True)
time.sleep(600)
"""


def test_only_one_holds_it(tmp_path: Path) -> None:
    one, other = FolderLock(tmp_path), FolderLock(tmp_path)
    one.take()
    one.take()
    with pytest.raises(
        UsageError, match=rf"another run is writing to {tmp_path} \(process {os.getpid()} on "
    ) as caught:
        other.take()
    assert "another --out" in caught.value.hint
    one.release()
    assert not list(tmp_path.iterdir())
    other.take()
    with pytest.raises(UsageError):
        one.take()
    one.release()
    assert (tmp_path / LOCK).exists()
    other.release()


def test_a_process_that_dies_lets_it_go(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    lock = FolderLock(tmp_path)
    with pytest.raises(UsageError, match=rf"\(process {process.pid} on "):
        lock.take()
    process.kill()
    process.communicate()
    lock.take()
    assert (tmp_path / LOCK).read_text().startswith(f"process {os.getpid()} on ")
    lock.release()


def test_the_file_is_made_again_where_its_holder_removed_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between opening and locking: the lock would be on a file that nobody else can see."""
    from vecocli.training import lock as module

    one, tries = FolderLock(tmp_path), []

    def flock(stream: Any, operation: int) -> None:
        tries.append(operation)
        if len(tries) == 1:
            (tmp_path / LOCK).unlink()

    monkeypatch.setattr(module.fcntl, "flock", flock)
    one.take()
    assert len(tries) == 2
    assert (tmp_path / LOCK).exists()
    one.release()


def test_without_locks_nobody_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vecocli.training import lock as module

    def flock(stream: Any, operation: int) -> None:
        raise OSError(ENOLCK, "No locks available")

    monkeypatch.setattr(module.fcntl, "flock", flock)
    for lock in (FolderLock(tmp_path), FolderLock(tmp_path)):
        lock.take()
        lock.release()


def test_of_several_processes_the_first_one_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "1")
    FolderLock(tmp_path).take()
    assert not list(tmp_path.iterdir())

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from vecocli.errors import Interrupted
from vecocli.mining.launch import Launch, launched
from vecocli.mining.workers import Share


def test_alone_there_is_nobody_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with launched() as launch:
        launch.wait()
        assert launch.share == Share(0, 1)


def test_processes_meet_and_part(monkeypatch: pytest.MonkeyPatch) -> None:
    from torch import distributed

    calls: list[str] = []
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setattr("vecocli.mining.launch.end_with_parent", lambda: None)  # this process shall live on
    monkeypatch.setattr(distributed, "init_process_group", calls.append)
    monkeypatch.setattr(distributed, "monitored_barrier", lambda timeout: calls.append("wait"))
    monkeypatch.setattr(distributed, "destroy_process_group", lambda: calls.append("part"))
    with launched() as launch:
        assert launch.share == Share(1, 2)
        launch.wait()
    assert calls == ["gloo", "wait", "part"]


def test_another_process_that_has_ended_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from torch import distributed

    def broken(timeout: timedelta) -> None:
        raise RuntimeError("Connection closed by peer")

    monkeypatch.setattr(distributed, "monitored_barrier", broken)
    with pytest.raises(Interrupted, match="another process of this run has ended"):
        Launch(Share(0, 2)).wait()
    monkeypatch.setattr(distributed, "monitored_barrier", lambda timeout: None)
    monkeypatch.setattr(distributed, "gather_object", lambda mine, all: broken(timedelta()))
    with pytest.raises(Interrupted, match="another process of this run has ended"):
        Launch(Share(0, 2)).gather([1])


@pytest.mark.parametrize(("rank", "expected"), [(0, [1, 2, 3]), (1, [])])
def test_results_meet_in_the_first_process(rank: int, expected: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    from torch import distributed

    def gather(own: list[int], gathered: list[list[int]] | None) -> None:
        assert own == ([1], [2, 3])[rank]
        if gathered is not None:
            gathered[:] = [own, [2, 3]]

    monkeypatch.setattr(distributed, "monitored_barrier", lambda timeout: None)
    monkeypatch.setattr(distributed, "gather_object", gather)
    assert Launch(Share(rank, 2)).gather(([1], [2, 3])[rank]) == expected
    assert Launch(Share()).gather([5]) == [5]


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    lines = [f"the cat {n}\tdie Katze {n}\n" for n in range(50)]
    (tmp_path / "corpus.tsv").write_text("".join(lines), encoding="utf-8")
    (tmp_path / "en-de.txt").write_text("cat Katze\nthe die\n", encoding="utf-8")
    flags = f"--source en --target de --dictionary {tmp_path / 'en-de.txt'} --shard-rows 10"
    return ["-m", "vecocli", "mine-synonyms", str(tmp_path / "corpus.tsv"), *flags.split()]


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=100)


def test_two_processes_of_torchrun_write_what_one_writes(command: list[str], tmp_path: Path) -> None:
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    one = run([*command, "--out", str(tmp_path / "one"), "--workers", "1"])
    assert one.returncode == 0, one.stderr
    two = run([*torchrun, *command, "--out", str(tmp_path / "two")])
    assert two.returncode == 0, two.stderr
    assert two.stdout.replace(str(tmp_path / "two"), str(tmp_path / "one")) == one.stdout
    files = [path.name for path in (tmp_path / "one").iterdir() if path.name != "run.yaml"]
    assert len(files) == 7
    for name in files:
        assert (tmp_path / "two" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()
    bad = run([*torchrun, *command, "--out", str(tmp_path / "two"), "--identical", "off"])
    assert bad.returncode == 1
    assert "other input or settings (identical)" in bad.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's end")
def test_a_process_ends_when_its_launcher_is_killed() -> None:
    child = "import time, vecocli.mining.workers as it; it.end_with_parent(); print(1); time.sleep(60)"
    launcher = f"import subprocess, sys; subprocess.run([sys.executable, '-uc', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", launcher], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"1\n"
        process.kill()
        assert process.stdout.read() == b""  # comes back when nobody holds the other end any more
        assert process.wait(10) == -signal.SIGKILL

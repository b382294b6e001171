"""Runs that are ended from outside, in every mode, and started again."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PAIRS = 6000
MODES = {
    "one": ["-m", "vecocli", "mine-synonyms", "--workers", "1"],
    "two": ["-m", "vecocli", "mine-synonyms", "--workers", "2"],
    "torchrun": "-m torch.distributed.run --standalone --nproc-per-node 2 -m vecocli mine-synonyms".split(),  # noqa: SIM905
}
PATIENCE = 120.0


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("resume")
    words = {f"word{number}": f"Wort{number}" for number in range(300)}
    chosen = random.Random(3)
    with (folder / "corpus.tsv").open("w", encoding="utf-8") as stream:
        for _ in range(PAIRS):
            some = chosen.choices(list(words), k=chosen.randint(0, 20))
            stream.write(f"{' '.join(some)}\t{' '.join(words[word] for word in some)}\n")
    (folder / "en-de.txt").write_text("".join(f"{one}\t{other}\n" for one, other in words.items()), encoding="utf-8")
    return folder / "corpus.tsv"


def start(mode: str, corpus: Path, out: Path) -> subprocess.Popen[str]:
    flags = [str(corpus), "--source", "en", "--target", "de", "--dictionary", str(corpus.with_name("en-de.txt"))]
    flags += ["--out", str(out), "--shard-rows", "50", "--pharaoh", str(out / "links.gz")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, *MODES[mode], *flags], env=environment, text=True, stdout=pipe, stderr=pipe
    )


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.name != "run.yaml"}


def running(out: Path) -> list[str]:
    """Processes of the run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if str(out).encode() in arguments:
            found.append(path.parent.name)
    return found


def until(ready: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.01)


def finish(process: subprocess.Popen[str]) -> str:
    _, errors = process.communicate(timeout=PATIENCE)
    return errors


@pytest.fixture(scope="module")
def whole(corpus: Path) -> dict[str, bytes]:
    """What a run that nothing happens to writes."""
    out = corpus.with_name("whole")
    errors = finish(start("one", corpus, out))
    found = contents(out)
    assert len(found) == PAIRS // 50 + 3, errors
    return found


@pytest.mark.parametrize(("mode", "number"), [("one", signal.SIGTERM), ("two", signal.SIGTERM), ("two", signal.SIGINT)])
def test_an_interrupted_run_says_so_leaves_nobody_and_goes_on(
    mode: str, number: signal.Signals, corpus: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    process = start(mode, corpus, tmp_path / "out")
    until(lambda: len(list((tmp_path / "out").glob("part-*"))) > 3)
    process.send_signal(number)
    errors = finish(process)
    assert process.returncode == 130, errors
    assert "Run the same command again" in errors
    assert running(tmp_path / "out") == []
    assert not list((tmp_path / "out").glob(".*"))
    finish(start(mode, corpus, tmp_path / "out"))
    assert contents(tmp_path / "out") == whole


def test_workers_of_a_killed_run_end_and_the_next_run_goes_on(
    corpus: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    process = start("two", corpus, tmp_path / "out")
    until(lambda: len(list((tmp_path / "out").glob("part-*"))) > 3)
    process.kill()
    finish(process)
    until(lambda: not running(tmp_path / "out"))
    assert len(list((tmp_path / "out").glob("part-*"))) < PAIRS // 50
    finish(start("one", corpus, tmp_path / "out"))
    assert contents(tmp_path / "out") == whole


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_a_run_killed_at_any_moments_ends_with_the_same_bytes(
    mode: str, corpus: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    chosen = random.Random(mode)
    began = time.monotonic()
    finish(start(mode, corpus, tmp_path / "timed"))
    seconds = time.monotonic() - began
    for attempt in range(20):
        out = tmp_path / f"out{attempt}"
        for _ in range(2):  # the second time while it goes on
            process = start(mode, corpus, out)
            time.sleep(chosen.uniform(0, seconds))
            process.kill()
            finish(process)
            until(lambda out=out: not running(out))
        errors = finish(start(mode, corpus, out))
        assert contents(out) == whole, errors

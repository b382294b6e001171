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
TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
ACCELERATE = "-m accelerate.commands.accelerate_cli launch --cpu --num_processes 2 --num_machines 1".split()  # noqa: SIM905
MINE = ["-m", "vecocli", "mine-synonyms"]
MODES = {
    "one": [*MINE, "--workers", "1"],
    "two": [*MINE, "--workers", "2"],
    "torchrun": [*TORCHRUN, *MINE],
}
ALIGNERS = {"one": MINE, "torchrun": [*TORCHRUN, *MINE], "accelerate": [*ACCELERATE, *MINE]}
ALIGNED = 1000  # pairs
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
    return launch(MODES[mode], flags)


def launch(command: list[str], flags: list[str]) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, *command, *flags], env=environment, text=True, stdout=pipe, stderr=pipe)


def start_aligner(mode: str, corpus: Path, model: Path, out: Path) -> subprocess.Popen[str]:
    flags = [str(corpus), "--source", "en", "--target", "de", "--dictionary", str(corpus.with_name("en-de.txt"))]
    flags += ["--limit", str(ALIGNED), "--model", str(model), "--max-length", "128", "--min-coverage", "0.3"]
    flags += ["--shard-rows", "20", "--pharaoh", str(out / "links.gz"), "--word-pairs", str(out / "words.tsv.zst")]
    return launch(ALIGNERS[mode], [*flags, "--out", str(out)])


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
    killed_at_any_moments(lambda out: start(mode, corpus, out), whole, tmp_path, random.Random(mode), 20)


@pytest.fixture(scope="module")
def whole_aligned(corpus: Path, tiny_model: Path) -> dict[str, bytes]:
    """What a run with an encoder that nothing happens to writes."""
    out = corpus.with_name("aligned")
    errors = finish(start_aligner("one", corpus, tiny_model, out))
    found = contents(out)
    assert len(found) == ALIGNED // 20 + 4, errors
    return found


@pytest.mark.slow
@pytest.mark.parametrize("mode", ALIGNERS)
def test_an_aligner_killed_at_any_moments_ends_with_the_same_bytes(
    mode: str, corpus: Path, tiny_model: Path, whole_aligned: dict[str, bytes], tmp_path: Path
) -> None:
    def begin(out: Path) -> subprocess.Popen[str]:
        return start_aligner(mode, corpus, tiny_model, out)

    killed_at_any_moments(begin, whole_aligned, tmp_path, random.Random(mode), 10)


def killed_at_any_moments(
    begin: Callable[[Path], subprocess.Popen[str]],
    whole: dict[str, bytes],
    folder: Path,
    chosen: random.Random,
    kills: int,
) -> None:
    """Kill runs twice each, as they load, mine or put together, and let them go on to their end."""
    began = time.monotonic()
    process = begin(folder / "timed")
    until((folder / "timed").exists)
    loading = time.monotonic() - began
    errors = finish(process)
    assert contents(folder / "timed") == whole, errors
    shards = finished(folder / "timed")
    for attempt in range(kills):
        out = folder / f"out{attempt}"
        for _ in range(2):  # the second time while it goes on
            wanted = chosen.randint(0, shards)
            process = begin(out)
            until(lambda out=out, wanted=wanted, process=process: process.poll() is not None or finished(out) >= wanted)
            time.sleep(chosen.uniform(0, loading if wanted == 0 else 0.2))
            process.kill()
            finish(process)
            until(lambda out=out: not running(out))
        errors = finish(begin(out))
        assert contents(out) == whole, errors


def finished(out: Path) -> int:
    """Count the shards that are there."""
    return len(list(out.glob("part-*")))

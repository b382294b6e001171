"""Mining by a dictionary alone, end to end: `veco mine-synonyms` with one process and with several.

    python benchmarks/dictionary.py sentences.tsv --source en --target de --dictionary en-de.tsv

The corpus is made of the sentence pairs that are given: in random order, joined to about 25 words, and again in another
order until there are enough, so that hardly a pair is there twice. Every run starts afresh and ends with lexicon and
summary. A run of a tenth of the pairs tells the start (imports, reading the dictionary) from what each pair takes. Runs
with different numbers of processes take turns, for several rounds.

The CPU time that a run cannot do without is that of its first process and of the slowest of those that mine: what the
run takes where nothing else needs the cores (another process looks at the corpus while the first reads the dictionary).
Shown are the best of the rounds, and the median of the ratios within each round. A process's peak counts memory that it
shares with others.
"""

import argparse
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from vecocli.text.files import read_lines
from vecocli.text.segment import SEGMENTER, normal_form, words

LOOK_SECONDS = 0.02
TICKS = os.sysconf("SC_CLK_TCK")


class Run(NamedTuple):
    """What a run took."""

    wall: float
    path: float  # CPU seconds of the first process and the slowest of those that mine
    total: float  # CPU seconds of all processes
    peak: float  # MB of the first process
    others: float  # MB of the largest of the others


def main() -> None:
    """Make the corpus, run all, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sentences", type=Path, help="TSV of source and target sentences, compressed or not")
    parser.add_argument("--source", required=True)
    parser.add_argument("--target", required=True)
    parser.add_argument("--dictionary", type=Path, required=True)
    parser.add_argument("--words", type=int, default=25, help="source words in a pair, about")
    parser.add_argument("--pairs", type=int, default=400_000)
    parser.add_argument("--workers", default="1,2", help="numbers of processes; the first is the reference")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    counts = [int(count) for count in args.workers.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus.tsv")
        with corpus.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(f"{source}\t{target}\n" for source, target in _joined(args))
        rounds: list[dict[int, tuple[Run, Run]]] = []
        for _ in range(args.rounds):
            rounds.append({})
            for workers in counts:
                runs = tuple(_run(args, corpus, workers, limit) for limit in (args.pairs // 10, args.pairs))
                rounds[-1][workers] = (runs[0], runs[1])
                print(f"{workers} processes: {runs[1].wall:.1f} s, {runs[1].path:.1f} s CPU", file=sys.stderr)
        plain = max(_plain(args, corpus) for _ in range(args.rounds))
    _report(args, counts, rounds, plain)


def _joined(args: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Yield the pairs of the corpus."""
    rows = [line.split("\t")[:2] for line in read_lines(args.sentences)]
    chosen = random.Random(0)
    made, gathered, length = 0, list[list[str]](), 0
    while made < args.pairs:
        chosen.shuffle(rows)
        for row in rows:
            more = len(row[0].split())
            if gathered and abs(length + more - args.words) >= abs(length - args.words):
                yield " ".join(one for one, _ in gathered), " ".join(other for _, other in gathered)
                gathered, length, made = [], 0, made + 1
                if made == args.pairs:
                    return
            gathered.append(row)
            length += more


def _run(args: argparse.Namespace, corpus: Path, workers: int, limit: int) -> Run:
    """Mine once, and look at the processes while they run."""
    with tempfile.TemporaryDirectory() as out:
        languages = ["--source", args.source, "--target", args.target, "--dictionary", str(args.dictionary)]
        settings = ["--out", out, "--workers", str(workers), "--limit", str(limit)]
        command = [sys.executable, "-m", "vecocli", "mine-synonyms", str(corpus), *languages, *settings]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        begin = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        seconds, peaks = dict[int, float](), Counter[int]()
        while process.poll() is None:
            for pid in (process.pid, *_children(process.pid)):
                _look(pid, seconds, peaks)
            time.sleep(LOOK_SECONDS)
        wall = time.perf_counter() - begin
    if process.returncode:
        sys.exit("mining failed")
    first, *others = seconds.values()
    slowest = max(others[1:], default=0.0)  # the first of them looks at the corpus, while the dictionary is read
    peak = peaks.pop(process.pid) / 1024
    largest = max(peaks.values(), default=0) / 1024
    return Run(wall, first + slowest, first + sum(others), peak, largest)


def _children(pid: int) -> list[int]:
    """The processes that a process started."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _look(pid: int, seconds: dict[int, float], peaks: Counter[int]) -> None:
    """Note a process's CPU seconds and peak in KB so far."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        status = Path(f"/proc/{pid}/status").read_text().split()
    except OSError:
        return
    seconds[pid] = max(seconds.get(pid, 0.0), (int(stat[11]) + int(stat[12])) / TICKS)
    if "VmHWM:" in status:
        peaks[pid] = int(status[status.index("VmHWM:") + 1])


def _plain(args: argparse.Namespace, corpus: Path) -> float:
    """Pairs a CPU second of a loop that looks words and phrases up in a dict, from words in memory to matches."""
    entries: dict[str, set[str]] = {}
    for line in read_lines(args.dictionary):
        columns = line.split("\t")
        entries.setdefault(normal_form(columns[0]), set()).add(normal_form(columns[1]))
    pairs = []
    for line, _ in zip(read_lines(corpus), range(args.pairs // 10), strict=False):
        sides = zip(line.split("\t"), (args.source, args.target), strict=True)
        pairs.append([[normal_form(text[a:b]) for a, b in words(text, language)] for text, language in sides])
    begin, found = time.process_time(), 0
    for source, target in pairs:
        there = {" ".join(target[a : a + n]) for n in (1, 2, 3) for a in range(len(target) - n + 1)}
        for n in (1, 2, 3):
            for a in range(len(source) - n + 1):
                translations = entries.get(" ".join(source[a : a + n]))
                if translations is not None:
                    found += len(translations & there)
    assert found
    return len(pairs) / (time.process_time() - begin)


def _report(
    args: argparse.Namespace, counts: list[int], rounds: list[dict[int, tuple[Run, Run]]], plain: float
) -> None:
    """Print the table in Markdown."""
    entries = sum(1 for _ in read_lines(args.dictionary))
    print(
        f"{args.pairs:,} pairs {args.source}-{args.target} of about {args.words} words, {entries:,} dictionary lines."
    )
    software = (
        f"Python {platform.python_version()}, numpy {version('numpy')}, pyarrow {version('pyarrow')}, {SEGMENTER}"
    )
    print(f"{date.today()}, {_processor()}, {software}; best of {len(rounds)} rounds.\n")
    print(
        "| processes | pairs/s by the clock | pairs/s by CPU time | without the start | start, CPU s | CPU s of all "
        "| times as fast, clock | times as fast, CPU time | peak MB, first process | peak MB, another |\n|"
        + "---|"
        * 10
    )
    tenth = args.pairs // 10
    for workers in counts:
        short, whole = zip(*(one[workers] for one in rounds), strict=True)
        wall, path, total, peak, others = (min(values) for values in zip(*whole, strict=True))
        each = (path - min(run.path for run in short)) / (args.pairs - tenth)
        clock, cpu = (_ratio(rounds, counts[0], workers, field) for field in ("wall", "path"))
        print(
            f"| {workers} | {args.pairs / wall:,.0f} | {args.pairs / path:,.0f} | {1 / each:,.0f} "
            f"| {path - each * args.pairs:.1f} | {total:.1f} | {clock} | {cpu} | {peak:.0f} | {others:.0f} |"
        )
    print(
        f"\nA Python loop over a dict, words in memory to matches, without choosing or writing: {plain:,.0f} pairs/s."
    )


def _ratio(rounds: list[dict[int, tuple[Run, Run]]], one: int, other: int, field: str) -> str:
    """How many times as fast, paired within each round."""
    ratios = [getattr(each[one][1], field) / getattr(each[other][1], field) for each in rounds]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"


def _processor() -> str:
    names = [line for line in Path("/proc/cpuinfo").read_text().split("\n") if line.startswith("model name")]
    return f"{names[0].partition(': ')[2] if names else platform.processor()}, {os.cpu_count()} cores"


if __name__ == "__main__":
    main()

"""Word alignment of real sentence pairs, side by side: veco, simalign, awesome-align, systran-align, eflomal.

    pip install simalign awesome-align systran-align eflomal
    python benchmarks/mining.py pairs.tsv --source en --target de --model intfloat/multilingual-e5-small

Every system runs in a process of its own, one after the other, for several rounds; shown is the median of the rounds
and, paired within each round, how many times as fast as simalign's `a` it is. The clock runs from texts in memory (a
file, where a system wants one) to links; opening the model is left out. awesome-align takes only BERT: it gets random
weights of the model's size, for its speed alone. The statistical aligners train on the same pairs. *Products
alone* are the matrix products of the layers' weights and nothing else: what the hardware allows.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
import warnings
from datetime import date
from pathlib import Path
from typing import Any

from systems import SYSTEMS

SLOW = {"simalign mai": 8}  # looks at an eighth of the pairs


def main() -> None:
    """Run all systems and print a table, or one system in its own process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="TSV of source and target sentences")
    parser.add_argument("--source", required=True)
    parser.add_argument("--target", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--layer", type=int, default=8)
    parser.add_argument("--pairs", type=int, default=400)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--systems", default=";".join(SYSTEMS), help="names, separated by semicolons")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        print(json.dumps(_measured(args.child, args)))
    else:
        _report(args, [_round(args, args.systems.split(";")) for _ in range(args.rounds)])


def _round(args: argparse.Namespace, systems: list[str]) -> dict[str, dict[str, Any]]:
    """Run each system once."""
    environment = os.environ | {"OMP_NUM_THREADS": str(args.threads), "OMP_WAIT_POLICY": "PASSIVE"}
    found = {}
    for system in systems:
        command = [sys.executable, *sys.argv, "--child", system]
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        if done.returncode:
            print(f"{system}: {done.stderr.decode()[-300:]}", file=sys.stderr)
        else:
            found[system] = json.loads(done.stdout.splitlines()[-1])
            print(f"{system}: {found[system]['rate']:.1f} pairs/s", file=sys.stderr)
    return found


def _measured(system: str, args: argparse.Namespace) -> dict[str, Any]:
    warnings.simplefilter("ignore")
    rows = [line.rstrip("\n").split("\t")[:2] for line in args.corpus.open(encoding="utf-8")]
    count = args.pairs // SLOW.get(system, 1)
    pairs = [(source.split(" "), target.split(" ")) for source, target in rows[:count]]
    with SYSTEMS[system](args, pairs) as align:
        opened = _peak()
        begin = time.perf_counter()
        links = align()
        seconds = time.perf_counter() - begin
    as_lists = [sorted(one) for one in links]
    return {"rate": len(pairs) / seconds, "opened": opened, "peak": _peak(), "links": as_lists}


def _peak() -> float:
    """Peak memory of this process and its children, in MB."""
    usage = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(usage) / 1024


def _report(args: argparse.Namespace, rounds: list[dict[str, dict[str, Any]]]) -> None:
    """Print the table in Markdown."""
    from importlib.metadata import version

    reference = "simalign a"
    print(f"{args.pairs} pairs {args.source}-{args.target}, {args.threads} threads, {args.model}, layer {args.layer}.")
    print(f"{date.today()}, {_processor()}, " + ", ".join(f"{p} {version(p)}" for p in ("torch", "simalign")) + ".\n")
    print("| system | pairs/s | times simalign a | same links | peak MB (of these the model) |\n|---|---|---|---|---|")
    for system in rounds[0]:
        runs = [one[system] for one in rounds if system in one]
        ratios = [one[system]["rate"] / one[reference]["rate"] for one in rounds if system in one and reference in one]
        rate = statistics.median(run["rate"] for run in runs)
        ratio = f"{statistics.median(ratios):.1f}" if ratios else ""
        same = _same(rounds[0], system, reference)
        print(f"| {system} | {rate:.1f} | {ratio} | {same} | {runs[0]['peak']:.0f} ({runs[0]['opened']:.0f}) |")


def _same(found: dict[str, dict[str, Any]], system: str, reference: str) -> str:
    """The share of the reference's links that a system that computes the same gives."""
    if reference not in found or not system.startswith(("veco", "simalign")):
        return ""
    links = zip(found[system]["links"], found[reference]["links"], strict=False)
    both = [(set(map(tuple, one)), set(map(tuple, other))) for one, other in links]
    return f"{100 * sum(len(a & b) for a, b in both) / max(1, sum(len(a | b) for a, b in both)):.2f} %"


def _processor() -> str:
    names = [line for line in Path("/proc/cpuinfo").read_text().split("\n") if line.startswith("model name")]
    features = Path("/proc/cpuinfo").read_text()
    bf16 = next((name for name in ("amx_bf16", "avx512_bf16") if name in features), "no bf16")
    return f"{names[0].partition(': ')[2] if names else platform.processor()} ({bf16})"


if __name__ == "__main__":
    main()

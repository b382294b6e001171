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
import time
import warnings
from pathlib import Path
from typing import Any

from rounds import Found, median, peak, ratio, rounds, setting
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
        _report(args, rounds(args.systems.split(";"), args.rounds, args.threads))


def _measured(system: str, args: argparse.Namespace) -> dict[str, Any]:
    warnings.simplefilter("ignore")
    rows = [line.rstrip("\n").split("\t")[:2] for line in args.corpus.open(encoding="utf-8")]
    count = args.pairs // SLOW.get(system, 1)
    pairs = [(source.split(" "), target.split(" ")) for source, target in rows[:count]]
    with SYSTEMS[system](args, pairs) as align:
        opened = peak()
        begin = time.perf_counter()
        links = align()
        seconds = time.perf_counter() - begin
    as_lists = [sorted(one) for one in links]
    return {"rate": len(pairs) / seconds, "opened": opened, "peak": peak(), "links": as_lists}


def _report(args: argparse.Namespace, found: list[Found]) -> None:
    """Print the table in Markdown."""
    reference = "simalign a"
    print(f"{args.pairs} pairs {args.source}-{args.target}, {args.threads} threads, {args.model}, layer {args.layer}.")
    print(f"{setting('torch', 'simalign')}.\n")
    print("| system | pairs/s | times simalign a | same links | peak MB (of these the model) |\n|---|---|---|---|---|")
    for system, first in found[0].items():
        faster, same = f"{ratio(found, system, reference):.1f}", _same(found[0], system, reference)
        print(
            f"| {system} | {median(found, system):.1f} | {faster.replace('nan', '')} | {same} | {first['peak']:.0f} "
            f"({first['opened']:.0f}) |"
        )


def _same(found: Found, system: str, reference: str) -> str:
    """The share of the reference's links that a system that computes the same gives."""
    if reference not in found or not system.startswith(("veco", "simalign")):
        return ""
    links = zip(found[system]["links"], found[reference]["links"], strict=False)
    both = [(set(map(tuple, one)), set(map(tuple, other))) for one, other in links]
    return f"{100 * sum(len(a & b) for a, b in both) / max(1, sum(len(a | b) for a, b in both)):.2f} %"


if __name__ == "__main__":
    main()

"""Nearest neighbours both ways, side by side: veco, PyTorch's own top-k, faiss, and what the hardware allows.

    pip install faiss-cpu
    python benchmarks/retrieval.py                     # 10,000 x 10,000 vectors of 768
    python benchmarks/retrieval.py --rows 100000 --rounds 1

Every system runs in a process of its own, one after the other, for several rounds; a round has vectors of its own, y
being x in another order with noise. The clock runs from vectors in memory to the 4 neighbours of every row of either
side. Shown are medians of the rounds, and ratios paired within each round. *Products alone* multiplies the same blocks
once and looks at nothing. *torch* multiplies blocks of one side with the whole other one, takes the top-k, and does the
same the other way round; faiss searches two flat indexes. *Same pairs*: of those that the margin criterion makes of
the neighbours, how many are veco's, too. Memory is the peak of the process, and before that in brackets the vectors'.
Encoders' vectors share a direction: --shared gives the mean cosine of sentences that have nothing in common.
"""

import argparse
import json
import math
import os
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from rounds import Found, median, peak, ratio, rounds, setting

if TYPE_CHECKING:
    from torch import Tensor

    from veco_kernels import BothWays

PRODUCTS, FAISS = "products alone", "faiss"
BLOCK = 2048
WARM = 300  # rows searched before the clock runs


def main() -> None:
    """Run all systems and print a table, or one system in its own process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000, help="vectors of either side")
    parser.add_argument("--width", type=int, default=768)
    parser.add_argument("--neighbours", type=int, default=4)
    parser.add_argument("--shared", type=float, default=0.0, help="mean cosine of unrelated vectors: 0 to 0.9")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--systems", default=";".join(SYSTEMS), help="names, separated by semicolons")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        print(json.dumps(_measured(args.child, args)))
        return
    systems = [name for name in args.systems.split(";") if name != FAISS or find_spec("faiss")]
    _report(args, systems, rounds(systems, args.rounds, args.threads, seeded=True))


def _report(args: argparse.Namespace, systems: list[str], found: list[Found]) -> None:
    """Print the table in Markdown."""
    shape = f"{args.rows:,} x {args.rows:,} x {args.width}, {args.neighbours} neighbours, shared {args.shared}"
    print(f"{shape}, {args.threads} threads. {setting('torch', *(['faiss-cpu'] if FAISS in systems else []))}.\n")
    print("| system | s | times products alone | faster than faiss | same pairs | peak MB (vectors) |")
    print("|---|---|---|---|---|---|")
    for system in systems:
        cost, faster = ratio(found, system, PRODUCTS, "seconds"), ratio(found, system, FAISS)
        cells = f"{median(found, system, 'seconds'):.2f} | {cost:.2f} | {faster:.2f} | {_same(found, system)}"
        memory = f"{median(found, system, 'peak'):,.0f} ({median(found, system, 'opened'):,.0f})"
        print(f"| {system} | {cells} | {memory} |".replace("nan", ""))


def _same(found: list[Found], system: str) -> str:
    """The share of veco's pairs that a system finds, in the worst round."""
    both = [(one["veco"]["pairs"], one[system]["pairs"]) for one in found if "veco" in one and system in one]
    shares = [sum(a == b for a, b in zip(*pairs, strict=True)) / len(pairs[0]) for pairs in both if pairs[1]]
    return f"{100 * min(shares):.3f} %" if shares else ""


def _measured(system: str, args: argparse.Namespace) -> dict[str, Any]:
    from vecocli.xtreme.mine import margin_pairs

    x, y = _vectors(args)
    search = SYSTEMS[system]
    search(x[:WARM].clone(), y[:WARM].clone(), args.neighbours)
    opened = peak()
    begin = time.perf_counter()
    both = search(x, y, args.neighbours)
    seconds = time.perf_counter() - begin
    used, columns = peak(), [-1] * args.rows
    if both is not None:
        pairs = margin_pairs(both)
        for row, column in zip(pairs.rows.tolist(), pairs.columns.tolist(), strict=True):
            columns[row] = column
    found = columns if both is not None else []
    return {"rate": 2 * args.rows / seconds, "seconds": seconds, "opened": opened, "peak": used, "pairs": found}


def _vectors(args: argparse.Namespace) -> "tuple[Tensor, Tensor]":
    """Unit vectors: x, and y that is x in another order with noise."""
    import torch

    generator = torch.Generator().manual_seed(args.seed)
    x = torch.randn(args.rows, args.width, generator=generator)
    y = x[torch.randperm(args.rows, generator=generator)]
    for part in torch.split(y, BLOCK):  # no second matrix: the peak is to be that of the search
        part += torch.randn(part.shape, generator=generator)
    for side in (x, y):
        side *= math.sqrt(1 - args.shared) / side.norm(dim=1, keepdim=True)
        side += math.sqrt(args.shared / args.width)
        side /= side.norm(dim=1, keepdim=True)
    return x, y


def _products(x: "Tensor", y: "Tensor", k: int) -> None:
    import torch

    scratch = torch.empty(BLOCK, BLOCK)
    for row in range(0, len(x), BLOCK):
        left = x[row : row + BLOCK]
        for column in range(0, len(y), BLOCK):
            right = y[column : column + BLOCK]
            torch.mm(left, right.T, out=scratch[: len(left), : len(right)])


def _veco(x: "Tensor", y: "Tensor", k: int) -> "BothWays":
    from veco_kernels import topk_both

    return topk_both(x, y, k, block=BLOCK)


def _veco_bf16(x: "Tensor", y: "Tensor", k: int) -> "BothWays":
    from veco_kernels import topk_both

    return topk_both(x, y, k, block=BLOCK, precision="bf16")


def _torch(x: "Tensor", y: "Tensor", k: int) -> "BothWays":
    import torch

    from veco_kernels import BothWays

    found = []
    for queries, base in ((x, y), (y, x)):
        parts = [(part @ base.T).topk(k) for part in torch.split(queries, BLOCK // 2)]
        found += [torch.cat([part.values for part in parts]), torch.cat([part.indices for part in parts])]
    return BothWays(*found)


def _faiss(x: "Tensor", y: "Tensor", k: int) -> "BothWays":
    import faiss
    import torch

    from veco_kernels import BothWays

    found = []
    for queries, base in ((x, y), (y, x)):
        index = faiss.IndexFlatIP(base.shape[1])
        index.add(base.numpy())
        found += [torch.from_numpy(one) for one in index.search(queries.numpy(), k)]
    return BothWays(*found)


SYSTEMS: "dict[str, Callable[[Tensor, Tensor, int], BothWays | None]]" = {
    PRODUCTS: _products,
    "veco": _veco,
    "veco, bf16": _veco_bf16,
    "torch": _torch,
    FAISS: _faiss,
}


if __name__ == "__main__":
    main()

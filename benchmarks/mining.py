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
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

Pairs = list[tuple[list[str], list[str]]]
Links = list[set[tuple[int, int]]]
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


@contextmanager
def _veco(
    args: argparse.Namespace, pairs: Pairs, methods: tuple[str, ...], precision: Any
) -> Iterator[Callable[[], Links]]:
    from vecocli.encoder.encoder import Encoder
    from vecocli.mining.aligner import Aligner, AlignerSettings
    from vecocli.mining.words import tokenised

    encoder = Encoder.load(args.model)
    aligner = Aligner(encoder, AlignerSettings(methods, (args.layer,), precision=precision, on_long="cut"))
    given = [tokenised(" ".join(source), " ".join(target)) for source, target in pairs]
    list(aligner.align(given[:4]))

    def align() -> Links:
        return [{link[:2] for link in links[0]} for _, links in aligner.align(given)]

    yield align


@contextmanager
def _products(args: argparse.Namespace, pairs: Pairs, precision: str) -> Iterator[Callable[[], Links]]:
    """No system but the hardware's limit: the matrix products of the layers' weights alone, on all cores."""
    import torch
    from transformers import AutoConfig, AutoTokenizer

    shape, tokenizer = AutoConfig.from_pretrained(args.model), AutoTokenizer.from_pretrained(args.model)
    tokens = sum(map(len, tokenizer([" ".join(words) for pair in pairs for words in pair])["input_ids"]))
    rows, wide, inner = 1024 * args.threads, shape.hidden_size, shape.intermediate_size
    dtype = torch.float32 if precision == "fp32" else torch.bfloat16
    sizes = ((wide, 3 * wide), (wide, wide), (wide, inner), (inner, wide))
    products = [(torch.randn(rows, a, dtype=dtype), torch.randn(a, b, dtype=dtype)) for a, b in sizes]

    def align() -> Links:
        for _ in range(round(tokens * args.layer / rows)):
            for x, w in products:
                x @ w
        return [set() for _ in pairs]

    align()
    yield align


@contextmanager
def _simalign(args: argparse.Namespace, pairs: Pairs, methods: str) -> Iterator[Callable[[], Links]]:
    from simalign import SentenceAligner

    aligner = SentenceAligner(model=args.model, token_type="bpe", matching_methods=methods, layer=args.layer)
    aligner.get_word_aligns(*pairs[0])
    yield lambda: [set(aligner.get_word_aligns(*pair)["inter"]) for pair in pairs]


@contextmanager
def _awesome(args: argparse.Namespace, pairs: Pairs) -> Iterator[Callable[[], Links]]:
    import torch
    from awesome_align import modeling
    from awesome_align.configuration_bert import BertConfig
    from awesome_align.run_align import word_align
    from awesome_align.tokenization_bert import BertTokenizer
    from tokenizers import BertWordPieceTokenizer
    from transformers import AutoConfig

    with tempfile.TemporaryDirectory() as folder:
        text, out = Path(folder, "text"), Path(folder, "out")
        text.write_text("".join(f"{' '.join(s)} ||| {' '.join(t)}\n" for s, t in pairs), encoding="utf-8")
        trained = BertWordPieceTokenizer(lowercase=False)
        trained.train(str(text), vocab_size=8000, show_progress=False)
        trained.save_model(folder)
        tokenizer = BertTokenizer(str(Path(folder, "vocab.txt")), do_lower_case=False)
        shape = AutoConfig.from_pretrained(args.model)
        config = BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=shape.hidden_size,
            num_hidden_layers=shape.num_hidden_layers,
            num_attention_heads=shape.num_attention_heads,
            intermediate_size=shape.intermediate_size,
        )
        for name in ("pad", "cls", "sep"):
            setattr(modeling, f"{name.upper()}_ID", getattr(tokenizer, f"{name}_token_id"))
        settings = argparse.Namespace(
            data_file=str(text),
            output_file=str(out),
            output_prob_file=None,
            output_word_file=None,
            num_workers=0,
            batch_size=32,
            device=torch.device("cpu"),
            align_layer=args.layer,
            extraction="softmax",
            softmax_threshold=0.001,
        )
        model = modeling.BertForMaskedLM(config)

        def align() -> Links:
            sys.stdout = sys.stderr
            word_align(settings, model, tokenizer)
            sys.stdout = sys.__stdout__
            return _pharaoh(out)

        yield align


@contextmanager
def _systran(args: argparse.Namespace, pairs: Pairs) -> Iterator[Callable[[], Links]]:
    import systran_align

    with tempfile.TemporaryDirectory() as folder:
        text, forward, backward = (str(Path(folder, name)) for name in ("text", "forward", "backward"))
        Path(text).write_text("".join(f"{' '.join(s)} ||| {' '.join(t)}\n" for s, t in pairs), encoding="utf-8")

        def align() -> Links:
            systran_align.generate_alignment_probabilities(text, forward, backward)
            found = systran_align.Aligner(forward, backward).align_batch(*map(list, zip(*pairs, strict=True)))
            return [set(map(tuple, one["alignments"])) for one in found]

        yield align


@contextmanager
def _eflomal(args: argparse.Namespace, pairs: Pairs) -> Iterator[Callable[[], Links]]:
    import eflomal

    with tempfile.TemporaryDirectory() as folder:
        forward, backward = (str(Path(folder, name)) for name in ("forward", "backward"))

        def align() -> Links:
            sides = ([" ".join(words) for words in side] for side in zip(*pairs, strict=True))
            eflomal.Aligner().align(*sides, links_filename_fwd=forward, links_filename_rev=backward)
            both = zip(_pharaoh(Path(forward)), _pharaoh(Path(backward)), strict=True)
            return [one & other for one, other in both]

        yield align


def _pharaoh(path: Path) -> Links:
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    return [{(int(i), int(j)) for i, j in (link.split("-") for link in line.split())} for line in lines]


SYSTEMS: dict[str, Callable[[argparse.Namespace, Pairs], Any]] = {
    "products alone, fp32": lambda args, pairs: _products(args, pairs, "fp32"),
    "products alone, bf16": lambda args, pairs: _products(args, pairs, "bf16"),
    "simalign a": lambda args, pairs: _simalign(args, pairs, "a"),
    "simalign mai": lambda args, pairs: _simalign(args, pairs, "mai"),
    "veco argmax fp32": lambda args, pairs: _veco(args, pairs, ("argmax",), "fp32"),
    "veco argmax bf16": lambda args, pairs: _veco(args, pairs, ("argmax",), "bf16"),
    "veco argmax+itermax+match fp32": lambda args, pairs: _veco(args, pairs, ("argmax", "itermax", "match"), "fp32"),
    "veco argmax+itermax+match bf16": lambda args, pairs: _veco(args, pairs, ("argmax", "itermax", "match"), "bf16"),
    "awesome-align": _awesome,
    "systran-align": _systran,
    "eflomal": _eflomal,
}


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

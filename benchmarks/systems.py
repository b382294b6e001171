"""The word aligners that `benchmarks/mining.py` compares: each is opened, then aligns when it is called."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Pairs = list[tuple[list[str], list[str]]]
Links = list[set[tuple[int, int]]]


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

"""A pre-training step beside that of Hugging Face's Trainer as `run_mlm.py` sets it up: speed and memory.

    python benchmarks/training.py MINED --vocabulary 250002
    python benchmarks/training.py MINED --shape base --peak 989    # XLM-R base, 256 pairs of 64 sub-words, on an H100

MINED is what `veco mine-synonyms` wrote. Every system trains the same random encoder on sentences of the same pairs,
as many a step, in a process of its own, one after the other, for several rounds. Text is what counts: sub-words of the
sentences, padding left out, each counted once a step whatever it is read for. The Trainer draws sentences at random and
pads them to the longest of their step, with logits at every position. *without losses* is veco with all objectives but
trivial ones in the place of the two alignments: what their forward and backward passes cost by themselves. The clock
leaves out the first step, and saving. Every round has a seed of its own. Memory is that of the device: the process's
peak on a CPU, what was allocated at most on a GPU. MFU is the share of --peak that the model needs for its loss: 6
operations for each weight of the layers and each sub-word, and for each weight of the head and each hidden one.
"""

import argparse
import json
import os
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from rounds import median, peak, ratio, rounds, setting

ALL = "mlm,tlm,sequence,token"
VECO = {  # name -> objectives, precision
    "veco mlm, fp32": ("mlm", "fp32"),
    "veco mlm": ("mlm", "bf16"),
    "veco all": (ALL, "bf16"),
    "veco all, without losses": (ALL, "bf16"),
}
SYSTEMS = ("Trainer, fp32", "Trainer, bf16", *VECO)
BASE = {"vocabulary": 250_002, "layers": 12, "hidden": 768, "pairs": 256, "length": 64}  # XLM-R base
MASKED = 0.15


def main() -> None:
    """Run all systems and print a table, or one system in its own process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mined", type=Path)
    parser.add_argument("--vocabulary", type=int, default=32_000)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--hidden", type=int, default=384)
    parser.add_argument("--pairs", type=int, default=32, help="sentence pairs a step: twice as many sentences")
    parser.add_argument("--length", type=int, default=128, help="most sub-words of a sentence")
    parser.add_argument("--shape", choices=["base"], help="model and batch of this size instead")
    parser.add_argument("--peak", type=float, help="what the device can do, in 10^12 operations a second: shows MFU")
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--systems", default=";".join(SYSTEMS), help="names, separated by semicolons")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    args = parser.parse_args()
    vars(args).update(BASE if args.shape == "base" else {})
    if args.child:
        print(json.dumps(_measured(args.child, args)))
    else:
        _report(args)


def _report(args: argparse.Namespace) -> None:
    systems = args.systems.split(";")
    found = rounds(systems, args.rounds, args.threads, seeded=True)
    first = systems[0]
    shape = f"{args.layers} x {args.hidden}, vocabulary {args.vocabulary:,}"
    print(f"{shape}, {args.pairs} pairs a step, {args.threads} threads. {setting('torch', 'transformers')}.\n")
    peers = [name for name in systems if name.startswith("Trainer")] or systems[:1]
    heads = ["system", "tokens/s", *(f"times {peer}" for peer in peers), "peak MB", f"of {first}", "MFU %"]
    print(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|")
    for system in systems:
        rate = median(found, system)
        faster = [f"{ratio(found, system, peer):.1f}" for peer in peers]
        memory, share = median(found, system, "peak"), ratio(found, system, first, "peak")
        used = f"{100 * rate * _operations(args) / (args.peak * 1e12):.0f}" if args.peak and "all" not in system else ""
        print(f"| {' | '.join([system, f'{rate:,.0f}', *faster, f'{memory:,.0f}', f'{share:.2f}', used])} |")
    if {"veco all", "veco all, without losses"} <= set(systems):
        cost = 1 / ratio(found, "veco all", "veco all, without losses") - 1
        print(f"\nThe two alignments' losses cost {100 * cost:.0f} % of a step.")


def _operations(args: argparse.Namespace) -> float:
    """What the loss of MLM takes for each sub-word of text, forwards and backwards."""
    layers = args.layers * 12 * args.hidden**2
    head = args.hidden * (args.vocabulary + args.hidden)
    return 6 * (layers + MASKED * head)


def _measured(system: str, args: argparse.Namespace) -> dict[str, Any]:
    import torch

    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        texts = _model(args, model)
        if system in VECO:
            rate = _veco(system, args, model, Path(folder) / "run")
        else:
            rate = _trainer(args, model, texts, bf16=system.endswith("bf16"))
        return {
            "rate": rate,
            "peak": torch.cuda.max_memory_allocated() / 2**20 if torch.cuda.is_available() else peak(),
        }


def _model(args: argparse.Namespace, folder: Path) -> list[str]:
    """Write a random encoder; its tokenizer has fewer sub-words where the text gives no more."""
    import torch
    from transformers import XLMRobertaConfig, XLMRobertaForMaskedLM

    from vecocli.encoder.scratch import train_tokenizer
    from vecocli.text.shards import ShardFolder

    shards = ShardFolder(args.mined)
    rows = shards.rows(range(0, len(shards), max(1, len(shards) // 20_000)))
    texts = [text for row in rows for text in (row.pair.source, row.pair.target)]
    tokenizer = train_tokenizer(texts[:20_000], min(args.vocabulary, 16_000))
    config = XLMRobertaConfig(
        vocab_size=args.vocabulary,
        hidden_size=args.hidden,
        num_hidden_layers=args.layers,
        num_attention_heads=args.hidden // 64,
        intermediate_size=4 * args.hidden,
        max_position_embeddings=514,
        type_vocab_size=1,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        pad_token_id=tokenizer.pad_token_id,
    )
    torch.manual_seed(0)
    XLMRobertaForMaskedLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return texts


def _trainer(args: argparse.Namespace, folder: Path, texts: list[str], *, bf16: bool) -> float:
    """Tokens a second of `run_mlm.py --line_by_line`: its Trainer, collator and defaults."""
    import torch
    from transformers import (
        AutoModelForMaskedLM,
        AutoTokenizer,
        DataCollatorForLanguageModeling,
        Trainer,
        TrainerCallback,
        TrainingArguments,
    )

    tokenizer = AutoTokenizer.from_pretrained(folder)
    rows = tokenizer(texts, truncation=True, max_length=args.length, return_special_tokens_mask=True)
    dataset = [{name: rows[name][at] for name in rows} for at in range(len(texts))]
    collator, times, tokens = DataCollatorForLanguageModeling(tokenizer), list[float](), list[int]()

    def collate(features: list[dict[str, Any]]) -> Any:
        batch = collator(features)
        tokens.append(int(batch["attention_mask"].sum()))
        return batch

    class Clock(TrainerCallback):
        def on_step_end(self, *given: Any, **more: Any) -> None:
            times.append(time.perf_counter())

    settings = TrainingArguments(
        output_dir=str(folder / "trainer"),
        per_device_train_batch_size=2 * args.pairs,
        max_steps=args.steps + 1,
        bf16=bf16,
        use_cpu=not torch.cuda.is_available(),
        seed=args.seed,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        logging_strategy="no",
    )
    model = AutoModelForMaskedLM.from_pretrained(folder)
    Trainer(model, settings, data_collator=collate, train_dataset=dataset, callbacks=[Clock()]).train()
    return sum(tokens[1 : args.steps + 1]) / (times[-1] - times[0])


def _veco(system: str, args: argparse.Namespace, folder: Path, out: Path) -> float:
    """Tokens a second of `veco pretrain`."""
    from vecocli.config.pretraining import PretrainConfig
    from vecocli.encoder.encoder import Encoder
    from vecocli.text.shards import ShardFolder
    from vecocli.training.pretrain import pretrain
    from vecocli.training.steps import StepBatches

    if system.endswith("without losses"):
        _empty_losses()
    objectives, precision = VECO[system]
    config = PretrainConfig(
        mined=(args.mined,), out=out, model=str(folder), objectives=objectives, precision=precision,
        batch_size=args.pairs, steps=args.steps + 1, log_every=1, save_every=10**9, token_links="both", seed=args.seed,
        max_length=args.length,
    )  # fmt: skip
    pretrain(config)
    seconds = [json.loads(line)["seconds"] for line in (out / "metrics.jsonl").open(encoding="utf-8")]
    batches = StepBatches(config, Encoder.load(folder), ShardFolder(args.mined), None, frozenset({"clean"}))
    parts = [part for step in range(1, args.steps + 1) for parts in batches(step) for part in parts]
    buckets = [bucket for part in parts for bucket in part.passes["clean"]]
    return sum(int(bucket.inputs.mask.sum()) for bucket in buckets) / (seconds[-1] - seconds[0])


def _empty_losses() -> None:
    """Let the two alignments read their vectors and do nothing with them."""
    import torch

    from vecocli.encoder.encoded import EncodedBatch
    from vecocli.objectives import Loss, Mean, sequence, token

    def add(self: Any, batch: EncodedBatch) -> Loss:
        read = [one for name, one in batch.vectors.items() if name.partition("_")[2] in self.needs]
        return Loss(Mean(torch.stack([one.sum() for one in read]).sum() * 1e-3, torch.tensor(1)))

    for kind in (sequence, token):
        kind.Objective.__call__ = add  # type: ignore[method-assign]


if __name__ == "__main__":
    main()

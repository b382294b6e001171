"""Continued pre-training: mined shards + optional monolingual text -> an encoder with aligned languages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor, nn

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.batches import AlignedBatch, TokenisedPair, collate, tokenise
from vecocli.encoder.checkpoint import replace_files, save_model
from vecocli.encoder.devices import Precision, best_device, choose_precision
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.masking import Masker
from vecocli.encoder.passes import Readout, encode
from vecocli.encoder.scratch import new_encoder, train_tokenizer
from vecocli.errors import DataError, UsageError
from vecocli.objectives import Objective, build
from vecocli.text.shards import ShardFolder
from vecocli.training.card import write_card
from vecocli.training.loop import Loop, LoopSettings, Report
from vecocli.training.mono import MonoText
from vecocli.training.order import Batches, Order
from vecocli.training.runs import Run

NEW_HEAD = (
    "The model comes without a masked-language head: a new one starts from random weights and at first disturbs the "
    "encoder. --objectives sequence,token leaves it out."
)
TOKENIZER_SENTENCES = 200_000
"""Sentences that a new tokenizer is trained on, spread evenly over the text."""


@dataclass(frozen=True, slots=True)
class Pretrained:
    """What a run gave.

    Args:
        folder: The model's folder.
        steps: Optimiser steps done in all.
        seconds: Training time in all.
        pairs: Sentence pairs in the mined folders.
        figures: The last logged figures: losses, rate, gradient norm.
    """

    folder: Path
    steps: int
    seconds: float
    pairs: int
    figures: Mapping[str, float]


class Pretrainer(nn.Module):
    """Encoder and objectives as one module: a single forward gives the weighted sum of all losses.

    Args:
        encoder: The encoder.
        objectives: Objectives by name.
        weights: Weight by name; 1 where not given.
        readout: Where vectors are read.
        precision: Arithmetic of the layers.
    """

    def __init__(
        self,
        encoder: Encoder,
        objectives: Mapping[str, Objective],
        weights: Mapping[str, float],
        readout: Readout,
        precision: Precision,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.objectives = dict(objectives)
        self.weights = dict(weights)
        self.readout = readout
        self.precision = precision
        self.needs = frozenset().union(*(objective.needs for objective in objectives.values()))

    @property
    def predicts(self) -> bool:
        """Whether an objective predicts masked sub-words."""
        return bool({"masked", "joint"} & self.needs)

    def forward(self, batch: AlignedBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the total loss and every objective's loss and figures."""
        encoded = encode(self.encoder, batch, self.needs, self.readout, self.precision)
        losses = {name: objective(encoded) for name, objective in self.objectives.items()}
        total = torch.stack([self.weights.get(name, 1.0) * loss.value for name, loss in losses.items()]).sum()
        figures = {name: loss.value for name, loss in losses.items()}
        parts = {f"{name}/{part}": value for name, loss in losses.items() for part, value in loss.parts.items()}
        if "token" in losses:
            parts["token/lost_links"] = torch.tensor(batch.lost / len(batch.sentences) * 2)
        return total, {"loss": total, **figures, **parts}


def pretrain(
    config: PretrainConfig,
    report: Callable[[Report], None] = lambda report: None,
    note: Callable[[str], None] = lambda text: None,
) -> Pretrained:
    """Train as the configuration says and leave a Hugging Face folder.

    Args:
        config: The resolved settings.
        report: Called after each logged step.
        note: Called with what a user should know before the training begins.

    Raises:
        VecoError: Unusable settings, data or model; a loss that is not finite; a request to stop.
    """
    run = Run.open(config)
    if (facts := run.finished()) is not None:
        return Pretrained(config.out, **facts)
    shards = ShardFolder(*config.mined)
    if not len(shards):
        raise DataError("the mined folders hold no sentence pairs", "Mine a corpus first.", path=config.mined[0])
    mono = MonoText(config.mono) if config.mono else None
    encoder = _encoder(config, shards, mono, run.checkpoint).to(best_device())
    module = _module(config, encoder)
    if encoder.new_head and module.predicts:
        note(NEW_HEAD)

    def save(folder: Path) -> None:
        save_model(encoder, folder)
        write_card(folder, config, shards, module.readout)

    loop = Loop(module, _batches(config, encoder, shards, mono), _loop_settings(config), config.out, save, report)
    if run.checkpoint:
        loop.resume(run.checkpoint)
    run.begin()
    loop.train()
    replace_files(config.out, save)
    result = Pretrained(config.out, loop.step, round(loop.seconds, 1), len(shards), loop.last)
    run.finish({"steps": result.steps, "seconds": result.seconds, "pairs": result.pairs, "figures": result.figures})
    return result


def _encoder(config: PretrainConfig, shards: ShardFolder, mono: MonoText | None, checkpoint: Path | None) -> Encoder:
    """The checkpoint's encoder, the user's, or a new one."""
    if checkpoint or config.model:
        start = checkpoint or str(config.model)
        with torch.random.fork_rng():
            torch.manual_seed(config.seed)  # decides the weights of a head that the model comes without
            return Encoder.load(start, trust_remote_code=config.trust_remote_code, dropout=config.dropout)
    tokenizer = train_tokenizer(_sample(shards, mono), config.vocabulary)
    return new_encoder(str(config.from_scratch), tokenizer, seed=config.seed, dropout=config.dropout)


def _sample(shards: ShardFolder, mono: MonoText | None) -> list[str]:
    """Sentences for a new tokenizer, evenly spread over the mined text, then over the monolingual text."""
    stride = max(1, 2 * len(shards) // TOKENIZER_SENTENCES)
    rows = shards.rows(range(0, len(shards), stride))
    texts = [text for row in rows for text in (row.pair.source, row.pair.target)]
    return texts + list(islice(mono, TOKENIZER_SENTENCES) if mono else ())


def _module(config: PretrainConfig, encoder: Encoder) -> Pretrainer:
    settings = config.model_dump() | {"token_links": config.link_sources}
    objectives = {name: build(name, settings) for name in config.objective_names}
    if {"mlm", "tlm"} & set(objectives) and not encoder.has_head:
        raise UsageError("this model cannot predict masked words", "Use --objectives sequence,token.")
    token_layer = encoder.aligning_layer if config.token_layer is None else config.token_layer
    readout = Readout(
        sentence_layer=encoder.layer(config.sequence_layer),
        sentence_pooling=config.sequence_pooling,
        token_layer=encoder.layer(token_layer),
        token_pooling=config.token_pooling,
    )
    precision = choose_precision(config.precision, encoder.device)
    return Pretrainer(encoder, objectives, config.weight, readout, precision)


def _batches(
    config: PretrainConfig, encoder: Encoder, shards: ShardFolder, mono: MonoText | None
) -> Callable[[int], AlignedBatch]:
    """Batch number -> batch, a function of the seed and the number alone."""
    tokens = encoder.tokens
    masked = {"mlm", "tlm"} & set(config.objective_names)
    masker = Masker(tokens, config.mlm_rate, config.tlm_rate) if masked else None
    framing = len(tokens.single([]))
    fitting = framing + (encoder.max_length - len(tokens.pair([], [])[0])) // 2  # so that TLM's joined pairs fit
    longest = min(config.max_length, encoder.max_length if "tlm" not in masked else fitting)

    def load(rows: Sequence[int]) -> list[TokenisedPair]:
        return tokenise(tokens, shards.rows(rows), longest)

    pairs = Batches(Order(len(shards), config.seed), config.batch_size, load)
    texts = mono and Batches(
        Order(len(mono), config.seed + 1),
        2 * config.batch_size,
        lambda rows: [piece.ids[: longest - framing] for piece in tokens.pieces([mono[row] for row in rows])],
    )

    def batch(number: int) -> AlignedBatch:
        generator = torch.Generator().manual_seed(hash((config.seed, number)) % 2**63)
        return collate(tokens, pairs.batch(number), masker, generator, texts.batch(number) if texts else ())

    return batch


def _loop_settings(config: PretrainConfig) -> LoopSettings:
    return LoopSettings(
        steps=config.steps,
        peak_rate=config.peak_rate,
        minutes=config.minutes,
        accumulation=config.accumulation,
        warmup=config.warmup,
        schedule=config.schedule,
        weight_decay=config.weight_decay,
        clip=config.clip,
        log_every=config.log_every,
        save_every=config.save_every,
        save_total_limit=config.save_total_limit,
        seed=config.seed,
    )

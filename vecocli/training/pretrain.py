"""Continued pre-training: mined shards + optional monolingual text -> an encoder with aligned languages."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any

import torch

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.checkpoint import replace_files
from vecocli.encoder.devices import choose_precision
from vecocli.encoder.encoded import PREDICTED
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.modes import compile_layers, recompute
from vecocli.encoder.passes import Readout
from vecocli.encoder.scratch import new_encoder, train_tokenizer
from vecocli.errors import DataError, UsageError
from vecocli.objectives import build
from vecocli.text.shards import ShardFolder
from vecocli.training.hub import check_upload, upload
from vecocli.training.keys import KeyQueue
from vecocli.training.launched import join
from vecocli.training.loop import Loop, LoopSettings, Report
from vecocli.training.lora import FOLDER, Adapters, need_peft
from vecocli.training.metrics import share_of
from vecocli.training.model import Passes
from vecocli.training.mono import MonoText
from vecocli.training.objectives import ObjectiveGradients
from vecocli.training.output import Output
from vecocli.training.runs import Run
from vecocli.training.sharding import shard
from vecocli.training.steps import StepBatches

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
        skipped: Steps left out because their loss or gradient was not finite.
        data_wait: Share of the training time that went by in waiting for batches, 0 to 1.
    """

    folder: Path
    steps: int
    seconds: float
    pairs: int
    figures: Mapping[str, float]
    skipped: int
    data_wait: float

    @property
    def facts(self) -> dict[str, Any]:
        """What the run's summary keeps of it."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "folder"}


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
        VecoError: Unusable settings, data or model; a loss that is not finite; a request to stop; an upload that
            failed after a run that did not.
    """
    if config.push_to_hub:
        check_upload(config.push_to_hub)
    with closing(Run.open(config)) as run:
        facts, accelerator = run.finished(), join(config)
        trained = None if facts is None else Pretrained(config.out, **facts)
        result = trained or _pretrain(config, run, accelerator, report, note)
        if config.push_to_hub and accelerator.is_main_process:
            note(f"uploaded to {upload(config.out, config.push_to_hub, private=config.private)}")
        return result


def _pretrain(
    config: PretrainConfig,
    run: Run,
    accelerator: Any,
    report: Callable[[Report], None],
    note: Callable[[str], None],
) -> Pretrained:
    if config.lora_rank:
        need_peft()
    shards = ShardFolder(*config.mined)
    if not len(shards):
        raise DataError("the mined folders hold no sentence pairs", "Mine a corpus first.", path=config.mined[0])
    mono = MonoText(config.mono) if config.mono else None
    encoder, adapters = _encoder(config, shards, mono, run.checkpoint, accelerator.device)
    gradients, readout = _gradients(config, encoder), _readout(config, encoder)
    if encoder.new_head and PREDICTED & gradients.needs:
        note(NEW_HEAD)
    if config.gradient_checkpointing:
        recompute(encoder)
    if config.compile:
        compile_layers(encoder)
    output = Output.of(config, encoder, readout, shards, adapters)
    precision = choose_precision(config.precision, encoder.device)
    keys = KeyQueue(encoder, readout, precision, config.sequence_momentum) if config.queue else None
    passes = Passes(encoder, readout, precision, keys)
    needs = readout.passes(gradients.needs, mono=mono is not None)
    batches = StepBatches(config, encoder, shards, mono, needs)
    gradients.freeze_unreached(passes, batches(0)[0][0].to(encoder.device))
    if keys:
        keys.forget()
        if not run.checkpoint:
            keys.fill(part.to(encoder.device) for part in batches.before(config.queue))
    if config.sharding == "full":
        shard(passes, encoder.layers, encoder.device, passes.precision)
    settings = _loop_settings(config)
    loop = Loop(
        accelerator, passes, gradients, batches, settings, config.out, output.ready, report, batches.describe, keys
    )
    if run.checkpoint:
        loop.resume(run.checkpoint)
    if accelerator.is_main_process:
        run.begin()
    loop.train()
    result, write = _result(config, loop, shards), output.ready()
    if accelerator.is_main_process:
        replace_files(config.out, write)
        run.finish(result.facts)
    return result


def _result(config: PretrainConfig, loop: Loop, shards: ShardFolder) -> Pretrained:
    return Pretrained(
        folder=config.out,
        steps=loop.step,
        seconds=round(loop.seconds, 1),
        pairs=len(shards),
        figures=loop.last,
        skipped=loop.figures.skipped,
        data_wait=share_of(loop.waited, loop.seconds),
    )


def _encoder(
    config: PretrainConfig, shards: ShardFolder, mono: MonoText | None, checkpoint: Path | None, device: torch.device
) -> tuple[Encoder, Adapters | None]:
    """The checkpoint's encoder, the user's, or a new one, on the device; with adapters if these are trained."""
    if config.model is None and checkpoint is None:
        tokenizer = train_tokenizer(_sample(shards, mono), config.vocabulary)
        fresh = new_encoder(str(config.from_scratch), tokenizer, seed=config.seed, dropout=config.dropout)
        return fresh.to(device), None
    start = str(config.model) if config.lora_rank else checkpoint or str(config.model)
    with torch.random.fork_rng():
        torch.manual_seed(config.seed)  # decides the weights of a head that the model comes without
        encoder = Encoder.load(start, trust_remote_code=config.trust_remote_code, dropout=config.dropout)
    encoder = encoder.to(device)
    if not config.lora_rank:
        return encoder, None
    adapters = Adapters.add(encoder, config, config.seed)
    if checkpoint:
        adapters.load(checkpoint / FOLDER)
    return encoder, adapters


def _sample(shards: ShardFolder, mono: MonoText | None) -> list[str]:
    """Sentences for a new tokenizer, evenly spread over the mined text, then over the monolingual text."""
    stride = max(1, 2 * len(shards) // TOKENIZER_SENTENCES)
    rows = shards.rows(range(0, len(shards), stride))
    texts = [text for row in rows for text in (row.pair.source, row.pair.target)]
    return texts + list(islice(mono, TOKENIZER_SENTENCES) if mono else ())


def _gradients(config: PretrainConfig, encoder: Encoder) -> ObjectiveGradients:
    settings = config.model_dump() | {"token_links": config.link_sources}
    objectives = {name: build(name, settings) for name in config.objective_names}
    gradients = ObjectiveGradients(objectives, config.weight)
    if PREDICTED & gradients.needs and not encoder.has_head:
        raise UsageError("this model cannot predict masked words", "Use --objectives sequence,token.")
    return gradients


def _readout(config: PretrainConfig, encoder: Encoder) -> Readout:
    token_layer = encoder.aligning_layer if config.token_layer is None else config.token_layer
    return Readout(
        sentence_layer=encoder.layer(config.sequence_layer),
        sentence_pooling=config.sequence_pooling,
        sentence_states=config.sequence_states,
        token_layer=encoder.layer(token_layer),
        token_pooling=config.token_pooling,
        token_states=config.token_states,
    )


def _loop_settings(config: PretrainConfig) -> LoopSettings:
    return LoopSettings(
        steps=config.steps,
        peak_rate=config.peak_rate,
        minutes=config.minutes,
        warmup=config.warmup,
        schedule=config.schedule,
        weight_decay=config.weight_decay,
        clip=config.clip,
        log_every=config.log_every,
        save_every=config.save_every,
        save_total_limit=config.save_total_limit,
        max_skipped=config.max_skipped,
        seed=config.seed,
    )

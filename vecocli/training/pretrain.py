"""Continued pre-training: mined shards + optional monolingual text -> an encoder with aligned languages."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.batches import AlignedBatch
from vecocli.encoder.checkpoint import replace_files
from vecocli.encoder.devices import Precision, choose_precision
from vecocli.encoder.encoded import PREDICTED
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.modes import compile_layers, recompute
from vecocli.encoder.passes import Readout
from vecocli.errors import UsageError
from vecocli.objectives import build
from vecocli.text.shards import ShardFolder
from vecocli.training.best import Best
from vecocli.training.evaluation import Evaluator
from vecocli.training.gather import on_first, processes
from vecocli.training.heldout import Aligned, Parallel, read_aligned, read_parallel
from vecocli.training.hub import check_upload, upload
from vecocli.training.initial import initial
from vecocli.training.keys import KeyQueue
from vecocli.training.launched import join
from vecocli.training.length import LoopSettings
from vecocli.training.loop import Loop, Report
from vecocli.training.lora import need_peft
from vecocli.training.model import Passes
from vecocli.training.mono import MonoText
from vecocli.training.objectives import ObjectiveGradients
from vecocli.training.output import Output
from vecocli.training.result import FACTS, Pretrained
from vecocli.training.runs import Run
from vecocli.training.sharding import shard
from vecocli.training.steps import StepBatches
from vecocli.training.trackers import tracking
from vecocli.training.twin import Twin
from vecocli.training.usable import check_usable
from vecocli.training.watch import Watch

NEW_HEAD = (
    "The model comes without a masked-language head: a new one starts from random weights and at first disturbs the "
    "encoder. --objectives sequence,token leaves it out."
)
MUCH_LOST = 0.1
"""Share of the links from which it is worth a word that they lie in what is cut off."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """A run put together.

    Args:
        encoder: What is trained.
        batches: What it reads.
        loop: What trains it, at its start or at the checkpoint.
    """

    encoder: Encoder
    batches: StepBatches
    loop: Loop


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
        facts, accelerator = run.finished(FACTS), join(config)
        trained = None if facts is None else Pretrained(config.out, **facts)
        result = trained or _pretrain(config, run, accelerator, report, note)
        if config.push_to_hub and accelerator.is_main_process:
            note(f"uploaded to {upload(config.out, config.push_to_hub, private=config.private)}")
        return result


def _pretrain(
    config: PretrainConfig,
    run: Run[PretrainConfig],
    accelerator: Any,
    report: Callable[[Report], None],
    note: Callable[[str], None],
) -> Pretrained:
    config = run.settings
    if run.of_another and not config.lora_rank:
        note(f"The run goes on from the weights of {config.resume}: --model and --from-scratch are not read.")
    made = assemble(config, accelerator, run.checkpoint, report, note)
    loop, first = made.loop, accelerator.is_main_process
    if first:
        run.begin(loop.step, note)
    with tracking(accelerator, config):
        loop.train()
    result, fill = Pretrained.of(config, loop, made.batches), loop.saver()
    on_first(lambda: replace_files(config.out, fill), accelerator.device)
    if first:
        run.finish(result.facts)
    return result


def assemble(
    config: PretrainConfig,
    accelerator: Any,
    checkpoint: Path | None,
    report: Callable[[Report], None] = lambda report: None,
    note: Callable[[str], None] = lambda text: None,
) -> Assembled:
    """Put a run together; nothing is written.

    Args:
        config: The resolved settings.
        accelerator: The run's processes.
        checkpoint: What it goes on from; None at the start.
        report: Called after each logged step.
        note: Called with what a user should know.

    Raises:
        VecoError: Unusable settings, data or model.
    """
    if config.lora_rank:
        need_peft()
    shards = ShardFolder(*config.mined)
    check_usable(config, shards, note)
    mono = MonoText(config.mono) if config.mono else None
    held_out = read_parallel(config, shards.languages), read_aligned(config, shards.languages)
    encoder, adapters = initial(config, shards, mono, checkpoint, accelerator.device)
    gradients, readout = _gradients(config, encoder), _readout(config, encoder)
    if encoder.new_head and PREDICTED & gradients.needs:
        note(NEW_HEAD)
    output = Output.of(config, encoder, readout, shards, mono, adapters)
    precision = choose_precision(config.precision, encoder.device)
    # copies the encoder: before its layers get compiled functions, which would stay bound to the layers copied
    keys = KeyQueue(encoder, readout, precision, config.sequence_momentum) if config.sequence_queue else None
    if config.gradient_checkpointing:
        recompute(encoder)
    if config.compile:
        compile_layers(encoder)
    passes = Passes(encoder, readout, precision, keys)
    needs = readout.passes(gradients.needs, mono=mono is not None)
    batches = StepBatches(config, encoder, shards, mono, needs)
    first = batches(0)[0][0]
    _note_cuts(config, batches.longest, first, note)
    gradients.freeze_unreached(passes, first.to(encoder.device))
    if keys:
        keys.forget()
        if not checkpoint:
            keys.fill(part.to(encoder.device) for part in batches.before(config.sequence_queue))
    watch = _watch(config, encoder, readout, passes.precision, held_out, note) if config.evaluates else None
    if config.sharding == "full":
        shard(passes, encoder.layers, encoder.device, passes.precision)
    settings, ready, describe = LoopSettings.of(config), output.ready, batches.describe
    rows = batches.rows
    loop = Loop(
        accelerator, passes, gradients, batches, settings, config.out, ready, report, describe, keys, rows, watch
    )
    if checkpoint:
        loop.resume(checkpoint)
    return Assembled(encoder, batches, loop)


def _note_cuts(config: PretrainConfig, longest: int, part: AlignedBatch, note: Callable[[str], None]) -> None:
    """Say what of the text, and of its links, the model does not get to read."""
    if longest < config.max_length:
        note(f"The model reads sentences up to {longest:,} sub-words; the rest of longer ones is cut off.")
    kept = len(part.links)
    if config.fed_by_links and part.lost > MUCH_LOST * (part.lost + kept):
        links = f"{part.lost:,} of the {part.lost + kept:,} links of the first step's pairs"
        note(f"{links} lie behind the {longest:,} sub-words that are read of a sentence (--max-length), and are lost.")


def _watch(
    config: PretrainConfig,
    encoder: Encoder,
    readout: Readout,
    precision: Precision,
    held_out: tuple[Sequence[Parallel], Aligned | None],
    note: Callable[[str], None],
) -> Watch:
    """Return what evaluates; the encoder is not sharded yet."""
    best, every = Best(config.out, config.eval_metric), config.eval_every or config.save_every
    twin = Twin(encoder) if config.sharding == "full" and processes() > 1 else None
    evaluator = Evaluator((twin and twin.encoder) or encoder, readout, precision, config.max_length, *held_out)
    if twin is None:
        return Watch(evaluator, best, every, lambda: None, note)
    return Watch(lambda: twin.on(encoder.device, evaluator), best, every, twin.follow, note)


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

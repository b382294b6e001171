"""What a run would do and cost, found out by a few of its own steps; nothing is written."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.batches import AlignedBatch
from vecocli.encoder.encoder import Encoder
from vecocli.training.activations import counting
from vecocli.training.launched import join
from vecocli.training.loop import Loop
from vecocli.training.pretrain import Assembled, assemble
from vecocli.training.runs import Run
from vecocli.training.sharding import own
from vecocli.training.steps import Corpus

SAMPLED = 8
"""Steps whose batches are looked at."""

Parts = Sequence[Sequence[AlignedBatch]]
"""A step's contrastive batches, each in parts."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What a process's device has to hold, in bytes.

    Args:
        weights: Of the model.
        gradients: Of the weights that are trained.
        optimiser: AdamW's two means of each of these.
        states: What is kept for the backward pass, at the most full moment of the step with the largest pass.
        total: All of it; on CUDA the most that was allocated in that step.
    """

    weights: int
    gradients: int
    optimiser: int
    states: int
    total: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A run before it is begun. Figures of steps are means over the first steps of this process's share.

    Args:
        parameters: Weights of the model.
        trained: Those that training changes.
        steps: Optimiser steps; with a time limit, those that fit.
        pairs: Sentence pairs of a step, of all processes together.
        tokens: Sub-words of a step in all its inputs, without padding.
        padding: Share of the places in these inputs that is padding, 0 to 1.
        runs: Inputs that go through the encoder for each sentence pair: its sentences, masked or not, their
            concatenation, monolingual sentences; twice where gradient caching runs a pass again.
        parts: Passes that a step takes.
        memory: What the device has to hold.
        step_seconds: Time of one step.
        seconds: Time of the run, without checkpoints and evaluation.
        device: What this was measured on.
        languages: Language pairs.
        mono: Files of monolingual text.
    """

    parameters: int
    trained: int
    steps: int
    pairs: int
    tokens: float
    padding: float
    runs: float
    parts: float
    memory: Memory
    step_seconds: float
    seconds: float
    device: str
    languages: Sequence[Corpus]
    mono: Sequence[Corpus]

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        corpora = {name: [one._asdict() for one in getattr(self, name)] for name in ("languages", "mono")}
        return asdict(self) | corpora


class _Size(NamedTuple):
    """A step's inputs: places, those that are not padding, and places of its largest pass; its passes."""

    places: int
    tokens: int
    largest: int
    parts: int


def plan(config: PretrainConfig, note: Callable[[str], None] = lambda text: None) -> Plan:
    """Plan a run by taking two of its steps in memory: the one with the largest pass, then one of common size.

    Args:
        config: The resolved settings; a folder in which the run would be refused is refused here.
        note: Called with what a user should know.

    Raises:
        VecoError: Unusable settings, data or model.
    """
    with closing(Run.open(config)) as run:
        return _plan(config, assemble(config, join(config), run.checkpoint, note=note))


def _plan(config: PretrainConfig, made: Assembled) -> Plan:
    encoder, batches, loop = made.encoder, made.batches, made.loop
    sampled = [batches(step) for step in range(SAMPLED)]
    sizes = [_size(parts) for parts in sampled]
    mean = sum(size.places for size in sizes) / SAMPLED
    common = min(range(SAMPLED), key=lambda at: abs(sizes[at].places - mean))
    loop.model.train()
    memory = _measured(loop, sampled[max(range(SAMPLED), key=lambda at: sizes[at].largest)])
    with _counting_inputs(encoder, *([loop.keys.encoder] if loop.keys else [])) as inputs:
        begun = time.perf_counter()
        loop.advance(sampled[common])
        _finish(loop.accelerator.device)
        seconds = (time.perf_counter() - begun) * mean / sizes[common].places
    share = sum(len(part.forms) // 2 for part in chain(*sampled[common]))
    steps = config.steps if config.minutes is None else max(1, round(60 * config.minutes / seconds))
    languages, mono = batches.corpora(steps)
    weights = list(encoder.parameters())
    return Plan(
        parameters=sum(map(Tensor.numel, weights)),
        trained=sum(weight.numel() for weight in weights if weight.requires_grad),
        steps=steps,
        pairs=config.batch_size,
        tokens=sum(size.tokens for size in sizes) / SAMPLED,
        padding=1 - sum(size.tokens for size in sizes) / (mean * SAMPLED),
        runs=inputs[0] / share,
        parts=sum(size.parts for size in sizes) / SAMPLED,
        memory=memory,
        step_seconds=seconds,
        seconds=steps * seconds,
        device=str(loop.accelerator.device),
        languages=languages,
        mono=mono,
    )


def _size(parts: Parts) -> _Size:
    masks = [[bucket.inputs.mask for buckets in part.passes.values() for bucket in buckets] for part in chain(*parts)]
    places = [sum(mask.numel() for mask in part) for part in masks]
    return _Size(sum(places), sum(int(mask.sum()) for mask in chain(*masks)), max(places), len(places))


def _measured(loop: Loop, parts: Parts) -> Memory:
    """Take a step and see what it keeps in memory."""
    device, weights = loop.accelerator.device, list(loop.model.parameters())
    parts_of = [own(weight.detach()) for weight in weights]
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    keys = loop.keys.tensors() if loop.keys else []
    with counting([*parts_of, *keys]) as kept:
        loop.advance(parts)
    trained = sum(part.nbytes for part, weight in zip(parts_of, weights, strict=True) if weight.requires_grad)
    held = sum(tensor.nbytes for tensor in [*parts_of, *keys])
    total = held + 3 * trained + kept.most
    if device.type == "cuda":
        total = torch.cuda.max_memory_allocated(device)
    return Memory(held, trained, 2 * trained, kept.most, total)


@contextmanager
def _counting_inputs(*encoders: Encoder) -> Iterator[list[int]]:
    """Count the inputs that go through encoders."""
    count = [0]

    def seen(module: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        count[0] += len(named["input_ids"])

    hooks = [one.model.base_model.register_forward_pre_hook(seen, with_kwargs=True) for one in encoders]
    try:
        yield count
    finally:
        for hook in hooks:
            hook.remove()


def _finish(device: torch.device) -> None:
    """Wait for what the device still computes."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)

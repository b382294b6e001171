"""The one training loop: accumulate, clip, step, log, save, resume.

A step's batch and its random numbers are functions of (seed, step), so that resuming from a checkpoint repeats exactly
what an uninterrupted run does.
"""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from vecocli.encoder.checkpoint import OLDER, prune, read_state, write_checkpoint
from vecocli.errors import DataError, Interrupted, UsageError, VecoError
from vecocli.training.finite import finite, not_finite, not_finite_weights, too_many
from vecocli.training.gather import agreed, on_first
from vecocli.training.keys import PREFIX, KeyQueue
from vecocli.training.length import LoopSettings
from vecocli.training.metrics import METRICS, MetricsFile, Running
from vecocli.training.optimiser import adamw, export_state, import_state, rate_at
from vecocli.training.prefetch import prefetch
from vecocli.training.sharding import full, is_sharded
from vecocli.training.stop import StopRequest
from vecocli.training.watch import Watch

Seed = Callable[[int], None]
Gradients = Callable[[Any, nn.Module, Any, Seed], dict[str, Tensor]]
"""Adds a step's gradient to the weights: (accelerator, wrapped model, the step's batch, seed) -> figures over all
processes, `loss` among them. `seed(n)` is called before forward pass n, which then draws the same whenever it runs."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the loop tells after a logged step."""

    step: int
    done: float
    figures: dict[str, float]


@dataclass
class Loop:
    """Trains a module.

    Args:
        accelerator: The run's processes.
        model: The module, on its device; sharded or whole.
        gradients: Runs its forward and backward passes.
        batch: Step -> this process's share of the step's batch, on any thread.
        settings: How long and how fast.
        run: The run's folder.
        saver: Called by all processes at once; returns what writes the model's files into a folder, on the first one.
        report: Called after each logged step, on the first process.
        describe: Says what a step read, for a step that stops the run.
        keys: What goes along with the steps, to be saved and resumed too.
        rows: What there is to read, by corpus: a run goes on with the same only.
        watch: Evaluates now and then.
    """

    accelerator: Any
    model: nn.Module
    gradients: Gradients
    batch: Callable[[int], Any]
    settings: LoopSettings
    run: Path
    saver: Callable[[], Callable[[Path], None]]
    report: Callable[[Report], None] = field(default=lambda report: None)
    describe: Callable[[int], str] = field(default=lambda step: "")
    keys: KeyQueue | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    watch: Watch | None = None

    def __post_init__(self) -> None:
        one = self.settings
        self.optimiser = adamw(self.model, one.peak_rate, one.weight_decay, one.betas, one.eps)
        self.wrapped = self.model if is_sharded(self.model) else self.accelerator.prepare(self.model)
        self.step = 0
        self._saved: int | None = None
        self._broken: list[str] = []
        self.seconds = 0.0
        self.waited = 0.0
        self.figures = Running()
        self.last: dict[str, float] = {}

    def resume(self, checkpoint: Path) -> None:
        """Go on from a checkpoint; the model's weights are loaded by the caller.

        Raises:
            DataError: It is damaged, or of a run that trained other weights or kept another queue, or its data changed.
            UsageError: It is of the end of this run, or of a step behind it.
        """
        tensors, facts = read_state(checkpoint)
        own = {name: one for name, one in tensors.items() if not name.startswith(PREFIX)}
        try:
            import_state(self.optimiser, self.model, own)
            if self.keys:
                self.keys.load(tensors)
        except KeyError as error:
            message = f"this run and that of the checkpoint train different weights: {error} is not in both"
            raise DataError(message, "Repeat the settings in the run.yaml of that run.", path=checkpoint) from None
        except ValueError as error:
            raise DataError(f"not a training checkpoint: {error}", OLDER, path=checkpoint) from None
        self.step, self.seconds, self.waited = int(facts["step"]), float(facts["seconds"]), float(facts["waited"])
        if self.done >= 1.0:
            length = f"{self.settings.steps:,} steps" if self.settings.minutes is None else "the time set"
            message = f"{checkpoint} is of step {self.step:,}: {length} are over"
            raise UsageError(message, "Give more --steps or --minutes.")
        if checkpoint.resolve().parent != self.run.resolve():  # of another run, with losses of its own
            self.figures = Running(seconds=self.seconds, waited=self.waited)
            return
        self.figures, self._saved = Running(**facts["figures"]), self.step
        if changed := _changed(facts["rows"], self.rows):
            hint = f"Put the data back, or train on in another --out with --resume {checkpoint}."
            raise DataError(f"the data is not that of the run so far: {changed}", hint, path=checkpoint)

    def train(self) -> None:
        """Train to the end.

        Raises:
            Interrupted: A signal asked to stop; a checkpoint was written.
            VecoError: The losses or gradients of too many steps in a row, or of all steps, or the weights were not
                finite.
        """
        self.wrapped.train()
        before, waited, start = self.seconds, self.waited, time.monotonic()
        metrics = (
            MetricsFile(self.run / METRICS, self.step, self.accelerator.log)
            if self.accelerator.is_main_process
            else None
        )
        with StopRequest() as stop, _settled(), prefetch(self.batch, self.step) as batches:
            if self._evaluate(metrics):
                self._stop_if_asked(stop)
            due = False
            while self.done < 1.0:
                self.advance(next(batches))
                self.step += 1
                self.seconds = agreed(before + time.monotonic() - start, self.accelerator.device)
                self.waited = waited + batches.waited
                if self.step % self.settings.log_every == 0 or self.done >= 1.0:
                    self.last = self.figures.flush(self.seconds, self.waited)
                    if metrics:
                        metrics.write(self.step, self.last)
                        self.report(Report(self.step, self.done, self.last))
                due = due or self.step % self.settings.save_every == 0
                if self.done < 1.0 and due and not self.figures.in_a_row:
                    self.save()
                    due = False
                self._stop_if_asked(stop)
                if self._evaluate(metrics):
                    self._stop_if_asked(stop)
        if self.step and self.figures.in_a_row == self.step:
            raise self._too_many(self.step - 1)
        self._check_weights()

    @property
    def done(self) -> float:
        """Share of the run that is done, in [0, 1]."""
        if self.settings.minutes is not None:
            return min(1.0, self.seconds / (60 * self.settings.minutes))
        return min(1.0, self.step / self.settings.steps) if self.settings.steps else 1.0

    def _stop_if_asked(self, stop: StopRequest) -> None:
        if self.done < 1.0 and agreed(stop.asked, self.accelerator.device):
            self.save()
            hint = "Run the same command with --resume auto to go on."
            raise Interrupted(f"stopped after step {self.step}; a checkpoint was written", hint)

    def save(self) -> None:
        """Write a checkpoint, if there is none of this step, and remove those over the limit.

        Raises:
            VecoError: The weights are not finite, or the disk cannot be written to.
        """
        if self._saved == self.step:
            return
        self._check_weights()
        fill, tensors = self.saver(), export_state(self.optimiser, self.model)
        on_first(lambda: self._write(fill, tensors), self.accelerator.device)
        self._saved = self.step

    def _check_weights(self) -> None:
        """Refuse to write what is no model: a learning rate far too high leaves finite losses behind, for a step."""
        if agreed(not finite(self.model), self.accelerator.device):
            raise not_finite_weights(self.step, self.run)

    def _write(self, fill: Callable[[Path], None], tensors: dict[str, Tensor]) -> None:
        facts = {
            "step": self.step,
            "seconds": self.seconds,
            "waited": self.waited,
            "figures": self.figures.state(),
            "rows": dict(self.rows),
        }
        if self.keys:
            tensors |= self.keys.state()
        write_checkpoint(self.run / f"checkpoint-{self.step:06d}", fill, tensors, facts)
        if not self.figures.in_a_row:  # else the last one before the steps that were left out is to stay
            prune(self.run, self.settings.save_total_limit)

    def _evaluate(self, metrics: MetricsFile | None) -> bool:
        """Evaluate if that is due; after the checkpoint, so that a run that is killed meanwhile begins with it."""
        if self.watch is None or (self.step % self.watch.every and self.done < 1.0):
            return False
        self.watch(self.step, self.seconds, self.accelerator.device, metrics, self.saver)
        return True

    def advance(self, batch: Any) -> None:
        """Take an optimiser step, or none where its loss or gradient is not finite."""
        done = self.done if self.settings.minutes else (self.step + 1) / (self.settings.steps + 1)
        rate = self.settings.peak_rate * rate_at(done, self.settings.warmup, self.settings.schedule)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        figures = self.gradients(self.accelerator, self.wrapped, batch, self._seed)
        norm = full(self.accelerator.clip_grad_norm_(self.wrapped.parameters(), self.settings.clip))
        if broken := not_finite(figures, norm):
            self.optimiser.zero_grad()
            self._skip(broken)
            return
        self.optimiser.step()
        self.optimiser.zero_grad()
        if self.keys:
            self.keys.after_step()
        figures |= {"gradient_norm": norm, "rate": torch.tensor(rate)}
        self.figures.add({name: value.detach().float().cpu() for name, value in figures.items()})

    def _skip(self, broken: list[str]) -> None:
        """Count a step that left the weights alone; stop where there are too many in a row."""
        self.figures.skip()
        if self.keys:
            self.keys.forget()
        self._broken = broken
        if self.figures.in_a_row > self.settings.max_skipped:
            raise self._too_many(self.step)

    def _too_many(self, last: int) -> VecoError:
        return too_many(last + 1, self._broken, self.figures.in_a_row, self.describe(last), self.run)

    def _seed(self, number: int) -> None:
        """Dropout of a forward pass depends on step and number, not on what ran before."""
        torch.manual_seed(hash((self.settings.seed, self.step, number, self.accelerator.process_index)) % 2**63)


def _changed(before: Mapping[str, int], now: Mapping[str, int]) -> str:
    """Name the corpora whose rows are not as many as they were."""
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    return ", ".join(f"{name} {before.get(name, 0):,} -> {now.get(name, 0):,} rows" for name in names)


@contextmanager
def _settled() -> Iterator[None]:
    """Keep Python's garbage collector from what is there already: looking through it took 3 % of a step on a CPU."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()

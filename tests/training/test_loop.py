import json
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from vecocli.encoder.checkpoint import checkpoints
from vecocli.errors import DataError, Interrupted, UsageError, VecoError
from vecocli.training.length import LoopSettings
from vecocli.training.loop import Loop, Report

DEFAULTS: dict[str, Any] = {
    "steps": 4,
    "minutes": None,
    "peak_rate": 0.1,
    "warmup": 0.0,
    "schedule": "constant",
    "weight_decay": 0.0,
    "clip": 1e9,
    "log_every": 1,
    "save_every": 100,
    "save_total_limit": 2,
    "max_skipped": 0,
    "seed": 0,
}


@dataclass
class Batch:
    """Rows of a regression problem."""

    number: int
    rows: Tensor

    def to(self, device: torch.device) -> "Batch":
        return self


class Model(nn.Module):
    """A mean loss over rows; `scale` may spoil it at a batch."""

    def __init__(self, dropout: float = 0.0, scale: Callable[[int], float] = lambda number: 1.0) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 2)
        self.dropout = nn.Dropout(dropout)
        self.scale = scale
        self.seen: list[int] = []
        with torch.no_grad():
            self.layer.weight.copy_(torch.arange(6.0).reshape(2, 3) / 6)
            self.layer.bias.fill_(0.1)

    def forward(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        self.seen.append(batch.number)
        one = self.dropout(self.layer(batch.rows)).square().mean() * self.scale(batch.number)
        other = self.layer.bias.square().sum()
        return one + other, {"loss": one + other, "one": one, "other": other, "number": torch.tensor(batch.number)}


def rows(number: int, count: int = 4) -> Tensor:
    return torch.randn(count, 3, generator=torch.Generator().manual_seed(number))


def make(run: Path, model: nn.Module, report: Any = lambda report: None, batch: Any = None, **changes: Any) -> Loop:
    settings = LoopSettings(**DEFAULTS | changes)
    batch = batch or (lambda number: Batch(number, rows(number)))
    return Loop(Accelerator(), model, gradients, batch, settings, run, lambda: lambda folder: None, report)


def gradients(accelerator: Any, model: nn.Module, batch: Batch, seed: Any) -> dict[str, Tensor]:
    """One forward and backward pass."""
    seed(0)
    loss, figures = model(batch)
    accelerator.backward(loss)
    return {**figures, "loss": loss}


def lines(run: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]


def test_the_step_is_adamws_with_the_gradient_clipped(tmp_path: Path) -> None:
    model, plain = Model(), Model()
    make(tmp_path, model, steps=1, clip=0.05, weight_decay=0.5).train()
    plain(Batch(0, rows(0)))[0].backward()
    norm = nn.utils.clip_grad_norm_(plain.parameters(), 0.05)
    groups = [{"params": [plain.layer.weight]}, {"params": [plain.layer.bias], "weight_decay": 0.0}]
    torch.optim.AdamW(groups, lr=0.1, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.5).step()
    torch.testing.assert_close(model.layer.weight, plain.layer.weight)
    torch.testing.assert_close(model.layer.bias, plain.layer.bias)
    assert norm > 0.05
    assert lines(tmp_path)[0]["gradient_norm"] == pytest.approx(norm.item())


def test_lines_are_means_over_their_steps(tmp_path: Path) -> None:
    reports: list[Report] = []
    make(tmp_path, Model(), reports.append, steps=5, log_every=2).train()
    found = lines(tmp_path)
    assert [line["step"] for line in found] == [2, 4, 5]
    assert [line["number"] for line in found] == [0.5, 2.5, 4.0]
    assert [(report.step, report.done) for report in reports] == [(2, 0.4), (4, 0.8), (5, 1.0)]
    assert reports[-1].figures == {key: value for key, value in found[-1].items() if key != "step"}


@pytest.mark.parametrize("schedule", ["linear", "cosine", "constant"])
def test_the_rate_rises_and_falls(tmp_path: Path, schedule: Any) -> None:
    make(tmp_path, Model(), steps=9, warmup=0.3, schedule=schedule).train()
    rates = [line["rate"] for line in lines(tmp_path)]
    assert rates[:3] == pytest.approx([0.1 / 3, 0.2 / 3, 0.1])
    assert all(rate > 0 for rate in rates)
    falling = [late < early for early, late in pairwise(rates[2:])]
    assert falling == [schedule != "constant"] * 6


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_loss_that_is_not_finite_is_named_and_leaves_the_weights(tmp_path: Path, bad: float) -> None:
    model = Model(scale=lambda number: bad if number == 2 else 1.0)
    before: list[Tensor] = []
    loop = make(tmp_path, model, lambda report: before.append(model.layer.weight.detach().clone()))
    with pytest.raises(VecoError, match=r"not finite at step 3: one$") as caught:
        loop.train()
    assert caught.value.exit_code == 1
    assert "start again with --overwrite" in caught.value.hint
    assert torch.equal(model.layer.weight, before[-1])


class Steep(Model):
    """The square root of 0 is finite, its slope is not."""

    def forward(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        loss = (self.layer.weight * 0).sum().abs().sqrt()
        return loss, {"loss": loss}


def test_a_gradient_that_is_not_finite_leaves_the_weights(tmp_path: Path) -> None:
    model = Steep()
    before = model.layer.weight.detach().clone()
    with pytest.raises(VecoError, match="not finite at step 1: the gradient"):
        make(tmp_path, model).train()
    assert torch.equal(model.layer.weight, before)


def test_a_sum_that_is_not_finite(tmp_path: Path) -> None:
    class Large(Model):
        def forward(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
            return self.layer.bias.sum() * 1e39, {"one": torch.ones(())}

    with pytest.raises(VecoError, match="not finite at step 1: the weighted sum"):
        make(tmp_path, Large()).train()


def spoilt(*numbers: int) -> Model:
    return Model(scale=lambda number: float("nan") if number in numbers else 1.0)


class Stopped(Model):
    """Asked to stop while it reads a batch."""

    def __init__(self, number: int, spoilt: tuple[int, ...] = ()) -> None:
        def scale(at: int) -> float:
            if at == number:
                signal.raise_signal(signal.SIGTERM)
            return float("nan") if at in spoilt else 1.0

        super().__init__(scale=scale)


def test_a_skipped_step_leaves_weights_and_optimiser_and_is_counted(tmp_path: Path) -> None:
    """As if the batch were not there, but for the place in the schedule."""
    model, plain = spoilt(1, 2), Model()
    loop = make(tmp_path, model, steps=4, max_skipped=2)
    loop.train()
    (tmp_path / "plain").mkdir()
    twin = make(tmp_path / "plain", plain, steps=2, batch=lambda number: Batch(number, rows((0, 3)[number])))
    twin.train()
    assert torch.equal(model.layer.weight, plain.layer.weight)
    statistics = loop.optimiser.state[model.layer.weight]
    assert torch.equal(statistics["exp_avg"], twin.optimiser.state[plain.layer.weight]["exp_avg"])
    assert statistics["step"] == 2
    assert [line["skipped"] for line in lines(tmp_path)] == [0, 1, 2, 2]
    assert ["one" in line for line in lines(tmp_path)] == [True, False, False, True]


def test_a_line_is_the_mean_of_the_steps_that_were_taken(tmp_path: Path) -> None:
    make(tmp_path, spoilt(1), steps=3, log_every=3, max_skipped=1).train()
    assert lines(tmp_path)[0]["number"] == 1.0
    assert "NaN" not in (tmp_path / "metrics.jsonl").read_text()


def test_only_steps_in_a_row_stop_the_run(tmp_path: Path) -> None:
    loop = make(tmp_path, spoilt(1, 3, 5, 6, 7), steps=9, max_skipped=2, save_every=2)
    loop.describe = lambda step: f"batch {step}"
    with pytest.raises(VecoError, match=r"step 8: one; so were the 2 steps before it, .*\. It read batch 7") as caught:
        loop.train()
    assert f"--resume {tmp_path / 'checkpoint-000005'}," in caught.value.hint
    assert "--max-skipped" in caught.value.hint


def test_what_was_skipped_is_known_after_resuming(tmp_path: Path) -> None:
    """The third of three spoilt steps in a row stops the run, wherever it was resumed."""
    with pytest.raises(Interrupted, match="stopped after step 4"):
        make(tmp_path, Stopped(3, spoilt=(2, 3, 4)), steps=6, max_skipped=2, save_every=2, save_total_limit=1).train()
    assert [path.name for path in checkpoints(tmp_path)] == ["checkpoint-000002", "checkpoint-000004"]
    model = spoilt(2, 3, 4)
    again = make(tmp_path, model, steps=6, max_skipped=2)
    again.resume(tmp_path / "checkpoint-000004")
    assert (again.figures.skipped, again.figures.in_a_row) == (2, 2)
    with pytest.raises(VecoError, match="step 5: one; so were the 2 steps before it"):
        again.train()
    assert model.seen == [4]


def test_no_checkpoint_is_due_among_skipped_steps(tmp_path: Path) -> None:
    """It would take the place of one whose weights gave numbers."""
    make(tmp_path, spoilt(1, 3), steps=7, max_skipped=1, save_every=2, save_total_limit=9).train()
    assert [path.name for path in checkpoints(tmp_path)] == [f"checkpoint-{step:06d}" for step in (3, 5, 6)]


def test_the_way_back_is_before_the_skipped_steps(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        make(tmp_path, Stopped(3, spoilt=(2, 3, 4)), max_skipped=2, steps=6, save_every=2).train()
    again = make(tmp_path, spoilt(2, 3, 4), steps=6, max_skipped=2)
    again.resume(tmp_path / "checkpoint-000004")
    with pytest.raises(VecoError) as caught:
        again.train()
    assert f"--resume {tmp_path / 'checkpoint-000002'}, another --out" in caught.value.hint


def test_a_run_that_skipped_all_steps_fails(tmp_path: Path) -> None:
    with pytest.raises(VecoError, match="not finite at step 2: one; so was the step before it, which left"):
        make(tmp_path, spoilt(0, 1), steps=2, max_skipped=5).train()


@pytest.mark.parametrize("save_every", [1, 9])
def test_weights_that_are_not_finite_are_not_written(tmp_path: Path, save_every: int) -> None:
    """The loss of the step that spoils them is finite still."""
    with pytest.raises(VecoError, match="after step 1 the weights are not finite") as caught:
        make(tmp_path, Model(), steps=save_every // 9 or 3, peak_rate=1e39, save_every=save_every).train()
    assert not checkpoints(tmp_path)
    assert "start again with --overwrite" in caught.value.hint


def test_a_checkpoint_of_another_run_brings_no_figures_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    make(tmp_path / "one", Model(), steps=5, log_every=4, save_every=3).train()
    loop = make(tmp_path / "two", Model(), steps=9)
    loop.resume(tmp_path / "one" / "checkpoint-000003")
    assert (loop.step, loop.figures.steps, loop.figures.sums) == (3, 0, {})
    assert loop.figures.seconds == loop.seconds > 0


def test_a_run_that_is_over_is_not_gone_on_with(tmp_path: Path) -> None:
    make(tmp_path, Model(), steps=4, save_every=3).train()
    for changes in ({"steps": 3}, {"minutes": 1e-9}):
        with pytest.raises(UsageError, match=r"checkpoint-000003 is of step 3: .* over") as caught:
            make(tmp_path, Model(), **changes).resume(tmp_path / "checkpoint-000003")
        assert "--steps or --minutes" in caught.value.hint


def test_a_run_goes_on_with_its_own_data_only(tmp_path: Path) -> None:
    loop = make(tmp_path, Model(), save_every=2)
    loop.rows = {"de-en": 8, "en-fr": 3}
    loop.train()
    for rows, told in (({"de-en": 7, "en-fr": 3}, "de-en 8 -> 7 rows"), ({"de-en": 8}, "en-fr 3 -> 0 rows")):
        again = make(tmp_path, Model())
        again.rows = rows
        with pytest.raises(DataError, match=told):
            again.resume(tmp_path / "checkpoint-000002")


def test_the_share_of_waiting_is_since_the_last_line(tmp_path: Path) -> None:
    def slow(number: int) -> Batch:
        if number == 4:
            event.wait(0.2)
        return Batch(number, rows(number))

    event = threading.Event()
    loop = make(tmp_path, Model(), batch=slow, steps=6, log_every=3)
    loop.train()
    first, second = (line["data_wait"] for line in lines(tmp_path))
    assert 0 <= first < second <= 1
    assert loop.waited >= 0.1


def test_dropout_depends_on_the_batch_number_alone(tmp_path: Path) -> None:
    one, other = Model(dropout=0.5), Model(dropout=0.5)
    for name, model, noise in (("one", one, 1), ("other", other, 2)):
        (tmp_path / name).mkdir()
        make(tmp_path / name, model, lambda report, noise=noise: torch.rand(noise)).train()
    assert torch.equal(one.layer.weight, other.layer.weight)
    (tmp_path / "seed").mkdir()
    third = Model(dropout=0.5)
    make(tmp_path / "seed", third, seed=1).train()
    assert not torch.equal(one.layer.weight, third.layer.weight)


def test_only_the_first_process_saves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = make(tmp_path, Model())
    monkeypatch.setattr("vecocli.training.gather.process", lambda: 1)
    loop.save()
    assert not list(tmp_path.iterdir())


def test_what_the_first_process_cannot_write_ends_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vecocli.training.gather.process", lambda: 1)
    monkeypatch.setattr("vecocli.training.gather.agreed", lambda value, device: 1.0)
    with pytest.raises(VecoError, match="the first process failed and says why"):
        make(tmp_path, Model()).save()


def test_checkpoints_are_regular_and_few(tmp_path: Path) -> None:
    make(tmp_path, Model(), steps=9, save_every=2, save_total_limit=3).train()
    assert [path.name for path in checkpoints(tmp_path)] == [f"checkpoint-{step:06d}" for step in (4, 6, 8)]


def test_a_run_that_ends_with_its_checkpoint_step_writes_none_there(tmp_path: Path) -> None:
    make(tmp_path, Model(), steps=4, save_every=2).train()
    assert [path.name for path in checkpoints(tmp_path)] == ["checkpoint-000002"]


def test_goes_on_in_the_middle_of_a_line(tmp_path: Path) -> None:
    for name in ("whole", "parts"):
        (tmp_path / name).mkdir()
    whole = Model(dropout=0.2)
    make(tmp_path / "whole", whole, steps=7, log_every=4).train()

    model = Model(dropout=0.2)
    loop = make(tmp_path / "parts", model, steps=7, log_every=4, save_every=3)
    kept: dict[int, dict[str, Tensor]] = {}

    def saver() -> Callable[[Path], None]:
        kept[loop.step] = {name: value.clone() for name, value in model.state_dict().items()}
        return lambda folder: None

    loop.saver = saver
    loop.train()
    assert sorted(kept) == [3, 6]
    resumed = Model(dropout=0.2)
    resumed.load_state_dict(kept[3])
    again = make(tmp_path / "parts", resumed, steps=7, log_every=4)
    again.resume(tmp_path / "parts" / "checkpoint-000003")
    again.train()
    assert resumed.seen == list(range(3, 7))
    assert torch.equal(resumed.layer.weight, whole.layer.weight)
    expected, found = lines(tmp_path / "whole"), lines(tmp_path / "parts")
    assert [line["step"] for line in found] == [4, 7]
    for line in (*expected, *found):
        del line["seconds"], line["data_wait"]
    assert found == expected


def test_a_signal_in_an_evaluation_stops_before_the_next_step(tmp_path: Path) -> None:
    class Watch:
        every = 2

        def __call__(self, step: int, *rest: Any) -> None:
            if step == 2:
                signal.raise_signal(signal.SIGTERM)

    model = Model()
    loop = make(tmp_path, model, save_every=2)
    loop.watch = Watch()  # type: ignore[assignment]
    with pytest.raises(Interrupted, match="stopped after step 2"):
        loop.train()
    assert model.seen == [0, 1]
    assert [path.name for path in checkpoints(tmp_path)] == ["checkpoint-000002"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_and_stops(tmp_path: Path, number: signal.Signals) -> None:
    def stop(report: Report) -> None:
        if report.step == 2:
            signal.raise_signal(number)

    handler = signal.getsignal(number)
    with pytest.raises(Interrupted, match="stopped after step 2") as caught:
        make(tmp_path, Model(), stop).train()
    assert caught.value.exit_code == 130
    assert "--resume auto" in caught.value.hint
    assert [path.name for path in checkpoints(tmp_path)] == ["checkpoint-000002"]
    assert signal.getsignal(number) is handler
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("veco-batches")]


def test_a_signal_at_the_last_step_lets_the_run_end(tmp_path: Path) -> None:
    def stop(report: Report) -> None:
        if report.done == 1.0:
            signal.raise_signal(signal.SIGTERM)

    loop = make(tmp_path, Model(), stop)
    loop.train()
    assert loop.step == 4
    assert checkpoints(tmp_path) == []


def test_the_clock_counts_over_resumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(0, 10_000, 10))
    monkeypatch.setattr("vecocli.training.loop.time.monotonic", lambda: next(now))

    def stop(report: Report) -> None:
        if report.step == 2:
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(Interrupted):
        make(tmp_path, Model(), stop, minutes=1).train()
    again = make(tmp_path, Model(), minutes=1)
    again.resume(checkpoints(tmp_path)[-1])
    assert (again.step, again.seconds, again.done) == (2, 20.0, pytest.approx(1 / 3))
    again.train()
    assert (again.step, again.seconds) == (6, 60.0)
    assert [line["seconds"] for line in lines(tmp_path)] == [10, 20, 30, 40, 50, 60]


def test_nothing_to_do(tmp_path: Path) -> None:
    loop = make(tmp_path, Model(), steps=0)
    loop.train()
    assert (loop.done, loop.step, loop.last) == (1.0, 0, {})

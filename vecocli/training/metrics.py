"""Running means between two lines of metrics.jsonl, and the file itself."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from torch import Tensor


class Running:
    """Sums figures over steps; its state goes into checkpoints, so that a resumed run logs the same lines.

    Args:
        sums: Sum of each figure since the last line.
        steps: Steps in these sums.
        skipped: Steps that were skipped in all.
        in_a_row: Steps that were skipped since the last one that was not.
        seconds: Training time at the last line.
        waited: Time at the last line that went by in waiting for batches, in seconds.
    """

    def __init__(
        self,
        sums: Mapping[str, float] | None = None,
        steps: int = 0,
        skipped: int = 0,
        in_a_row: int = 0,
        seconds: float = 0.0,
        waited: float = 0.0,
    ) -> None:
        self.sums: dict[str, float] = dict(sums or {})
        self.steps, self.skipped, self.in_a_row = steps, skipped, in_a_row
        self.seconds, self.waited = seconds, waited

    def add(self, figures: Mapping[str, Tensor]) -> None:
        """Add one step's figures."""
        self.steps += 1
        self.in_a_row = 0
        for name, value in figures.items():
            self.sums[name] = self.sums.get(name, 0.0) + float(value)

    def skip(self) -> None:
        """Count a step that gave no figures."""
        self.skipped += 1
        self.in_a_row += 1

    def flush(self, seconds: float, waited: float) -> dict[str, float]:
        """Return the means since the last flush, the steps skipped so far and the share of waiting; start anew.

        Args:
            seconds: Training time so far.
            waited: How much of it went by in waiting for batches.
        """
        means = {name: value / max(1, self.steps) for name, value in self.sums.items()}
        share = share_of(waited - self.waited, seconds - self.seconds)
        self.sums, self.steps, self.seconds, self.waited = {}, 0, seconds, waited
        return {**means, "skipped": self.skipped, "seconds": round(seconds, 2), "data_wait": share}

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return dict(vars(self))


def share_of(part: float, whole: float) -> float:
    """Return a share for people to read, 0 to 1; 0 of nothing."""
    return round(min(1.0, part / whole), 4) if whole > 0 else 0.0


METRICS = "metrics.jsonl"
EVALUATED = "eval/"
"""How figures begin that are not of the training itself."""


class MetricsFile:
    """metrics.jsonl: one JSON object per logged step.

    Args:
        path: The file; lines after `step` were written by a run that died and are dropped, and so is an evaluation of
            `step`, with which a run goes on.
        step: The step the run goes on from.
        tell: Called with the figures and the step of each line, for trackers.
    """

    def __init__(self, path: Path, step: int, tell: Callable[..., None] = lambda figures, step: None) -> None:
        self.path, self._tell = path, tell
        kept = [line for line in _lines(path) if _step(line) < step + (EVALUATED not in line)]
        temporary = path.with_name(path.name + ".tmp")
        temporary.write_text("".join(line + "\n" for line in kept), encoding="utf-8")
        temporary.replace(path)

    def write(self, step: int, figures: Mapping[str, float]) -> None:
        """Append one line."""
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"step": step, **figures}) + "\n")
        self._tell(dict(figures), step=step)


def evaluations(path: Path) -> list[dict[str, float]]:
    """Return the figures of each evaluation and its step; nothing where there is no such file."""
    return [json.loads(line) for line in _lines(path) if EVALUATED in line]


def latest(path: Path) -> dict[str, float]:
    """Return the last value of each figure in a metrics.jsonl; nothing where there is no such file."""
    found: dict[str, float] = {}
    for line in _lines(path):
        if _step(line) < float("inf"):
            found |= json.loads(line)
    return found


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []


def _step(line: str) -> float:
    try:
        return float(json.loads(line)["step"])
    except ValueError:
        return float("inf")  # a line the kill cut short

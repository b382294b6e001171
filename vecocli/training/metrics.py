"""Running means between two lines of metrics.jsonl, and the file itself."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor


class Running:
    """Sums figures over steps; its state goes into checkpoints, so that a resumed run logs the same lines."""

    def __init__(self, sums: Mapping[str, float] | None = None, steps: int = 0) -> None:
        self.sums: dict[str, float] = dict(sums or {})
        self.steps = steps

    def add(self, figures: Mapping[str, Tensor]) -> None:
        """Add one step's figures."""
        self.steps += 1
        for name, value in figures.items():
            self.sums[name] = self.sums.get(name, 0.0) + float(value)

    def flush(self, seconds: float) -> dict[str, float]:
        """Return the means since the last flush and start anew."""
        means = {name: value / max(1, self.steps) for name, value in self.sums.items()}
        self.sums, self.steps = {}, 0
        return {**means, "seconds": round(seconds, 2)}

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {"sums": self.sums, "steps": self.steps}


class MetricsFile:
    """metrics.jsonl: one JSON object per logged step.

    Args:
        path: The file; lines after `step` were written by a run that died and are dropped.
        step: The step the run goes on from.
    """

    def __init__(self, path: Path, step: int) -> None:
        self.path = path
        kept = [line for line in _lines(path) if _step(line) <= step]
        temporary = path.with_name(path.name + ".tmp")
        temporary.write_text("".join(line + "\n" for line in kept), encoding="utf-8")
        temporary.replace(path)

    def write(self, step: int, figures: Mapping[str, float]) -> None:
        """Append one line."""
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"step": step, **figures}) + "\n")


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

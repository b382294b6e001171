"""The model that scored best so far: its folder stays whatever becomes of checkpoints."""

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from vecocli.encoder.checkpoint import write_model
from vecocli.text.files import atomic_write

BEST = "best"
RECORD = "best.json"
FALLS = frozenset({"aer"})
"""Metrics of which less is better."""


class Best:
    """`best/`, a folder like the final model's, and best.json, which says what is in it.

    Args:
        run: The run's folder.
        metric: What models are compared by, such as `retrieval`: figure `eval/retrieval`.
    """

    def __init__(self, run: Path, metric: str) -> None:
        self._run, self._metric = run, metric

    @cached_property
    def record(self) -> dict[str, Any] | None:
        """What an earlier part of the run kept; nothing where that is gone or was chosen by another metric.

        It is read when it is first asked for: an earlier run is removed by then where this one replaces it.
        """
        try:
            record: dict[str, Any] = json.loads((self._run / RECORD).read_text(encoding="utf-8"))
            float(record["value"])
            same = record["metric"] == self._metric
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return record if same and (self._run / BEST).is_dir() else None

    def beaten(self, figures: Mapping[str, float]) -> bool:
        """Return whether figures are better than all before; of equal ones the first stays."""
        if self.record is None:
            return True
        sign = -1 if self._metric in FALLS else 1
        return sign * figures[f"eval/{self._metric}"] > sign * float(self.record["value"])

    def keep(self, step: int, figures: Mapping[str, float], fill: Callable[[Path], None]) -> None:
        """Keep the model of a step.

        Args:
            step: Optimiser steps done.
            figures: What the evaluation gave.
            fill: Writes the model's files into a folder.
        """
        write_model(self._run / BEST, fill)
        self.record = {
            "step": step,
            "metric": self._metric,
            "value": figures[f"eval/{self._metric}"],
            "figures": dict(figures),
        }
        with atomic_write(self._run / RECORD, "w") as stream:
            stream.write(json.dumps(self.record, indent=1) + "\n")

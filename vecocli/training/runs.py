"""A run's folder: who may write into it, what it goes on from, what its last line says."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from vecocli.config.base import read_yaml
from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.checkpoint import STATE, checkpoints
from vecocli.errors import DataError, UsageError
from vecocli.text.files import atomic_write

FREE = frozenset({"out", "resume", "overwrite", "log_every", "save_every", "save_total_limit"})
"""Settings that may differ when a run is resumed."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run's folder, checked.

    Args:
        config: The run's settings.
        checkpoint: What it goes on from; None at the start.
    """

    config: PretrainConfig
    checkpoint: Path | None

    @classmethod
    def open(cls, config: PretrainConfig) -> Self:
        """Check the folder before anything is loaded.

        Raises:
            UsageError: The folder holds something and neither --resume nor --overwrite was given, or the settings are
                not those of the run to go on with.
            DataError: The checkpoint to go on from does not exist.
        """
        run = cls(config, _checkpoint(config))
        if config.out.exists() and not config.out.is_dir():
            raise UsageError(f"{config.out} is a file", "Choose another --out.")
        if run.checkpoint or run.finished():
            run._same_settings()
        elif config.out.exists() and any(config.out.iterdir()):
            run._may_replace()
        return run

    def finished(self) -> dict[str, Any] | None:
        """Return what `finish` wrote when the run to go on with has ended already."""
        file = self.config.out / "summary.json"
        if self.config.resume != "auto" or not file.exists():
            return None
        facts: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return facts

    def begin(self) -> None:
        """Make the folder and write run.yaml."""
        if self.config.overwrite and not self.checkpoint and self.config.out.exists():
            shutil.rmtree(self.config.out)
        self.config.out.mkdir(parents=True, exist_ok=True)
        (self.config.out / "summary.json").unlink(missing_ok=True)  # a run that goes on has not ended
        self.config.write(self.config.out / "run.yaml")

    def finish(self, facts: Mapping[str, Any]) -> None:
        """Write summary.json, the sign that the run ended."""
        with atomic_write(self.config.out / "summary.json", "w") as stream:
            stream.write(json.dumps(facts, indent=1) + "\n")

    def _may_replace(self) -> None:
        out = self.config.out
        if not (out / "run.yaml").exists():
            raise UsageError(f"{out} holds something that is not a run; it is left alone", "Choose another --out.")
        if not self.config.overwrite and self.config.resume != "auto":
            hint = "Go on with --resume auto, replace it with --overwrite, or choose another --out."
            raise UsageError(f"{out} holds a run already", hint)

    def _same_settings(self) -> None:
        file = self.config.out / "run.yaml"
        if not file.exists():
            return
        before = PretrainConfig.resolve(read_yaml(file)).model_dump(exclude=set(FREE))
        now = self.config.model_dump(exclude=set(FREE))
        changed = [
            f"--{name.replace('_', '-')} {before[name]} -> {now[name]}" for name in now if before[name] != now[name]
        ]
        if changed:
            hint = "Repeat its settings (--config run.yaml --resume auto), or choose another --out."
            raise UsageError(f"not the settings of the run in {self.config.out}: {'; '.join(changed)}", hint)


def _checkpoint(config: PretrainConfig) -> Path | None:
    if config.resume is None:
        return None
    if config.resume == "auto":
        found = checkpoints(config.out)
        return found[-1] if found else None
    path = Path(config.resume)
    if not (path / STATE).is_dir():
        raise DataError("not a training checkpoint", "Give a checkpoint-NNNNNN folder, or auto.", path=path)
    return path

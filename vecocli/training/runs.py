"""A run's folder: who may write into it, what it goes on from, what its last line says."""

import json
import shutil
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from vecocli.config.base import flag_of, read_yaml
from vecocli.config.running import RunSettings
from vecocli.encoder.checkpoint import STATE, checkpoints, set_aside
from vecocli.errors import DataError, UsageError
from vecocli.text.files import atomic_write
from vecocli.training.best import BEST, RECORD, Best
from vecocli.training.lock import LOCK, FolderLock

Settings = TypeVar("Settings", bound=RunSettings)
RUN_YAML = "run.yaml"
SUMMARY = "summary.json"


@dataclass(frozen=True, slots=True)
class Run(Generic[Settings]):
    """A run's folder, checked.

    Args:
        config: The run's settings.
        checkpoint: What it goes on from; None at the start.
        lock: The right to write into it, taken as soon as there is a run in it.
    """

    config: Settings
    checkpoint: Path | None
    lock: FolderLock

    @classmethod
    def open(cls, config: Settings) -> Self:
        """Check the folder before anything is loaded; `close` has to follow.

        Raises:
            UsageError: The folder holds something and neither --resume nor --overwrite was given, the settings are not
                those of the run to go on with, or another run is writing to it.
            DataError: The checkpoint to go on from does not exist, or the run's summary is damaged.
        """
        lock = FolderLock(config.out)
        if (config.out / RUN_YAML).exists() and not config.plans_only:
            lock.take()
        try:
            run = cls(config, _checkpoint(config), lock)
            if config.out.exists() and not config.out.is_dir():
                raise UsageError(f"{config.out} is a file", "Choose another --out.")
            if config.out.exists() and any(path.name != LOCK for path in config.out.iterdir()):
                run._may_write()
            run._fits_its_checkpoint()
        except BaseException:
            lock.release()
            raise
        return run

    def close(self) -> None:
        """Let others write into the folder."""
        self.lock.release()

    def finished(self, facts: Set[str]) -> dict[str, Any] | None:
        """Return what `finish` wrote when the run to go on with has ended already.

        Args:
            facts: What it holds then.

        Raises:
            DataError: It is damaged.
        """
        file = self.config.out / SUMMARY
        if self.config.resume != "auto" or not file.exists():
            return None
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            found = None
        if not isinstance(found, dict) or found.keys() != facts:
            raise DataError("not the summary of a run", "Remove it: the run then goes on to its end.", path=file)
        return found

    @property
    def settings(self) -> Settings:
        """The run's settings as its run.yaml and its card tell them.

        `resume` is the checkpoint of another run that this one began with, or None.
        """
        own = self.checkpoint is not None and not self.of_another
        origin = _origin(self.config.out) if own else self.checkpoint
        return self.config.model_copy(update={"resume": origin and str(origin)})

    @property
    def of_another(self) -> bool:
        """Whether the checkpoint is another run's."""
        return self.checkpoint is not None and self.checkpoint.resolve().parent != self.config.out.resolve()

    def begin(self, step: int = 0, note: Callable[[str], None] = lambda text: None) -> None:
        """Make the folder and write run.yaml.

        Args:
            step: The step that the run goes on from.
            note: Called with what becomes of checkpoints behind the one that the run goes on from.

        Raises:
            UsageError: The folder cannot be made, or another run is writing to it.
        """
        try:
            self.config.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"cannot make the folder {self.config.out}: {error.strerror}"
            raise UsageError(message, "Choose another --out.") from error
        self.lock.take()
        if self._replaces():
            _empty(self.config.out)
        (self.config.out / SUMMARY).unlink(missing_ok=True)  # a run that goes on has not ended
        if self.checkpoint and not self.of_another and (left := set_aside(self.config.out, step)):
            left += self._best_aside(step)
            note(f"The run goes on from step {step:,}; what it had behind that is now {', '.join(left)}.")
        self.settings.write(self.config.out / RUN_YAML)

    def _best_aside(self, step: int) -> list[str]:
        """Rename the best model if it is of a step behind this one."""
        out = self.config.out
        record = Best(out, self.config.chosen_by).record
        if record is None or record["step"] <= step:
            return []
        (out / RECORD).unlink()
        shutil.rmtree(out / f"left-{BEST}", ignore_errors=True)
        return [(out / BEST).rename(out / f"left-{BEST}").name]

    def finish(self, facts: Mapping[str, Any]) -> None:
        """Write summary.json, the sign that the run ended."""
        with atomic_write(self.config.out / SUMMARY, "w") as stream:
            stream.write(json.dumps(facts, indent=1) + "\n")

    def _replaces(self) -> bool:
        return self.config.overwrite and not self.checkpoint and self.config.out.exists()

    def _may_write(self) -> None:
        """Check what the folder holds: nothing but a run of this kind is gone on with or replaced."""
        out = self.config.out
        settings = out / RUN_YAML
        if not settings.exists() or self.config.MARK not in read_yaml(settings):
            raise UsageError(f"{out} holds something that is not a run; it is left alone", "Choose another --out.")
        ended = self.config.resume == "auto" and (out / SUMMARY).exists()
        if self.checkpoint or ended:
            self._same_settings(self.config.out, set(type(self.config).model_fields) - self.config.FREE)
        elif self._replaces():
            self._spare_inputs()
        elif self.config.resume != "auto":
            hint = "Go on with --resume auto, replace it with --overwrite, or choose another --out."
            raise UsageError(f"{out} holds a run already", hint)

    def _spare_inputs(self) -> None:
        """Refuse to remove what the new run is to read."""
        out = self.config.out.resolve()
        for path in self.config.inputs():
            if path.exists() and path.resolve().is_relative_to(out):
                raise UsageError(f"--overwrite would remove {path}, which this run reads", "Choose another --out.")

    def _fits_its_checkpoint(self) -> None:
        """Check what a checkpoint of another run has to have in common with this one."""
        if self.checkpoint is None or not self.of_another:
            return
        origin = self.checkpoint.resolve().parent
        if (origin / RUN_YAML).exists():
            self._same_settings(origin, self.config.held_to())

    def _same_settings(self, folder: Path, names: Set[str]) -> None:
        """Compare settings with those of the run in a folder."""
        file = folder / RUN_YAML
        try:
            before = type(self.config).resolve({}, file).model_dump(include=set(names))
        except UsageError as error:
            hint = error.hint or "Put the settings of the run there again, or choose another --out."
            raise UsageError(f"{file} does not hold the settings of a run: {error.message}", hint) from None
        now = self.config.model_dump(include=set(names))
        changed = [
            f"{flag_of(type(self.config), name)} {_typed(before[name])} -> {_typed(now[name])}"
            for name in now
            if _known(before[name]) != _known(now[name])
        ]
        if changed:
            hint = "Repeat its settings (--config run.yaml --resume auto), or choose another --out."
            if self.of_another:
                hint = "Repeat these: a checkpoint holds what they say."
            raise UsageError(f"not the settings of the run in {folder}: {'; '.join(changed)}", hint)


def _known(value: Any) -> Any:
    """A setting such that two ways to write a path are the same."""
    if isinstance(value, tuple):
        return tuple(map(_known, value))
    return value.resolve() if isinstance(value, Path) else value


def _typed(value: Any) -> str:
    return " ".join(map(str, value)) or "(none)" if isinstance(value, tuple) else str(value)


def _empty(folder: Path) -> None:
    """Remove what is in a folder, but not its lock, and not the folder: it may be a link or a mounted disk."""
    for path in folder.iterdir():
        if path.name == LOCK:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _origin(run: Path) -> Path | None:
    """The checkpoint of another run that a run began with."""
    file = run / RUN_YAML
    before = read_yaml(file).get("resume") if file.exists() else None
    return Path(str(before)) if before else None


def _checkpoint(config: RunSettings) -> Path | None:
    if config.resume is None:
        return None
    if config.resume == "auto":
        found = checkpoints(config.out)
        path = found[-1] if found else _origin(config.out)
        if path is None:
            return None
    else:
        path = Path(config.resume)
    if not (path / STATE).is_dir():
        raise DataError("not a training checkpoint", "Give a checkpoint-NNNNNN folder, or auto.", path=path)
    return path

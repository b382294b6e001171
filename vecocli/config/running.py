"""Settings that every training run has: where it is kept, how it goes on, who is told."""

from collections.abc import Iterator, Set
from pathlib import Path
from typing import ClassVar

from pydantic import Field, field_validator
from pydantic.config import JsonDict

from vecocli.config.base import Config
from vecocli.registry import did_you_mean

RUN: JsonDict = {"panel": "Run"}
TRACKERS = ("tensorboard", "trackio", "wandb")
"""Experiment trackers, by the names of their packages."""


class RunFolder(Config):
    """Where a run is kept; a class of its own so that it comes first where settings are listed."""

    out: Path = Field(description="Folder of the run: checkpoints, metrics and the final model.")


class RunSettings(RunFolder):
    """A training run in a folder of its own."""

    MARK: ClassVar[str]
    """A setting that runs of this kind have and others have not."""
    FREE: ClassVar[frozenset[str]] = frozenset(
        {
            "out",
            "resume",
            "overwrite",
            "log_every",
            "save_every",
            "save_total_limit",
            "max_skipped",
            "tracker",
            "tokens_per_batch",
            "gradient_checkpointing",
        }
    )
    """Settings that may differ when a run is resumed."""

    seed: int = Field(0, ge=0, description="Decides weights, order and masks.", json_schema_extra=RUN)
    log_every: int = Field(10, ge=1, description="Steps between lines of metrics.jsonl.", json_schema_extra=RUN)
    save_every: int = Field(500, ge=1, description="Steps between checkpoints.", json_schema_extra=RUN)
    save_total_limit: int = Field(2, ge=1, description="Checkpoints kept; older ones go.", json_schema_extra=RUN)
    tracker: tuple[str, ...] = Field(
        (), description="Also tell an experiment tracker what metrics.jsonl is told: tensorboard, wandb or trackio.",
        json_schema_extra={"metavar": "NAME", **RUN},
    )  # fmt: skip
    max_skipped: int = Field(
        5, ge=0, description="Steps in a row that may be left out because their loss or gradient is not finite; the "
        "next such step stops the run.", json_schema_extra=RUN,
    )  # fmt: skip
    resume: str | None = Field(
        None, description="`auto` goes on from the newest checkpoint in --out; or a checkpoint's folder.",
        json_schema_extra=RUN,
    )  # fmt: skip
    overwrite: bool = Field(False, description="Replace an earlier run in --out.", json_schema_extra=RUN)

    @field_validator("tracker")
    @classmethod
    def _known_trackers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in TRACKERS:
                raise ValueError(f"there is no tracker {name!r}; {did_you_mean(name, TRACKERS)}")
        return value

    @property
    def plans_only(self) -> bool:
        """Whether nothing is trained and nothing written."""
        return False

    @property
    def chosen_by(self) -> str:
        """The figure by which the best model is chosen."""
        raise NotImplementedError

    def inputs(self) -> Iterator[Path]:
        """Paths that the run reads, whether they exist or not."""
        raise NotImplementedError

    def held_to(self) -> Set[str]:
        """Settings that may not differ either where the run goes on from a checkpoint of another run."""
        raise NotImplementedError

    def starving(self, processes: int) -> str | None:
        """Return the flag that leaves some of so many processes with nothing to read in a step, if one does."""
        raise NotImplementedError

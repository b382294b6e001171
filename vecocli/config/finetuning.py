"""Settings of `veco finetune`."""

from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic.config import JsonDict

from vecocli.config.base import Config, as_text, split_commas
from vecocli.config.lora import LoraSettings
from vecocli.config.running import RunFolder, RunSettings

OPTIMISER: JsonDict = {"panel": "Optimiser"}
DATA: JsonDict = {"panel": "Data"}


class Tuned(RunFolder):
    """What is fine-tuned, and on what."""

    task: str = Field(description="Task of XTREME: xnli, pawsx, udpos, panx, xquad, mlqa or tydiqa.",
        json_schema_extra={"argument": True},
    )  # fmt: skip
    model: str = Field(
        description="Hugging Face encoder: a folder or a Hub name.", json_schema_extra={"argument": True}
    )
    data: str = Field(
        description="Folder of the data files, as XTREME or their makers lay them out; or `hub`: google/xtreme of the "
        "Hugging Face Hub, `hub@REVISION`: another commit of it, `hub:DIR`: a copy of its files.",
        json_schema_extra={"metavar": "DIR|hub", **DATA},
    )
    train_languages: tuple[str, ...] = Field(
        ("en",), min_length=1, description="Languages to train on, separated by commas (translate-train).",
        json_schema_extra={"metavar": "CODE[,CODE]", **DATA},
    )  # fmt: skip
    train_limit: int | None = Field(
        None, ge=1, description="Examples of each language to train on, a sample by the seed; default: all.",
        json_schema_extra=DATA,
    )  # fmt: skip
    dev_limit: int | None = Field(
        None, ge=1, description="Examples of the development set, from its start; default: all.", json_schema_extra=DATA
    )
    trust_remote_code: bool = Field(False, description="Run Python the model brings.")


class Schedule(Config):
    """How long and how fast to train; where nothing is given, as XTREME does for the task."""

    epochs: float | None = Field(
        None, gt=0, description="Passes over the training data; default: 10 for tagging, 5 for classification, 3 for "
        "questions.", json_schema_extra=OPTIMISER,
    )  # fmt: skip
    learning_rate: float | None = Field(
        None, gt=0, description="Peak learning rate; default 2e-5, 3e-5 for questions, 2e-4 with --lora-rank.",
        json_schema_extra=OPTIMISER,
    )  # fmt: skip
    batch_size: int = Field(
        32, ge=1, description="Inputs per optimiser step, of all processes together.", json_schema_extra=OPTIMISER
    )
    tokens_per_batch: int = Field(
        16_384, ge=8, description="Most sub-words in a forward pass: what memory allows; a step takes several.",
        json_schema_extra=OPTIMISER,
    )  # fmt: skip
    max_length: int | None = Field(
        None, ge=16, description="Sub-words of an input, special tokens included; default 128, 384 for questions.",
        json_schema_extra=OPTIMISER,
    )  # fmt: skip
    warmup_steps: int | None = Field(
        None, ge=0, description="Steps in which the rate rises; default 0, 500 for questions.",
        json_schema_extra=OPTIMISER,
    )  # fmt: skip
    schedule: Literal["linear", "cosine", "constant"] = Field(
        "linear", description="How the rate falls after the warm-up.", json_schema_extra=OPTIMISER
    )
    weight_decay: float | None = Field(
        None, ge=0, description="AdamW's decay; default 0, 1e-4 for questions.", json_schema_extra=OPTIMISER
    )
    clip: float = Field(
        1.0, gt=0, allow_inf_nan=True, description="Largest gradient norm; inf leaves gradients alone.",
        json_schema_extra=OPTIMISER,
    )  # fmt: skip
    dropout: float | None = Field(
        None, ge=0, lt=1, description="Dropout rate; default: the model's own.", json_schema_extra=OPTIMISER
    )
    precision: Literal["auto", "bf16", "fp32"] = Field(
        "auto", description="Arithmetic of the forward pass; auto takes bf16 where the hardware has it.",
        json_schema_extra=OPTIMISER,
    )  # fmt: skip
    gradient_checkpointing: bool = Field(
        False, description="Keep less for the backward pass and compute it again there: less memory for more time.",
        json_schema_extra=OPTIMISER,
    )  # fmt: skip


class FinetuneConfig(RunSettings, Schedule, LoraSettings, Tuned):
    """Fine-tuning on a task's training data."""

    MARK: ClassVar[str] = "task"
    FREE: ClassVar[frozenset[str]] = RunSettings.FREE | {"eval_every", "seeds"}

    seeds: tuple[int, ...] = Field(
        (), description="Fine-tune once for each of these, in folders seed-N of --out; in place of --seed.",
        json_schema_extra={"metavar": "N[,N]", "panel": "Run"},
    )  # fmt: skip
    eval_every: int | None = Field(
        None, ge=1, description="Steps between evaluations on the development set; default: ten in a run.",
        json_schema_extra={"panel": "Run"},
    )  # fmt: skip
    keep: Literal["auto", "best", "last"] = Field(
        "auto", description="The model to keep: the best on the development set of the first language, or the last; "
        "auto: the last for questions, else the best (XTREME).", json_schema_extra={"panel": "Run"},
    )  # fmt: skip

    @field_validator("train_languages", "seeds", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return split_commas(value)

    @field_validator("seeds")
    @classmethod
    def _each_once(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(value)) != len(value) or any(seed < 0 for seed in value):
            raise ValueError("give each seed once, and none below 0")
        return value

    @field_validator("data", "model", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        return as_text(value)

    @model_validator(mode="after")
    def _adapters(self) -> Self:
        if not self.lora_rank and (self.lora_alpha or self.lora_targets != "all"):
            raise ValueError("--lora-alpha and --lora-targets say nothing without --lora-rank")
        return self

    def write(self, path: Path) -> None:
        """Write the settings that repeat the run; what becomes of earlier results is not."""
        once = {"overwrite": False} | ({"resume": None} if self.resume == "auto" else {})
        Config.write(self.model_copy(update=once), path)

    @property
    def chosen_by(self) -> str:
        """The figure by which the best model is chosen."""
        return "score"

    def inputs(self) -> Iterator[Path]:
        """Paths that the run reads, whether they exist or not."""
        yield from (Path(self.model), Path(self.data.removeprefix("hub:")).expanduser())

    def held_to(self) -> Set[str]:
        """What a checkpoint holds: the task's head, and adapters of these settings."""
        return {"task", "lora_rank", "lora_alpha", "lora_targets"} | ({"model"} if self.lora_rank else set())

    def starving(self, processes: int) -> str | None:
        """Return the flag that leaves some of so many processes without an input."""
        return "--batch-size" if self.batch_size < processes else None

    def of_seed(self, seed: int) -> "FinetuneConfig":
        """Return the settings of one of several runs."""
        return self.model_copy(update={"seed": seed, "seeds": (), "out": self.out / f"seed-{seed}"})

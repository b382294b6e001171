"""Settings of `veco evaluate xtreme` and `veco evaluate compare`."""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic.config import JsonDict

from vecocli.config.base import Config, as_text, split_commas
from vecocli.config.evaluation import ARGUMENT, ENCODER, OUTPUT, OutputConfig, layer_field

TUNING: JsonDict = {"panel": "Fine-tuning"}
QUICK = 200  # examples of a language, for a first look


class XtremeConfig(Config):
    """Tasks of XTREME."""

    model: str | None = Field(
        None, description="Hugging Face encoder: a folder or a Hub name; none with --predictions.",
        json_schema_extra=ARGUMENT,
    )  # fmt: skip
    tasks: tuple[str, ...] = Field(
        ("all",), min_length=1, description="Tasks, separated by commas: xnli, pawsx, udpos, panx, xquad, mlqa, "
        "tydiqa, bucc2018, tatoeba, or all of these.", json_schema_extra={"metavar": "NAME[,NAME]"},
    )  # fmt: skip
    data: str = Field(
        description="Folder of the data files, as XTREME or their makers lay them out; or `hub`: google/xtreme of the "
        "Hugging Face Hub, `hub@REVISION`: another commit of it, `hub:DIR`: a copy of its files.",
        json_schema_extra={"metavar": "DIR|hub"},
    )
    languages: tuple[str, ...] = Field((), description="Languages, separated by commas; none for all that are there.")
    split: Literal["test", "dev"] = Field("test", description="Which part of the data to score.")
    predictions: Path | None = Field(
        None, description="Score this folder of predictions, laid out as XTREME takes them, without any model."
    )
    submission: Path | None = Field(
        None, description="Also put the predictions of the first seed into this new folder, to hand in.",
        json_schema_extra=OUTPUT,
    )  # fmt: skip
    limit: int | None = Field(None, ge=1, description="Examples of each language, from the start; none for all.")
    quick: bool = Field(False, description="As --limit 200: a first look, not comparable with published scores.")

    finetuned: dict[str, Path] = Field(
        {}, description="Folder of the model that is fine-tuned for a task; for several seeds, that of `veco finetune "
        "--seeds`.",
        json_schema_extra={"metavar": "TASK=DIR", **TUNING},
    )  # fmt: skip
    finetune: dict[str, str] = Field(
        {}, description="Setting of `veco finetune` for models that are not there yet, such as epochs=1.",
        json_schema_extra={"metavar": "NAME=VALUE", **TUNING},
    )  # fmt: skip
    seeds: tuple[int, ...] = Field(
        (0,), min_length=1, description="Seeds of the fine-tuning, separated by commas: a model for each.",
        json_schema_extra={"metavar": "N[,N]", **TUNING},
    )  # fmt: skip

    layer: str = layer_field("last")
    pooling: Literal["mean", "first"] = Field(
        "mean", description="Sentence vector: mean of all positions (XTREME), or the first.", json_schema_extra=ENCODER
    )
    max_length: int | None = Field(
        None, ge=8, description="Most sub-words of an input; default: as in fine-tuning, 512 for retrieval.",
        json_schema_extra=ENCODER,
    )  # fmt: skip
    precision: Literal["fp32", "bf16"] = Field(
        "fp32",
        description="Arithmetic of the encoder; bf16 moves scores in the third digit.",
        json_schema_extra=ENCODER,
    )
    trust_remote_code: bool = Field(False, description="Run Python the model brings.", json_schema_extra=ENCODER)

    out: Path | None = Field(
        None, description="Folder of results, predictions and fine-tuned models; run again, it goes on where it "
        "stopped.",
        json_schema_extra=OUTPUT,
    )  # fmt: skip
    overwrite: bool = Field(
        False, description="Replace results there of another model, other data or other settings.",
        json_schema_extra=OUTPUT,
    )  # fmt: skip

    @field_validator("tasks", "languages", "seeds", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return split_commas(value)

    @field_validator("data", mode="before")
    @classmethod
    def _data(cls, value: Any) -> Any:
        return as_text(value)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.model is None) == (self.predictions is None):
            raise ValueError("give either MODEL or --predictions")
        if self.submission and (self.out is None or self.predictions):
            raise ValueError("--submission needs --out: predictions are kept there, and copied")
        return self

    @property
    def most(self) -> int | None:
        """How many examples of a language are read; None for all."""
        return min(self.limit or QUICK, QUICK) if self.quick else self.limit


class CompareConfig(OutputConfig):
    """Two folders of XTREME results."""

    first: Path = Field(
        description="Folder of results: the --out of `veco evaluate xtreme`.", json_schema_extra=ARGUMENT
    )
    second: Path = Field(description="Another, of the same tests.", json_schema_extra=ARGUMENT)
    protocol: Literal["xtreme", "sane"] = Field(
        "xtreme", description="Whose scores to compare: the benchmark's own, or the stricter ones."
    )
    tasks: tuple[str, ...] = Field(
        (), description="Tasks, separated by commas; none for all that both have.",
        json_schema_extra={"metavar": "NAME[,NAME]"},
    )  # fmt: skip

    @field_validator("tasks", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return split_commas(value)

"""Settings of the evaluation while an encoder is trained."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic.config import JsonDict

from vecocli.config.base import Config, flag_of

EVALUATION: JsonDict = {"panel": "Evaluation while training"}


class WatchSettings(Config):
    """What is evaluated on text that is not trained on, and how often."""

    eval_data: tuple[Path, ...] = Field(
        (), description="Held-out parallel text, as `veco mine-synonyms` reads it: one file, or two line by line.",
        json_schema_extra=EVALUATION,
    )  # fmt: skip
    eval_languages: str | None = Field(
        None, description="Its languages, such as en-de; default: those of the mined folders, if of one pair.",
        json_schema_extra=EVALUATION,
    )  # fmt: skip
    eval_gold: Path | None = Field(
        None, description="Links of its words for AER, Pharaoh or NAACL; its words then stand between blanks.",
        json_schema_extra=EVALUATION,
    )  # fmt: skip
    eval_mined: tuple[Path, ...] = Field(
        (), description="Held-out folders that `veco mine-synonyms` wrote, of any number of language pairs.",
        json_schema_extra=EVALUATION,
    )  # fmt: skip
    eval_pairs: int = Field(
        1000, ge=2, description="Sentence pairs of each language pair, from the start; the more, the harder.",
        json_schema_extra=EVALUATION,
    )  # fmt: skip
    eval_every: int | None = Field(
        None, ge=1, description="Steps between evaluations; default: as --save-every.", json_schema_extra=EVALUATION
    )
    eval_metric: Literal["retrieval", "mexa", "aer"] = Field(
        "retrieval", description="What the best model is chosen by: accuracy both ways, MEXA, or AER.",
        json_schema_extra=EVALUATION,
    )  # fmt: skip

    @model_validator(mode="after")
    def _something_to_evaluate(self) -> Self:
        if not self.evaluates:
            fields = WatchSettings.model_fields
            given = [name for name, field in fields.items() if getattr(self, name) != field.default]
            if given:
                flags = ", ".join(flag_of(WatchSettings, name) for name in given)
                raise ValueError(f"{flags}: there is nothing to evaluate on; give --eval-data or --eval-mined")
        if self.eval_gold and not self.eval_data:
            raise ValueError("--eval-gold has the links of --eval-data, which is not given")
        if self.eval_languages and not self.eval_data:
            raise ValueError("--eval-languages are those of --eval-data, which is not given")
        if self.eval_metric == "aer" and not self.eval_gold:
            raise ValueError("--eval-metric aer needs --eval-gold")
        return self

    @property
    def evaluates(self) -> bool:
        """Whether there is something to evaluate on."""
        return bool(self.eval_data or self.eval_mined)

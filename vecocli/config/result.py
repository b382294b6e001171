"""What `veco pretrain` leaves behind besides the model."""

from typing import Self

from pydantic import Field, model_validator
from pydantic.config import JsonDict

from vecocli.config.base import Config

RESULT: JsonDict = {"panel": "Result"}


class ResultSettings(Config):
    """What is made of the trained model; none of it changes the training."""

    sentence_transformers: bool = Field(
        False, description="Write what the library sentence-transformers opens the folder by, too.",
        json_schema_extra=RESULT,
    )  # fmt: skip
    push_to_hub: str | None = Field(
        None, description="Upload the folder, without checkpoints, to this repository of the Hugging Face Hub.",
        json_schema_extra=RESULT,
    )  # fmt: skip
    private: bool = Field(
        False, description="Make the repository of --push-to-hub a private one.", json_schema_extra=RESULT
    )

    @model_validator(mode="after")
    def _something_to_hide(self) -> Self:
        if self.private and self.push_to_hub is None:
            raise ValueError("--private says nothing without --push-to-hub")
        return self

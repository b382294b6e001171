"""What `veco pretrain` leaves behind besides the model."""

from pydantic import Field
from pydantic.config import JsonDict

from vecocli.config.base import Config

RESULT: JsonDict = {"panel": "Result"}


class ResultSettings(Config):
    """What is made of the trained model; none of it changes the training."""

    sentence_transformers: bool = Field(
        False, description="Write what the library sentence-transformers opens the folder by, too.",
        json_schema_extra=RESULT,
    )  # fmt: skip

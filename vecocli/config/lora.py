"""Low-rank adapters in place of training all weights of a model."""

from pydantic import Field
from pydantic.config import JsonDict

from vecocli.config.base import Config

LORA: JsonDict = {"panel": "Adapter"}


class LoraSettings(Config):
    """Which adapters are trained; the rank decides whether there are any."""

    lora_rank: int = Field(
        0, ge=0, description="Train adapters of this rank only, and leave the model's weights as they are (LoRA; needs "
        "vecocli[lora]); 0 trains all weights.", json_schema_extra=LORA,
    )  # fmt: skip
    lora_alpha: float | None = Field(
        None, gt=0, description="What adapters are scaled by, divided by their rank; default twice the rank.",
        json_schema_extra=LORA,
    )  # fmt: skip
    lora_targets: str = Field(
        "all", description="Linear layers with an adapter: all of the encoder's layers, those of their `attention`, or "
        "their names, separated by commas.", json_schema_extra=LORA,
    )  # fmt: skip

    @property
    def lora_scale(self) -> float:
        """`lora_alpha` with its default filled in."""
        return self.lora_alpha or 2.0 * self.lora_rank

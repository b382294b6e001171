"""Settings of `veco demo`."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from vecocli.config.base import Config


class DemoConfig(Config):
    """The whole way on real data, in minutes."""

    out: Path = Field(Path("veco-demo"), description="Folder of the demo: mined pairs, models, table and chart.")
    encoder: Literal["small", "e5"] = Field(
        "small", description="Start from a new small encoder, or from multilingual-e5-small (66 MB more)."
    )
    minutes: float = Field(2.0, gt=0, description="Training time of each of the two runs.")
    learning_rate: float | None = Field(
        None, gt=0, description="Peak learning rate; default 1e-3 for the small encoder, 2e-5 for e5."
    )
    batch_size: int = Field(64, ge=2, description="Sentence pairs per step.")
    seed: int = Field(0, ge=0, description="Decides weights, order and masks.")
    overwrite: bool = Field(False, description="Start anew instead of going on with what is in --out.")

"""Pre-training objectives, one file each: its name is its name on the command line.

An objective is pure: `EncodedBatch -> Loss`. It never holds the model; it names what it reads. A file of this folder
holds one frozen dataclass `Objective`; its fields are its switches, and `pretrain` fills them from the settings
`<objective>_<field>`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Protocol

import torch
from torch import Tensor

from vecocli import registry
from vecocli.encoder.encoded import EncodedBatch, Need

Scope = Literal["pair", "batch"]
"""Whether the loss of a pair depends on that pair alone or on the whole contrastive batch."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean whose parts add up: sum and number of its terms, scalars."""

    total: Tensor
    count: Tensor

    @property
    def value(self) -> Tensor:
        """The mean; 0 without any term."""
        return self.total / torch.clamp(self.count, min=1)


@dataclass(frozen=True, slots=True)
class Loss:
    """One objective's loss on a batch, or on a part of one: sums and counts of parts add up to those of the whole.

    Args:
        mean: Sum of its terms, with gradient, and their number.
        figures: What else is logged, detached.
    """

    mean: Mean
    figures: Mapping[str, Mean] = field(default_factory=dict)

    @property
    def value(self) -> Tensor:
        """Mean of the terms; 0 without any."""
        return self.mean.value


class Objective(Protocol):
    """A pre-training objective."""

    @property
    def needs(self) -> frozenset[Need]:
        """What it reads of a batch."""

    @property
    def scope(self) -> Scope:
        """What the loss of a pair depends on."""

    def __call__(self, batch: EncodedBatch) -> Loss:
        """Compute the loss of one batch."""


def build(name: str, settings: Mapping[str, Any]) -> Objective:
    """Make an objective by name, its switches taken from `<name>_<switch>` in the settings.

    Raises:
        UsageError: There is no such objective.
    """
    kind = registry.get("vecocli.objectives", name).Objective
    prefix = name.replace("-", "_") + "_"
    switches = {item.name: settings[prefix + item.name] for item in fields(kind) if prefix + item.name in settings}
    made: Objective = kind(**switches)
    return made

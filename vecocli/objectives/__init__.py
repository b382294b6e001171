"""Pre-training objectives, one file each: its name is its name on the command line.

An objective is pure: `EncodedBatch -> Loss`. It never holds the model; it names the forward passes it reads. A file of
this folder holds one frozen dataclass `Objective`; its fields are its switches, and `pretrain` fills them from the
settings `<objective>_<field>`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Protocol

from torch import Tensor

from vecocli import registry
from vecocli.encoder.passes import EncodedBatch, Pass


@dataclass(frozen=True, slots=True)
class Loss:
    """One objective's value on a batch.

    Args:
        value: Scalar, with gradient.
        parts: Named figures to log: counts and accuracies, detached.
    """

    value: Tensor
    parts: Mapping[str, Tensor] = field(default_factory=dict)


class Objective(Protocol):
    """A pre-training objective."""

    @property
    def needs(self) -> frozenset[Pass]:
        """The forward passes it reads."""

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

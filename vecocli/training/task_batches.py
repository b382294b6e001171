"""What each step of fine-tuning reads: this process's share of the step's inputs, in parts of one pass each.

Shapes: R rows of a bucket, S sub-words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from vecocli.encoder.buckets import ON_CPU, bucketed
from vecocli.encoder.encoder import Inputs
from vecocli.training.gather import process, processes
from vecocli.training.mixture import Mixture
from vecocli.training.parts import parts_of
from vecocli.xtreme.feature import Feature


@dataclass(frozen=True, slots=True)
class TaskPart:
    """Rows of like length, for one forward pass.

    Args:
        inputs: R rows.
        targets: [R] classes, [R, S] labels of sub-words with -100 for none, or [R, 2] places of answers; int64.
    """

    inputs: Inputs
    targets: Tensor

    @property
    def terms(self) -> int:
        """What the loss is a mean over: rows, or labels."""
        return len(self.targets) if self.inputs.labels is None else int((self.targets != -100).sum())

    def to(self, device: torch.device) -> "TaskPart":
        """Copy to a device."""
        return replace(self, inputs=self.inputs.to(device), targets=self.targets.to(device))


class TaskBatches:
    """Step -> parts; a function of the seed and the step alone.

    Args:
        corpora: The inputs of each language.
        batch_size: Inputs of a step, of all processes together.
        tokens_per_batch: Most sub-words in a forward pass.
        pad_id: What fills up ids.
        seed: Decides the order.
        on_cpu: Whether passes run on a CPU, where small ones are the faster.
    """

    def __init__(
        self,
        corpora: Sequence[Sequence[Feature]],
        batch_size: int,
        tokens_per_batch: int,
        pad_id: int,
        seed: int,
        *,
        on_cpu: bool,
    ) -> None:
        self._corpora, self._size, self._pad_id = corpora, batch_size, pad_id
        self._most = tokens_per_batch
        self._places = min(ON_CPU, tokens_per_batch) if on_cpu else tokens_per_batch
        self._mixture = Mixture([len(features) for features in corpora], 1.0, seed)

    def __call__(self, step: int) -> list[TaskPart]:
        """Return this process's share of a step."""
        rank, count = process(), processes()
        first, last = self._size * rank // count, self._size * (rank + 1) // count
        drawn = self._mixture.take(step * self._size + first, last - first)
        chosen = [self._corpora[corpus][row] for corpus, row in zip(*(part.tolist() for part in drawn), strict=True)]
        parts = parts_of([len(feature.row.ids) for feature in chosen], self._most)
        return [part for places in parts for part in self._parts([chosen[at] for at in places])]

    def _parts(self, features: Sequence[Feature]) -> list[TaskPart]:
        made = []
        for bucket in bucketed([feature.row for feature in features], self._pad_id, self._places):
            targets = bucket.inputs.labels
            if targets is None:
                targets = torch.tensor([features[at].target for at in bucket.rows.tolist()]).squeeze(1)
            made.append(TaskPart(bucket.inputs, targets))
        return made

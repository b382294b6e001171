"""What the objectives see of a batch after its forward passes, and how the parts of a batch become one.

Shapes: B pairs, U units, H hidden, L links.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

Need = Literal["sentences", "keys", "units", "mlm", "tlm", "aligned"]
"""What an objective reads: sentence vectors, keys to compare these with, unit vectors, or one of the predictions."""
PREDICTED: frozenset[Need] = frozenset({"mlm", "tlm", "aligned"})


@dataclass(frozen=True, slots=True)
class Prediction:
    """How well the masked positions were predicted.

    Args:
        total: Sum of -log p(right sub-word), scalar with gradient.
        count: Masked positions.
        right: How many were predicted right.
    """

    total: Tensor
    count: Tensor
    right: Tensor


class Keys(NamedTuple):
    """Sentence vectors without a gradient, of R pairs.

    Args:
        source: [R, H]; likewise `target`.
        source_hashes: [R] sentence hashes; likewise `target_hashes`.
    """

    source: Tensor
    target: Tensor
    source_hashes: Tensor
    target_hashes: Tensor


@dataclass(frozen=True, slots=True)
class EncodedBatch:
    """What the objectives see; a part is None when no objective asked for it.

    Args:
        source_forms: [B, U] surface-form hashes, 0 where there is no unit; likewise `target_forms`.
        source_hashes: [B] sentence hashes; likewise `target_hashes`.
        links: [L, 3] (pair, source unit, target unit).
        source_sentences: [B, H] sentence vectors; likewise `target_sentences`.
        source_units: [B, U, H] word or phrase vectors; likewise `target_units`.
        mlm: Predictions at the masked positions of single sentences.
        tlm: Predictions at the masked positions of joined pairs.
        aligned: Predictions of translations in the place of hidden words.
        lost: Links that truncation or tokenisation lost.
        keys: Keys of the B pairs.
        queue: Keys of earlier pairs.
    """

    source_forms: Tensor
    target_forms: Tensor
    source_hashes: Tensor
    target_hashes: Tensor
    links: Tensor
    source_sentences: Tensor | None = None
    target_sentences: Tensor | None = None
    source_units: Tensor | None = None
    target_units: Tensor | None = None
    mlm: Prediction | None = None
    tlm: Prediction | None = None
    aligned: Prediction | None = None
    lost: int = 0
    keys: Keys | None = None
    queue: Keys | None = None

    def __len__(self) -> int:
        return len(self.source_hashes)

    @property
    def vectors(self) -> dict[str, Tensor]:
        """The sentence and unit vectors that are there, by the names of their fields."""
        found = {name: getattr(self, name) for name in VECTORS}
        return {name: vectors for name, vectors in found.items() if vectors is not None}

    def with_vectors(self, vectors: dict[str, Tensor]) -> "EncodedBatch":
        """Return the same batch with other vectors, by the names of their fields."""
        return replace(self, **vectors)  # type: ignore[arg-type]  # names of tensor fields


VECTORS = ("source_sentences", "target_sentences", "source_units", "target_units")


def join(parts: Sequence[EncodedBatch]) -> EncodedBatch:
    """Put the parts of a batch together; predictions and keys are left out.

    Args:
        parts: At least one, of the same needs; their units may differ in number.
    """
    units = max(part.source_forms.shape[1] for part in parts)
    firsts = [sum(map(len, parts[:place])) for place in range(len(parts))]
    shift = torch.tensor([1, 0, 0], device=parts[0].links.device)
    joined = EncodedBatch(
        torch.cat([F.pad(part.source_forms, (0, units - part.source_forms.shape[1])) for part in parts]),
        torch.cat([F.pad(part.target_forms, (0, units - part.target_forms.shape[1])) for part in parts]),
        torch.cat([part.source_hashes for part in parts]),
        torch.cat([part.target_hashes for part in parts]),
        torch.cat([part.links + first * shift for part, first in zip(parts, firsts, strict=True)]),
        lost=sum(part.lost for part in parts),
    )
    vectors = {}
    for name in parts[0].vectors:
        own = [part.vectors[name] for part in parts]
        if name.endswith("units"):
            own = [F.pad(one, (0, 0, 0, units - one.shape[1])) for one in own]
        vectors[name] = torch.cat(own)
    return joined.with_vectors(vectors)

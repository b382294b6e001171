"""Ways to match two sentences' units by their similarities; each file of this folder is one, under its own name.

Shapes: B sentence pairs, S and T units of the two sides, N links.
"""

from typing import Literal, Protocol

from torch import Tensor

Scale = Literal["cosine", "dot"]
"""What a method compares: `cosine` is (cosine + 1) / 2, in [0, 1]; `dot` the plain product of the vectors."""


class Method(Protocol):
    """What a file in this folder offers.

    Attributes:
        SCALE: Which similarities it takes.
    """

    SCALE: Scale

    def links(self, similarity: Tensor, x_mask: Tensor, y_mask: Tensor) -> Tensor:
        """Match the units of each pair.

        Args:
            similarity: [B, S, T], at least fp32; what stands at masked places has no meaning.
            x_mask: [B, S] bool, true at the units that are there.
            y_mask: [B, T] bool.

        Returns:
            [N, 3] int64 (pair, x unit, y unit).
        """
        ...

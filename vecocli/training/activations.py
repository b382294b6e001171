"""How much memory the states take that autograd keeps for a backward pass."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor


class Kept:
    """Bytes that are kept at a time.

    Args:
        weights: What is in memory anyway, and does not count.

    Attributes:
        most: The most bytes so far that were kept at once; a storage that is kept several times counts once.
    """

    def __init__(self, weights: Iterable[Tensor]) -> None:
        self._weights = {weight.untyped_storage().data_ptr() for weight in weights}
        self._holders: Counter[int] = Counter()
        self._bytes = self.most = 0

    def pack(self, tensor: Tensor) -> "_Held":
        """Count a tensor in."""
        return _Held(self, tensor)

    def change(self, storage: torch.UntypedStorage, by: int) -> None:
        """Count a storage in (1) or out (-1)."""
        place = storage.data_ptr()
        if place in self._weights:
            return
        before = self._holders[place]
        self._holders[place] += by
        if (before == 0) != (self._holders[place] == 0):
            self._bytes += by * storage.nbytes()
            self.most = max(self.most, self._bytes)


class _Held:
    """A tensor that is kept; counted out when autograd lets it go."""

    def __init__(self, kept: Kept, tensor: Tensor) -> None:
        self.tensor = tensor
        self._kept = kept
        kept.change(tensor.untyped_storage(), 1)

    def __del__(self) -> None:
        self._kept.change(self.tensor.untyped_storage(), -1)


@contextmanager
def counting(weights: Iterable[Tensor]) -> Iterator[Kept]:
    """Count what autograd keeps while the block runs.

    Args:
        weights: What is in memory anyway, and does not count.
    """
    kept = Kept(weights)
    with torch.autograd.graph.saved_tensors_hooks(kept.pack, lambda held: held.tensor):
        yield kept

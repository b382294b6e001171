"""A whole copy of an encoder whose weights are sharded: what one process can evaluate by itself."""

from collections.abc import Callable
from copy import deepcopy

import torch

from vecocli.encoder.encoder import Encoder
from vecocli.training.gather import process
from vecocli.training.sharding import whole


class Twin:
    """A copy that follows a sharded encoder; it waits in the CPU's memory, on the first process.

    Args:
        encoder: The encoder before it is sharded.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._sharded = encoder
        self.encoder = deepcopy(encoder).cpu() if process() == 0 else None

    def follow(self) -> None:
        """Take over the weights, by all processes at once."""
        weights = whole(self._sharded.model.state_dict(keep_vars=True))
        if self.encoder is not None:
            self.encoder.model.load_state_dict(weights)

    def on(self, device: torch.device, evaluate: Callable[[], dict[str, float]]) -> dict[str, float]:
        """Evaluate the copy on a device."""
        assert self.encoder is not None, "on the first process only"
        self.encoder.to(device)
        try:
            return evaluate()
        finally:
            self.encoder.cpu()

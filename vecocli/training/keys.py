"""Keys for sequence alignment: sentence vectors of a copy of the encoder that follows slowly, of this step and others.

Shapes: B pairs, Q pairs in the queue, H hidden.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import replace

import torch
from torch import Tensor

from vecocli.encoder.batches import AlignedBatch
from vecocli.encoder.devices import Precision
from vecocli.encoder.encoded import EncodedBatch, Keys
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.passes import Readout, encode
from vecocli.training.gather import everywhere

PREFIX = "keys/"
"""Of the names of the tensors that a checkpoint keeps."""
_COPY, _NEXT = PREFIX + "copy/", PREFIX + "next"


class KeyQueue:
    """The copy and its queue; the same in all processes.

    Args:
        encoder: What the copy follows.
        readout: Where sentence vectors are read.
        precision: Arithmetic of the layers.
        momentum: How much of the copy stays at each step, in [0, 1).

    Attributes:
        encoder: The copy.

    Source: momentum contrast as in InfoXLM (arXiv 2007.07834): queue 131,072, momentum 0.9999 (base) or 0.999 (large).
    """

    def __init__(self, encoder: Encoder, readout: Readout, precision: Precision, momentum: float) -> None:
        self._followed, self.encoder = encoder, deepcopy(encoder).requires_grad_(False).eval()
        self._readout, self._precision, self._momentum = readout, precision, momentum
        self._queue: Keys | None = None
        self._next = 0  # place of the oldest keys, which the next step's replace
        self._new: list[Keys] = []

    def fill(self, parts: Iterable[AlignedBatch]) -> None:
        """Make the queue before the training begins; its size is a whole number of steps.

        Args:
            parts: This process's parts of as many steps as it is to hold.
        """
        for part in parts:
            self._add(part)
        self._queue = self._taken()

    def attach(self, encoded: EncodedBatch, batch: AlignedBatch) -> EncodedBatch:
        """Give a batch its keys and the queue; before this is filled, the batch's own keys stand for it."""
        keys = self._add(batch)
        return replace(encoded, keys=keys, queue=self._queue or keys)

    def forget(self) -> None:
        """Leave keys out of the queue that were computed for no step, or for one that was not taken."""
        self._new.clear()

    @torch.no_grad()
    def after_step(self) -> None:
        """Let the copy follow the encoder by one step, and put the step's keys into the queue for the oldest ones."""
        for copied, weight in zip(self.encoder.parameters(), self._followed.parameters(), strict=True):
            copied.lerp_(weight, 1 - self._momentum)
        assert self._queue is not None
        new = self._taken()
        for kept, keys in zip(self._queue, new, strict=True):
            kept[self._next : self._next + len(keys)] = keys
        self._next = (self._next + len(new.source)) % len(self._queue.source)

    @torch.no_grad()
    def _add(self, batch: AlignedBatch) -> Keys:
        """Compute the keys of B pairs."""
        found = encode(self.encoder, batch, frozenset({"sentences"}), self._readout, self._precision)
        assert found.source_sentences is not None and found.target_sentences is not None
        keys = Keys(found.source_sentences, found.target_sentences, found.source_hashes, found.target_hashes)
        self._new.append(keys)
        return keys

    def _taken(self) -> Keys:
        """The new keys of all processes."""
        keys = Keys(*(torch.cat(everywhere(torch.cat(tensors))) for tensors in zip(*self._new, strict=True)))
        self._new.clear()
        return keys

    def tensors(self) -> list[Tensor]:
        """Return the copy's weights and what the queue holds."""
        return [*(weight.data for weight in self.encoder.parameters()), *(self._queue or ())]

    def state(self) -> dict[str, Tensor]:
        """Return what a checkpoint keeps."""
        tensors = {_COPY + name: weight.data for name, weight in self.encoder.named_parameters()}
        tensors |= {PREFIX + name: tensor for name, tensor in self._queue._asdict().items()} if self._queue else {}
        tensors[_NEXT] = torch.tensor(self._next)
        return {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}

    def load(self, tensors: Mapping[str, Tensor]) -> None:
        """Go on from what `state` gave."""
        for name, weight in self.encoder.named_parameters():
            weight.data.copy_(tensors[_COPY + name])
        self._queue = Keys(*(tensors[PREFIX + name].to(self.encoder.device) for name in Keys._fields))
        self._next = int(tensors[_NEXT])

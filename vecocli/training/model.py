"""The module that is trained."""

from torch import nn

from vecocli.encoder.batches import AlignedBatch
from vecocli.encoder.devices import Precision
from vecocli.encoder.encoded import EncodedBatch, Need
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.passes import Readout, encode
from vecocli.training.keys import KeyQueue


class Passes(nn.Module):
    """The encoder as one module whose forward runs all passes of a batch.

    Args:
        encoder: The encoder.
        readout: Where vectors are read.
        precision: Arithmetic of the layers.
        keys: What sentence vectors are compared with beyond the batch.
    """

    def __init__(self, encoder: Encoder, readout: Readout, precision: Precision, keys: KeyQueue | None = None) -> None:
        super().__init__()
        self.encoder = encoder
        self.readout = readout
        self.precision = precision
        self.keys = keys

    def forward(self, batch: AlignedBatch, needs: frozenset[Need]) -> EncodedBatch:
        """Run the passes that give what is needed."""
        encoded = encode(self.encoder, batch, needs - {"keys"}, self.readout, self.precision)
        return encoded if self.keys is None or "keys" not in needs else self.keys.attach(encoded, batch)

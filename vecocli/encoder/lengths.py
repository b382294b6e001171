"""Which texts are too long for an encoder."""

from collections.abc import Sequence

from vecocli.encoder.encoder import Encoder
from vecocli.encoder.inference import room


def count_truncated(encoder: Encoder, texts: Sequence[str], max_length: int) -> int:
    """Count the texts that inference cuts.

    Args:
        encoder: The encoder; its own limit holds where it is lower.
        texts: Any number of texts.
        max_length: Most sub-words a text may have, special tokens included.
    """
    most = room(encoder, max_length)
    return sum(len(pieces.ids) > most for pieces in encoder.tokens.pieces(texts))

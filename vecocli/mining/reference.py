"""simalign itself as an aligner: the reference that `argmax` is measured against, one sentence pair at a time."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from vecocli.encoder.opening import quiet_transformers
from vecocli.mining.aligner import Aligned, Listed, WordLink
from vecocli.mining.units import Unit
from vecocli.mining.words import WordedPair

SIMALIGN = "simalign"
UNITS = {"subword": "bpe", "word": "word"}


class SimalignAligner:
    """Aligns with the library simalign by its Argmax (`inter`); the links have no similarity and no evidence.

    Args:
        model: Folder or Hub name.
        layer: Layer to read, 0 for the embeddings; None for two thirds up.
        unit: `subword` or `word`.
        distortion: As in `AlignerSettings`.

    Attributes:
        layer: The layer that is read.
        long: None is counted: simalign cuts long sentences without a word.
    """

    def __init__(self, model: str, layer: int | None, unit: Unit = "subword", distortion: float = 0.0) -> None:
        quiet_transformers()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from simalign import SentenceAligner
            from transformers import AutoConfig

            logging.getLogger("simalign.simalign").setLevel(logging.WARNING)
            if layer is None:
                layer = round(AutoConfig.from_pretrained(model).num_hidden_layers * 2 / 3)
            self.layer = layer
            self._peer: Any = SentenceAligner(
                model=model, token_type=UNITS[unit], distortion=distortion, matching_methods="a", layer=layer
            )
        self.long = 0

    def align(
        self, pairs: Sequence[WordedPair], listed: Sequence[Listed] | None = None
    ) -> Iterator[tuple[int, Aligned]]:
        """Link the words of sentence pairs, as `Aligner.align` does; a pair with an empty side gets no links.

        Args:
            pairs: N sentence pairs with their words.
            listed: Not used: simalign knows no dictionary.
        """
        for index, pair in enumerate(pairs):
            source = [pair.source[a:b] for a, b in pair.source_words]
            target = [pair.target[a:b] for a, b in pair.target_words]
            found = self._peer.get_word_aligns(source, target)["inter"] if source and target else []
            yield index, [[WordLink(i, j, float("nan"), 0.0) for i, j in found]]

"""Translation language modelling: MLM on a sentence and its translation read as one input, both sides corrupted.

A hidden word can be guessed from its translation, which ties the languages' states together. Alone it does not make
sentence vectors comparable: `sequence` does. Source: XLM (arXiv 1901.07291, section 3.3).
"""

from dataclasses import dataclass

from vecocli.encoder.encoded import EncodedBatch, Need
from vecocli.objectives import Loss, Scope
from vecocli.objectives.functional.masked import prediction_loss


@dataclass(frozen=True, slots=True)
class Objective:
    """Cross-entropy at the masked positions of joined pairs."""

    needs: frozenset[Need] = frozenset({"tlm"})
    scope: Scope = "pair"

    def __call__(self, batch: EncodedBatch) -> Loss:
        """Compute the loss of one batch."""
        return prediction_loss(batch.tlm)

"""Masked language modelling on single sentences: -mean log p(sub-word | its corrupted sentence).

Reads the monolingual text where there is some, else each side of the pairs by itself. Its sibling `tlm` lets the other
language help. Source: BERT (arXiv 1810.04805), kept by VECO 2.0 (arXiv 2304.08205).
"""

from dataclasses import dataclass

from vecocli.encoder.encoded import EncodedBatch, Need
from vecocli.objectives import Loss, Scope
from vecocli.objectives.functional.masked import prediction_loss


@dataclass(frozen=True, slots=True)
class Objective:
    """Cross-entropy at the masked positions of single sentences."""

    needs: frozenset[Need] = frozenset({"mlm"})
    scope: Scope = "pair"

    def __call__(self, batch: EncodedBatch) -> Loss:
        """Compute the loss of one batch."""
        return prediction_loss(batch.mlm)

"""Aligned word prediction: -mean log p(sub-word of the translation | the sentence with the linked word hidden).

A linked word of a single sentence is hidden behind as many mask tokens as its partner in the other language has
sub-words, and these are to be predicted there: the sentence is read in one language and completed in the other. Its
sibling `mlm` predicts the word itself, `tlm` sees the other sentence. Source: aligned word prediction of WACSE
(arXiv 2404.02490), with a dictionary's links also DICT-MLM (arXiv 2010.12566); both are known here by description only,
so that the form is this project's reading.
"""

from dataclasses import dataclass

from vecocli.encoder.encoded import EncodedBatch, Need
from vecocli.objectives import Loss, Scope
from vecocli.objectives.functional.masked import prediction_loss


@dataclass(frozen=True, slots=True)
class Objective:
    """Cross-entropy of translations in the place of hidden words."""

    needs: frozenset[Need] = frozenset({"aligned"})
    scope: Scope = "pair"

    def __call__(self, batch: EncodedBatch) -> Loss:
        """Compute the loss of one batch."""
        return prediction_loss(batch.aligned)

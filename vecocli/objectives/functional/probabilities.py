"""Alignment probabilities of a pair's units, as awesome-align reads them off an encoder. Shapes: B pairs, U units."""

import torch
from torch import Tensor

from vecocli.encoder.encoded import EncodedBatch
from vecocli.objectives.functional.infonce import NONE, compare


def link_probabilities(batch: EncodedBatch) -> tuple[Tensor, Tensor]:
    """How probable each unit of one side holds each unit of the other to be its translation.

    Returns:
        p(y_j | x_i) and p(x_i | y_j), each [B, U, U] with rows i and columns j; 0 where there is no unit.

    Raises:
        ValueError: The pass that gives unit vectors was not run.

    Source: awesome-align (arXiv 2101.08231 and its code): softmax of dot products, not scaled.
    """
    if batch.source_units is None or batch.target_units is None:
        raise ValueError("the forward pass of this objective was not run")
    rows, columns = (batch.source_forms != 0).unsqueeze(2), (batch.target_forms != 0).unsqueeze(1)
    logits = compare(batch.source_units, batch.target_units, "dot")
    forward = logits.masked_fill(~columns, NONE).softmax(2)
    backward = logits.masked_fill(~rows, NONE).softmax(1)
    nowhere = ~(rows & columns)
    return forward.masked_fill(nowhere, 0.0), backward.masked_fill(nowhere, 0.0)


def sizes(batch: EncodedBatch) -> tuple[Tensor, Tensor]:
    """Units of each side, [B] each."""
    return (batch.source_forms != 0).sum(1), (batch.target_forms != 0).sum(1)


def linked(batch: EncodedBatch) -> Tensor:
    """The mined links as a matrix, [B, U, U] bool."""
    matrix = torch.zeros(*batch.source_forms.shape, batch.target_forms.shape[1], dtype=torch.bool)
    matrix = matrix.to(batch.links.device)
    matrix[batch.links.unbind(1)] = True
    return matrix

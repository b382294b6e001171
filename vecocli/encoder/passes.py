"""Forward passes: each is run once, and only if an enabled objective asks for it.

Shapes: B pairs, S sub-words, U units, H hidden, N masked positions, V vocabulary, L links.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from vecocli.encoder.batches import AlignedBatch
from vecocli.encoder.devices import Precision, at_least_fp32, autocast
from vecocli.encoder.encoder import Encoder, Inputs, Pooling, pool

Pass = Literal["separate", "masked", "joint"]


@dataclass(frozen=True, slots=True)
class Prediction:
    """Masked positions only: logits [N, V] and the right ids [N]."""

    logits: Tensor
    labels: Tensor


@dataclass(frozen=True, slots=True)
class EncodedBatch:
    """What the objectives see; a part is None when no objective asked for it.

    Args:
        source_sentences: [B, H] sentence vectors; likewise `target_sentences`.
        source_units: [B, U, H] word or phrase vectors; likewise `target_units`.
        source_forms: [B, U] surface-form hashes, 0 where there is no unit; likewise `target_forms`.
        source_hashes: [B] sentence hashes; likewise `target_hashes`.
        links: [L, 3] (pair, source unit, target unit).
        mlm: Predictions at the masked positions of single sentences.
        tlm: Predictions at the masked positions of joined pairs.
    """

    source_forms: Tensor
    target_forms: Tensor
    source_hashes: Tensor
    target_hashes: Tensor
    links: Tensor
    source_sentences: Tensor | None = None
    target_sentences: Tensor | None = None
    source_units: Tensor | None = None
    target_units: Tensor | None = None
    mlm: Prediction | None = None
    tlm: Prediction | None = None


@dataclass(frozen=True, slots=True)
class Readout:
    """Where vectors are read from the hidden states.

    Args:
        sentence_layer: Layer of the sentence vectors; -1 is the last.
        sentence_pooling: `mean` over the positions or the `first` one.
        token_layer: Layer of the unit vectors.
        token_pooling: `mean` over a unit's sub-words or its `first` one.
    """

    sentence_layer: int = -1
    sentence_pooling: Pooling = "mean"
    token_layer: int = -1
    token_pooling: Pooling = "mean"


def encode(
    encoder: Encoder, batch: AlignedBatch, needs: frozenset[Pass], readout: Readout, precision: Precision = "fp32"
) -> EncodedBatch:
    """Run the passes that `needs` names.

    Args:
        encoder: The encoder.
        batch: B pairs.
        needs: The union of what the objectives need.
        readout: Where vectors are read.
        precision: Arithmetic of the layers; vectors and everything after them are at least fp32.
    """
    source_forms, target_forms = batch.forms.chunk(2)
    source_hashes, target_hashes = batch.sentences.chunk(2)
    found: dict[str, Tensor | None] = {}
    if "separate" in needs:
        with autocast(encoder.device, precision):
            states = encoder.hidden_states(batch.separate)
        whole, parts = states[encoder.layer(readout.sentence_layer)], states[encoder.layer(readout.token_layer)]
        sentences = pool(at_least_fp32(whole), batch.separate.mask, readout.sentence_pooling)
        units = pool_units(at_least_fp32(parts), batch.units, batch.forms.shape[1], readout.token_pooling)
        found["source_sentences"], found["target_sentences"] = sentences.chunk(2)
        found["source_units"], found["target_units"] = units.chunk(2)
    return EncodedBatch(
        source_forms,
        target_forms,
        source_hashes,
        target_hashes,
        batch.links,
        **found,
        mlm=_predict(encoder, batch.masked, precision) if "masked" in needs else None,
        tlm=_predict(encoder, batch.joint, precision) if "joint" in needs else None,
    )


def pool_units(states: Tensor, units: Tensor, count: int, pooling: Pooling) -> Tensor:
    """Unit vectors [R, U, H] from states [R, S, H].

    Args:
        states: Hidden states of one layer.
        units: [R, S] unit index per sub-word, -1 for none.
        count: U.
        pooling: `mean` of a unit's sub-words (SimAlign's word mode) or the `first` one.

    Returns:
        Zero vectors where a unit has no sub-word.
    """
    member = units.unsqueeze(1) == torch.arange(count, device=units.device).view(1, -1, 1)  # [R, U, S]
    if pooling == "first":
        member = member & (member.cumsum(-1) == 1)
    weights = member.to(states.dtype)
    return (weights / weights.sum(-1, keepdim=True).clamp(min=1)) @ states


def _predict(encoder: Encoder, inputs: Inputs | None, precision: Precision) -> Prediction:
    """Predict only where a label stands: the logits of other positions are never computed."""
    if inputs is None or inputs.labels is None:
        raise ValueError("the batch was built without labels")
    chosen = inputs.labels != -100
    with autocast(encoder.device, precision):
        logits = encoder.mlm_logits(encoder.hidden_states(inputs)[-1][chosen])
    return Prediction(logits, inputs.labels[chosen])

"""The masked-language head of a Hugging Face model, applied to chosen states only.

`AutoModelForMaskedLM` computes logits at every position; with a vocabulary of 250,000 that is nine tenths of a
training step. Each model family names its head differently; this file knows the names.
"""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

Head = Callable[[Tensor], Tensor]


def find_head(model: nn.Module) -> Head | None:
    """Return the function [N, H] states -> [N, V] logits of a `...ForMaskedLM` model, None where it has none."""
    for name in ("lm_head", "cls", "predictions"):  # RoBERTa, XLM-R, MPNet, ESM; BERT, DeBERTa, RemBERT; ALBERT
        if isinstance(head := getattr(model, name, None), nn.Module):
            return head
    if _has(model, "head", "decoder"):  # ModernBERT, mmBERT
        return lambda states: model.decoder(model.head(states))  # type: ignore[operator]
    if _has(model, "vocab_transform", "vocab_layer_norm", "vocab_projector"):
        return lambda states: _distil(model, states)
    if _has(model, "generator_predictions", "generator_lm_head"):  # ELECTRA
        return lambda states: model.generator_lm_head(model.generator_predictions(states))  # type: ignore[operator]
    if _has(model, "lm_predictions"):  # DeBERTa with its own, not BERT's, head
        return lambda states: model.lm_predictions(states, model.get_input_embeddings())  # type: ignore[operator]
    return None


def _distil(model: Any, states: Tensor) -> Tensor:
    logits: Tensor = model.vocab_projector(model.vocab_layer_norm(model.activation(model.vocab_transform(states))))
    return logits


def _has(model: nn.Module, *names: str) -> bool:
    return all(isinstance(getattr(model, name, None), nn.Module) for name in names)

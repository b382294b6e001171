"""The masked-language head of a Hugging Face model, applied to chosen states only.

`AutoModelForMaskedLM` computes logits at every position; with a vocabulary of 250,000 that is nine tenths of a
training step. Each model family names its head differently; this file knows the names.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vecocli.encoder.layers import reading
from vecocli.encoder.vocabulary import loss_by_rows, vocabulary_loss
from vecocli.errors import UsageError

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


def need_head(model: nn.Module) -> Head:
    """Return what `find_head` finds.

    Raises:
        UsageError: The model has no masked-language head.
    """
    head = find_head(model)
    if head is None:
        raise UsageError(f"{type(model).__name__} has no masked-language head", "Leave out mlm and tlm.")
    return head


def find_decoder(model: nn.Module, width: int) -> nn.Linear | None:
    """Return the linear layer that a head ends in, tried out on two states; None where it ends in something else.

    Args:
        model: A `...ForMaskedLM` model.
        width: H.
    """
    head = need_head(model)
    weight = next(model.parameters())
    angles = torch.arange(2 * width, device=weight.device).reshape(2, width)
    states = angles.cos().to(weight.dtype)
    # outside autocast, which would keep its copies of the weights, made here without a gradient, for later passes
    with torch.no_grad(), torch.autocast(weight.device.type, enabled=False):
        logits = head(states)
        for module in model.modules():
            if not isinstance(module, nn.Linear) or module.out_features != logits.shape[1]:
                continue
            below = _below(head, module, states)
            if below is not None and torch.equal(F.linear(below, module.weight, module.bias), logits):
                return module
    return None


def head_loss(head: Head, decoder: nn.Linear | None, states: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Cross-entropy of a head's predictions, without all logits at once.

    Args:
        head: From `need_head`.
        decoder: From `find_decoder`.
        states: [N, H]; N may be 0.
        labels: [N] int64 vocabulary ids.

    Returns:
        The losses [N] in fp32 or better, and whether each label has the highest logit [N].
    """
    below = None if decoder is None else _below(head, decoder, states)
    if decoder is None or below is None:
        return loss_by_rows(head, states, labels)
    return vocabulary_loss(below, decoder.weight, decoder.bias, labels)


def _below(head: Head, decoder: nn.Linear, states: Tensor) -> Tensor | None:
    """What flows into a head's last layer, which is not run; None where it never gets there."""
    with reading(nn.ModuleList([decoder]), [0], stop=True) as read:
        return read(lambda: head(states)).get(0)


def _distil(model: Any, states: Tensor) -> Tensor:
    logits: Tensor = model.vocab_projector(model.vocab_layer_norm(model.activation(model.vocab_transform(states))))
    return logits


def _has(model: nn.Module, *names: str) -> bool:
    return all(isinstance(getattr(model, name, None), nn.Module) for name in names)

"""How an encoder's layers run in training: with their inner states computed again, or compiled."""

import torch
from torch import nn

from vecocli.encoder.encoder import Encoder
from vecocli.errors import MissingError, UsageError

_RECORDERS = "transformers.utils.output_capturing"


def recompute(encoder: Encoder) -> None:
    """Keep only what flows into each layer for the backward pass, and compute the rest there again.

    Source: Chen et al. 2016 (arXiv 1604.06174), as transformers has it.

    Raises:
        UsageError: The model cannot do so.
    """
    model = encoder.model
    if not model.supports_gradient_checkpointing:
        hint = "Leave out --gradient-checkpointing; a smaller --tokens-per-batch takes less memory too."
        raise UsageError(f"{type(model).__name__} cannot compute its layers again", hint)
    enable = getattr(model, "activation_checkpointing_enable", None) or model.gradient_checkpointing_enable
    enable({"use_reentrant": False})  # the other kind loses the gradients of what lies above frozen weights


def compile_layers(encoder: Encoder) -> None:
    """Compile each layer for inputs of any size, at its first run; its weights keep their names.

    Raises:
        MissingError: There is no C++ compiler for a model on the CPU.
    """
    if encoder.device.type == "cpu":
        _need_compiler()
    for layer in encoder.modules_below([-1]):
        if layer is not encoder.model.base_model:
            _unhook(layer)
        # what runs, not the call of it: transformers reads hidden states by hooks, which the compiler cannot follow
        layer.forward = torch.compile(layer.forward, dynamic=True)


def _unhook(layer: nn.Module) -> None:
    """Take away what transformers put into a layer to record attention, which nobody asks for here."""
    for module in layer.modules():
        for number, hook in list(module._forward_hooks.items()):
            if module is not layer and getattr(hook, "__module__", "") == _RECORDERS:
                del module._forward_hooks[number]


def _need_compiler() -> None:
    from torch._inductor.cpp_builder import get_cpp_compiler
    from torch._inductor.exc import InvalidCxxCompiler

    try:
        get_cpp_compiler()
    except (InvalidCxxCompiler, RuntimeError) as error:
        hint = "Install g++ or clang, or leave out --compile."
        raise MissingError("--compile needs a C++ compiler on the CPU", hint) from error

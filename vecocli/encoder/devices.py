"""Which device to compute on, and in which arithmetic."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Literal

import torch
from torch import Tensor

Precision = Literal["fp32", "bf16"]


def best_device() -> torch.device:
    """The accelerator if there is one, else the CPU."""
    return torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")


def has_bf16(device: torch.device) -> bool:
    """Whether the device multiplies bf16 matrices in hardware."""
    if device.type == "cpu":
        features: Mapping[str, object] = getattr(torch.cpu, "get_capabilities", dict)()  # older PyTorch cannot tell
        return bool(features.get("amx_bf16") or features.get("avx512_bf16"))
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return False


def choose_precision(wanted: Literal["auto", "bf16", "fp32"], device: torch.device) -> Precision:
    """Resolve `auto` to bf16 where the hardware has it."""
    if wanted == "auto":
        return "bf16" if has_bf16(device) else "fp32"
    return wanted


def at_least_fp32(tensor: Tensor) -> Tensor:
    """The tensor itself, or its fp32 copy when it is of a half type."""
    return tensor.float() if tensor.dtype.itemsize < 4 else tensor


def autocast(device: torch.device, precision: Precision) -> AbstractContextManager[object]:
    """The context in which a forward pass runs at the given precision."""
    return torch.autocast(device.type, torch.bfloat16) if precision == "bf16" else nullcontext()

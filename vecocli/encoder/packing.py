"""Linear layers on weights that are laid out for the CPU's matrix kernels: for inference, about a sixth faster.

PyTorch's compiler does the same for frozen models; this is that one step of it, without compiling. The operations are
oneDNN's, which PyTorch ships but does not document: where they are missing or refuse, everything stays as it was.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from vecocli.encoder.devices import Precision


class _Packed:
    """The weights of one layer in both layouts; packed anew where they were changed in between."""

    def __init__(self, linear: nn.Linear, dtype: torch.dtype) -> None:
        self.dtype = dtype
        self._made_of = _state(linear)
        self._weight = torch.ops.mkldnn._reorder_linear_weight(linear.weight.detach().to(dtype))
        self._bias = None if linear.bias is None else linear.bias.detach().to(dtype)

    def fits(self, linear: nn.Linear, dtype: torch.dtype) -> bool:
        """Return whether these are still the weights of the layer."""
        return self.dtype == dtype and self._made_of == _state(linear)

    def __call__(self, states: Tensor) -> Tensor:
        """Do what the layer does: [..., H] -> [..., O]."""
        given = states.to(self.dtype)
        found: Tensor = torch.ops.mkldnn._linear_pointwise(given, self._weight, self._bias, "none", [], "")
        return found


_PACKED: WeakKeyDictionary[nn.Linear, _Packed] = WeakKeyDictionary()


@contextmanager
def packed(modules: Iterable[nn.Module], precision: Precision) -> Iterator[None]:
    """Let the linear layers of some modules run on packed weights while the block runs; without gradients only.

    Args:
        modules: What is run; other layers in them are left alone, and so are linear layers of other kinds, such as
            adapted or quantised ones.
        precision: What the block computes in.
    """
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    changed: list[Any] = []
    try:
        for linear in _linears(modules):
            linear.forward = _pack(linear, dtype)
            changed.append(linear)
    except (AttributeError, RuntimeError):  # no such operations in this build, or not for this processor
        pass
    try:
        yield
    finally:
        for linear in changed:
            del linear.forward


def forget(model: nn.Module) -> None:
    """Let go of the packed weights of a model that an optimiser has changed: fused ones leave no trace of it."""
    for module in model.modules():
        if isinstance(module, nn.Linear):
            _PACKED.pop(module, None)


def _linears(modules: Iterable[nn.Module]) -> list[Any]:
    """Return the plain linear layers on a CPU in fp32 that nobody else has touched."""
    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return []
    inner = {id(one): one for module in modules for one in module.modules() if type(one) is nn.Linear}
    return [
        one
        for one in inner.values()
        if one.weight.device.type == "cpu" and one.weight.dtype == torch.float32 and "forward" not in vars(one)
    ]


def _pack(linear: nn.Linear, dtype: torch.dtype) -> _Packed:
    """Pack a layer, unless that is done."""
    known = _PACKED.get(linear)
    if known is None or not known.fits(linear, dtype):
        known = _PACKED[linear] = _Packed(linear, dtype)
    return known


def _state(linear: nn.Linear) -> tuple[int, ...]:
    """Tell weights apart: where they are, and how often they were changed there."""
    tensors = [linear.weight] if linear.bias is None else [linear.weight, linear.bias]
    return tuple(value for tensor in tensors for value in (tensor.data_ptr(), tensor._version))

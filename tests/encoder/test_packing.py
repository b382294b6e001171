from typing import Any

import pytest
import torch
from torch import nn

from vecocli.encoder import packing
from vecocli.encoder.devices import autocast
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.inference import sentence_vectors
from vecocli.encoder.packing import packed

CPU = torch.device("cpu")
X = torch.randn(3, 5, 8, generator=torch.Generator().manual_seed(0))

needs_onednn = pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="this PyTorch has no oneDNN")


def linear(bias: bool = True) -> nn.Linear:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        return nn.Linear(8, 6, bias=bias)


@needs_onednn
@pytest.mark.parametrize("bias", [True, False])
def test_computes_the_same(bias: bool) -> None:
    layer = linear(bias)
    expected = layer(X)
    with torch.no_grad(), packed([nn.Sequential(layer)], "fp32"):
        assert isinstance(vars(layer)["forward"], packing._Packed)
        torch.testing.assert_close(layer(X), expected)
    assert "forward" not in vars(layer)
    assert torch.equal(layer(X), expected)


@needs_onednn
def test_bf16_is_that_of_autocast() -> None:
    layer = linear()
    with torch.no_grad(), autocast(CPU, "bf16"):
        expected = layer(X)
        with packed([layer], "bf16"):
            found = layer(X)
    assert found.dtype == expected.dtype == torch.bfloat16
    torch.testing.assert_close(found, expected)


@needs_onednn
def test_changed_weights_are_packed_anew() -> None:
    layer = linear()
    with torch.inference_mode(), packed([layer], "fp32"):
        before = layer(X)
    with torch.no_grad():
        layer.bias += 1
    with torch.inference_mode(), packed([layer], "fp32"):
        torch.testing.assert_close(layer(X), before + 1)
    layer.weight.data = layer.weight.data * 2
    with torch.inference_mode(), packed([layer], "fp32"):
        packed_now = layer(X)
    torch.testing.assert_close(packed_now, layer(X))


@needs_onednn
def test_weights_are_packed_once() -> None:
    layer = linear()
    found = []
    for _ in range(2):
        with packed([layer, layer], "fp32"):
            found.append(vars(layer)["forward"])
    assert found[0] is found[1]


class Adapted(nn.Linear):
    """A linear layer of another kind."""


def test_others_are_left_alone() -> None:
    half, adapted, taken = linear().double(), Adapted(8, 6), linear()
    taken.forward = lambda states: states  # type: ignore[method-assign]
    with packed([half, adapted, taken, nn.LayerNorm(8)], "fp32"):
        assert "forward" not in vars(half)
        assert "forward" not in vars(adapted)
    assert taken(X) is X


def test_where_the_operations_are_missing_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise RuntimeError("not for this processor")

    monkeypatch.setattr(packing, "_pack", refuse)
    layer = linear()
    expected = layer(X)
    with packed([layer], "fp32"):
        assert torch.equal(layer(X), expected)
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    with packed([layer], "fp32"):
        assert torch.equal(layer(X), expected)


def test_an_error_leaves_nothing_behind() -> None:
    layer = linear()
    with pytest.raises(KeyError), packed([layer], "fp32"):
        raise KeyError
    assert "forward" not in vars(layer)


@needs_onednn
def test_only_the_layers_that_run_are_packed(tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[nn.Module] = []
    whole = packing._pack
    monkeypatch.setattr(packing, "_pack", lambda one, dtype: seen.append(one) or whole(one, dtype))
    sentence_vectors(tiny_encoder, ["the house"], layers=[1])
    first = [one for one in tiny_encoder.model.base_model.encoder.layer[0].modules() if isinstance(one, nn.Linear)]
    assert seen == first
    seen.clear()
    sentence_vectors(tiny_encoder, ["the house"], layers=[0, -1])
    assert len(seen) == 2 * len(first)


@needs_onednn
def test_what_a_fused_optimiser_changes_is_packed_anew_once_forgotten() -> None:
    """Fused AdamW does not count as a change of the tensor."""
    layer = linear()
    with packed([layer], "fp32"):
        before = layer(X)
    optimiser = torch.optim.AdamW(layer.parameters(), lr=0.5, fused=True)
    for weight in layer.parameters():
        weight.grad = torch.ones_like(weight)
    optimiser.step()
    packing.forget(layer)
    with torch.no_grad(), packed([layer], "fp32"):
        after = layer(X)
    torch.testing.assert_close(after, layer(X))
    assert not torch.allclose(before, after)

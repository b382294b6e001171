from types import SimpleNamespace

import pytest
import torch

from vecocli.encoder.devices import at_least_fp32, autocast, best_device, choose_precision, has_bf16

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


def test_the_accelerator_must_be_there_at_run_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build of PyTorch for CUDA on a machine without a GPU: the build has an accelerator, the machine none."""

    def current(check_available: bool = False) -> torch.device | None:
        return None if check_available else CUDA

    monkeypatch.setattr(torch.accelerator, "current_accelerator", current)
    assert best_device() == CPU
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available=False: CUDA)
    assert best_device() == CUDA


@pytest.mark.parametrize(
    ("features", "has"),
    [({"amx_bf16": True}, True), ({"avx512_bf16": True}, True), ({"avx2": True}, False), ({}, False)],
)
def test_bf16_on_a_cpu(monkeypatch: pytest.MonkeyPatch, features: dict[str, bool], has: bool) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: features, raising=False)
    assert has_bf16(CPU) is has
    assert choose_precision("auto", CPU) == ("bf16" if has else "fp32")


def test_a_pytorch_that_cannot_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert not has_bf16(CPU)


def test_bf16_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "cuda", SimpleNamespace(is_bf16_supported=lambda including_emulation: True))
    assert has_bf16(CUDA)
    assert not has_bf16(torch.device("mps"))


def test_what_the_user_says_holds() -> None:
    assert choose_precision("bf16", torch.device("mps")) == "bf16"
    assert choose_precision("fp32", CPU) == "fp32"


def test_autocast() -> None:
    left = torch.ones(2, 2)
    with autocast(CPU, "bf16"):
        assert (left @ left).dtype == torch.bfloat16
    with autocast(CPU, "fp32"):
        assert (left @ left).dtype == torch.float32


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("float16", "float32"), ("bfloat16", "float32"), ("float32", "float32"), ("float64", "float64")],
)
def test_at_least_fp32(given: str, wanted: str) -> None:
    tensor = torch.ones(2, dtype=getattr(torch, given))
    assert at_least_fp32(tensor).dtype == getattr(torch, wanted)
    assert (at_least_fp32(tensor) is tensor) == (given == wanted)

from collections.abc import Iterator
from copy import deepcopy
from functools import partial
from pathlib import Path
from shutil import which

import pytest
import torch

from vecocli.encoder.encoder import Encoder, Inputs
from vecocli.encoder.modes import compile_layers, recompute
from vecocli.errors import MissingError, UsageError

JIT = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning", "ignore:The .grad attribute:UserWarning")


def inputs(rows: int, width: int) -> Inputs:
    ids = torch.randint(5, 400, (rows, width), generator=torch.Generator().manual_seed(rows))
    return Inputs(ids, torch.ones_like(ids, dtype=torch.bool))


def gradients(encoder: Encoder, rows: int, width: int) -> tuple[dict[str, torch.Tensor], int]:
    """Gradients of something that reads two layers, and the bytes that were kept for them."""
    encoder.train().zero_grad()
    torch.manual_seed(7)
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.data_ptr()] = tensor.nbytes
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        states = encoder.hidden_states(inputs(rows, width))
        value = states[-1].sin().sum() + states[1].cos().sum()
    value.backward()
    found = {name: weight.grad.clone() for name, weight in encoder.named_parameters() if weight.grad is not None}
    return found, sum(kept.values())


def close(ours: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor]) -> bool:
    same = (torch.allclose(ours[name], theirs[name], rtol=1e-5, atol=1e-5) for name in ours)
    return ours.keys() == theirs.keys() and all(same)


def test_recomputed_layers_keep_less(tiny_model: Path) -> None:
    plain, encoder = Encoder.load(tiny_model, dropout=0.2), Encoder.load(tiny_model, dropout=0.2)
    recompute(encoder)
    expected, whole = gradients(plain, 8, 40)
    found, kept = gradients(encoder, 8, 40)
    assert close(found, expected)
    assert kept < 0.5 * whole
    with torch.no_grad():
        plain.eval(), encoder.eval()
        assert torch.equal(encoder.states_at(inputs(2, 5), [1])[0], plain.states_at(inputs(2, 5), [1])[0])


def test_a_model_that_cannot(tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(tiny_encoder.model), "supports_gradient_checkpointing", False)
    with pytest.raises(UsageError, match="XLMRobertaForMaskedLM cannot compute its layers again"):
        recompute(tiny_encoder)


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The compiler follows the code and stops at what it cannot follow, but makes none of its own."""
    torch._dynamo.reset()
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend="eager", fullgraph=True))
    yield
    torch._dynamo.reset()


@JIT
@pytest.mark.usefixtures("followed")
@pytest.mark.parametrize("again", [False, True])
def test_the_compiler_can_follow_a_layer(tiny_model: Path, again: bool) -> None:
    plain, encoder = Encoder.load(tiny_model, dropout=0.0), Encoder.load(tiny_model, dropout=0.0)
    names = set(encoder.state_dict())
    if again:
        recompute(encoder)
    compile_layers(encoder)
    for rows, width in ((3, 7), (5, 9), (4, 12)):
        assert close(gradients(encoder, rows, width)[0], gradients(plain, rows, width)[0])
    with torch.no_grad():
        found, expected = (one.eval().states_at(inputs(2, 5), [1]) for one in (encoder, plain))
    assert torch.allclose(found[0], expected[0], atol=1e-6)
    assert set(encoder.state_dict()) == names == set(deepcopy(encoder).state_dict())


def test_without_a_compiler(tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    from torch._inductor import cpp_builder

    def missing() -> str:
        raise RuntimeError("none")

    monkeypatch.setattr(cpp_builder, "get_cpp_compiler", missing)
    with pytest.raises(MissingError, match=r"needs a C\+\+ compiler") as caught:
        compile_layers(tiny_encoder)
    assert "g++" in caught.value.hint


@JIT
@pytest.mark.slow
@pytest.mark.skipif(which("g++") is None, reason="there is no C++ compiler")
def test_compiled_layers_give_the_same(tiny_model: Path) -> None:
    plain, encoder = Encoder.load(tiny_model, dropout=0.0), Encoder.load(tiny_model, dropout=0.0)
    compile_layers(encoder)
    for rows, width in ((3, 7), (5, 9)):
        assert close(gradients(encoder, rows, width)[0], gradients(plain, rows, width)[0])

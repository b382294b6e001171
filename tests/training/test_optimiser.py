import pytest
import torch
from torch import nn

from vecocli.training.optimiser import adamw, export_state, import_state, rate_at


def test_linear_rises_and_falls_to_nothing() -> None:
    assert [rate_at(p, 0.2, "linear") for p in (0.0, 0.1, 0.2, 0.6, 1.0)] == pytest.approx([0, 0.5, 1, 0.5, 0])


def test_cosine_and_constant() -> None:
    assert [rate_at(p, 0.0, "cosine") for p in (0.0, 0.5, 1.0)] == pytest.approx([1, 0.5, 0])
    assert [rate_at(p, 0.5, "constant") for p in (0.25, 0.5, 1.0)] == pytest.approx([0.5, 1, 1])
    assert rate_at(1.5, 0.0, "linear") == 0.0


def test_biases_and_norms_are_not_decayed() -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.LayerNorm(3))
    optimiser = adamw(model, 0.1, 0.5)
    before = [weight.detach().clone() for weight in model.parameters()]
    for weight in model.parameters():
        weight.grad = torch.zeros_like(weight)
    optimiser.step()
    after = list(model.parameters())
    assert torch.allclose(after[0], before[0] * (1 - 0.1 * 0.5))
    assert all(torch.equal(new, old) for new, old in zip(after[1:], before[1:], strict=True))


def trained(steps: int) -> tuple[nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(0)
    model = nn.Linear(4, 2)
    optimiser = adamw(model, 0.1, 0.01)
    for step in range(steps):
        descend(model, optimiser, step)
    return model, optimiser


def descend(model: nn.Module, optimiser: torch.optim.Optimizer, step: int) -> None:
    generator = torch.Generator().manual_seed(step)
    model(torch.randn(5, 4, generator=generator)).square().sum().backward()
    optimiser.step()
    optimiser.zero_grad()


def test_state_of_another_shape_or_a_part_of_it_is_refused() -> None:
    """A fused step would read beyond the end of a tensor that is too small."""
    model, optimiser = trained(2)
    tensors = export_state(optimiser, model)
    with pytest.raises(ValueError, match=r"weight/exp_avg has the shape \[1\] in place of \[2, 4\]"):
        import_state(optimiser, model, tensors | {"weight/exp_avg": torch.zeros(1)})
    fresh = nn.Linear(4, 2)
    with pytest.raises(ValueError, match="a part of the state of bias is missing"):
        import_state(adamw(fresh, 0.1, 0.01), fresh, {n: one for n, one in tensors.items() if n != "bias/exp_avg"})


def test_state_goes_out_and_comes_back_bit_for_bit() -> None:
    whole, _ = trained(4)
    model, optimiser = trained(2)
    tensors = {name: value.clone() for name, value in export_state(optimiser, model).items()}
    assert set(tensors) == {f"{w}/{s}" for w in ("weight", "bias") for s in ("exp_avg", "exp_avg_sq", "step")}
    fresh = nn.Linear(4, 2)
    fresh.load_state_dict(model.state_dict())
    again = adamw(fresh, 0.1, 0.01)
    import_state(again, fresh, tensors)
    for step in (2, 3):
        descend(fresh, again, step)
    assert torch.equal(fresh.weight, whole.weight)
    assert torch.equal(fresh.bias, whole.bias)

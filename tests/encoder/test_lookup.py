import pytest
import torch
from torch import Tensor, nn

from vecocli.encoder.lookup import looked_up_once

IDS = [torch.tensor([[3, 1, 0], [7, 3, 0]]), torch.tensor([[1, 1]]), torch.tensor([[9]])]


def embedding(**settings: object) -> nn.Embedding:
    made = nn.Embedding(11, 4, **settings)  # type: ignore[arg-type]
    made.weight.data = torch.arange(44.0).view(11, 4).cos()
    return made


def loss(found: list[Tensor]) -> Tensor:
    return torch.stack([(one.square() * torch.arange(1.0, 5.0)).sum() for one in found]).sum()


def fills(value: Tensor) -> int:
    """How many gradients as large as the embedding's weight a backward pass makes."""
    makers, seen = [value.grad_fn], set()
    while makers:
        maker = makers.pop()
        if maker is not None and maker not in seen:
            seen.add(maker)
            makers += [one for one, _ in maker.next_functions]
    leaves = [one for maker in seen for one, _ in maker.next_functions if type(one).__name__ == "AccumulateGrad"]
    return len(leaves)


@pytest.mark.parametrize("padding", [None, 0])
def test_outputs_and_gradient_are_the_same_and_the_gradient_is_made_once(padding: int | None) -> None:
    plain, once = embedding(padding_idx=padding), embedding(padding_idx=padding)
    wanted = [plain(ids) for ids in IDS]
    loss(wanted).backward()
    with looked_up_once(once, IDS):
        found = [once(ids) for ids in IDS]
    assert all(map(torch.equal, found, wanted))
    assert (fills(loss(wanted)), fills(loss(found))) == (3, 1)
    loss(found).backward()
    assert plain.weight.grad is not None
    torch.testing.assert_close(once.weight.grad, plain.weight.grad)
    assert bool(plain.weight.grad[0].any()) == (padding is None)
    assert fills(once(IDS[0])) == 1  # afterwards it is itself again
    assert not once._forward_hooks


def test_an_input_with_ids_that_were_not_announced_is_looked_up_by_itself() -> None:
    """Longformer, for one, pads its inputs once more."""
    made = embedding()
    with looked_up_once(made, IDS):
        found = made(torch.tensor([[2, 3]]))
    assert torch.equal(found, made.weight[[2, 3]].unsqueeze(0))
    assert torch.equal(torch.autograd.grad(found.sum(), made.weight)[0][2:4], torch.ones(2, 4))


class Scaled(nn.Embedding):
    def forward(self, given: Tensor) -> Tensor:
        return super().forward(given) * 2


@pytest.mark.parametrize("change", ["frozen", "no gradient", "single", "other make", "sparse", "norm", "frequency"])
def test_what_it_does_not_fit_is_left_alone(change: str) -> None:
    settings = {"sparse": {"sparse": True}, "norm": {"max_norm": 1.0}, "frequency": {"scale_grad_by_freq": True}}
    made = Scaled(11, 4) if change == "other make" else embedding(**settings.get(change, {}))
    made.weight.requires_grad_(change != "frozen")
    ids = IDS[:1] if change == "single" else IDS
    with torch.set_grad_enabled(change != "no gradient"), looked_up_once(made, ids):
        assert not made._forward_hooks

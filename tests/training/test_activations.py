import torch

from vecocli.training.activations import counting


def test_counts_what_a_product_keeps() -> None:
    weight, given = torch.ones(8, 4, requires_grad=True), torch.ones(16, 8)
    with counting([weight]) as kept:
        (given @ weight).sum().backward()
    assert kept.most == 16 * 8 * 4


def test_a_storage_counts_once_and_only_while_it_is_kept() -> None:
    weight = torch.ones(100, requires_grad=True)
    with counting([weight]) as kept:
        for _ in range(3):
            made = weight * 2
            (made.exp() * 3).sum().backward()  # exp keeps its result
            del made
    assert kept.most == 400
    with counting([weight]) as kept:
        made = weight * 2
        (made * made).sum().backward()  # keeps the same tensor twice
    assert kept.most == 400


def test_all_that_is_kept_at_once_adds_up() -> None:
    weight = torch.ones(100, requires_grad=True)
    with counting([weight]) as kept:
        (weight.exp().sum() + weight.sin().exp().sum()).backward()
    assert kept.most == 800  # the results of exp; sin keeps the weight itself


def test_gradients_are_as_without() -> None:
    weight = torch.arange(4.0).requires_grad_()
    with counting([weight]):
        (weight.exp() * weight).sum().backward()
    assert weight.grad is not None
    torch.testing.assert_close(weight.grad, (torch.arange(4.0).exp() * (torch.arange(4.0) + 1)))

from typing import Any
from weakref import WeakSet

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from vecocli.encoder import vocabulary
from vecocli.encoder.vocabulary import loss_by_rows, vocabulary_loss

N, H, V = 37, 24, 1003
Drawn = tuple[Tensor, Tensor, Tensor, Tensor]


class Largest(TorchDispatchMode):
    """How large the largest tensor was that an operation made, and how many blocks of logits there were at once."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes: set[tuple[int, ...]] = set()
        self.logits: WeakSet[Tensor] = WeakSet()
        self.most = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = func(*args, **(kwargs or {}))
        self.shapes |= {tuple(one.shape) for one in tree_leaves(found) if isinstance(one, Tensor)}
        if func is torch.ops.aten.addmm.default:
            self.logits.add(found)
            self.most = max(self.most, len(self.logits))
        return found

    def elements(self) -> int:
        return max(torch.Size(shape).numel() for shape in self.shapes)


@pytest.fixture(params=[0, vocabulary.KEPT_BYTES, 37 * 128 * 4 * 2])
def narrow(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Blocks of 128 columns; the logits of none, of all, and of two are kept."""
    monkeypatch.setattr(vocabulary, "BLOCK_ON_CPU", 1)
    monkeypatch.setattr(vocabulary, "KEPT_BYTES", request.param)
    return int(request.param)


def draw(n: int = N, v: int = V, dtype: torch.dtype = torch.float32) -> Drawn:
    generator = torch.Generator().manual_seed(0)
    states, weight, bias = (torch.randn(*size, dtype=dtype, generator=generator) for size in ((n, H), (v, H), (v,)))
    labels = torch.randint(v, (n,), generator=generator)
    if n:
        labels[: n // 3] = F.linear(states, weight, bias).argmax(1)[: n // 3]
    return states.requires_grad_(), weight.requires_grad_(), bias.requires_grad_(), labels


def plain(states: Tensor, weight: Tensor, bias: Tensor | None, labels: Tensor) -> tuple[Tensor, Tensor]:
    logits = F.linear(states, weight, bias)
    return F.cross_entropy(logits.float(), labels, reduction="none"), logits.argmax(1) == labels


def same(left: Tensor, right: Tensor, tolerance: float) -> None:
    """Within a part of the largest element, each."""
    assert left.shape == right.shape
    assert left.dtype == right.dtype
    if right.numel():
        assert (left - right).abs().max() <= tolerance * right.abs().max()


@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize(("n", "v"), [(N, V), (1, V), (N, 5), (N, 128), (200, 256), (0, V)])
def test_value_and_gradients_are_cross_entropys(narrow: int, n: int, v: int, biased: bool) -> None:
    states, weight, bias, labels = draw(n, v)
    leaves = [states, weight, bias] if biased else [states, weight]
    wanted, number = plain(states, weight, bias if biased else None, labels)
    loss, right = vocabulary_loss(states, weight, bias if biased else None, labels)
    same(loss, wanted, 1e-6)
    assert torch.equal(right, number)
    assert not right.requires_grad
    slopes = torch.linspace(-1, 2, n)  # of what follows, another for each position
    for mine, theirs in zip(
        torch.autograd.grad(loss @ slopes, leaves), torch.autograd.grad(wanted @ slopes, leaves), strict=True
    ):
        same(mine, theirs, 2e-6)


def test_some_labels_are_right_and_some_are_not(narrow: int) -> None:
    assert N // 3 <= vocabulary_loss(*draw())[1].sum() < N // 2


def test_of_equal_logits_the_first_is_the_highest(narrow: int) -> None:
    states = torch.zeros(3, H)
    labels = torch.tensor([0, 1, 900])
    assert vocabulary_loss(states, torch.ones(V, H), None, labels)[1].tolist() == [True, False, False]


@pytest.mark.parametrize("label", [-100, V])
def test_a_label_outside_the_vocabulary_is_no_number(narrow: int, label: int) -> None:
    states, weight, bias, labels = draw()
    labels[3] = label
    assert vocabulary_loss(states, weight, bias, labels)[0].isnan().nonzero().tolist() == [[3]]


def test_large_logits_neither_overflow_nor_vanish(narrow: int) -> None:
    states, weight, bias, labels = draw()
    loss, _ = vocabulary_loss(states * 1000, weight, bias, labels)
    same(loss, plain(states * 1000, weight, bias, labels)[0], 1e-6)
    assert torch.autograd.grad(loss.sum(), weight)[0].isfinite().all()


@pytest.mark.parametrize("biased", [True, False])
def test_gradients_in_float64(narrow: int, biased: bool) -> None:
    states, weight, bias, labels = draw(3, 150, torch.float64)
    narrow_states = states[:, :2].detach().requires_grad_()
    narrow_weight = weight[:, :2].detach().requires_grad_()
    others = (bias,) if biased else ()

    def loss(states: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        return vocabulary_loss(states, weight, bias, labels)[0]

    assert loss(states, weight, *others).dtype == torch.float64
    assert torch.autograd.gradcheck(loss, (narrow_states, narrow_weight, *others))


def test_a_weight_that_is_also_the_embedding_gets_both_gradients(narrow: int) -> None:
    _, weight, bias, labels = draw()
    ids = torch.arange(N)
    wanted = torch.autograd.grad(plain(torch.tanh(F.embedding(ids, weight)), weight, bias, labels)[0].sum(), weight)[0]
    loss, _ = vocabulary_loss(torch.tanh(F.embedding(ids, weight)), weight, bias, labels)
    same(torch.autograd.grad(loss.sum(), weight)[0], wanted, 2e-6)


@pytest.mark.parametrize("wanted", [0, 1, 2])
def test_one_gradient_alone_is_the_same(narrow: int, wanted: int) -> None:
    *given, labels = draw()
    whole = torch.autograd.grad(vocabulary_loss(*given, labels)[0].sum(), given[wanted])[0]
    alone = [one if number == wanted else one.detach() for number, one in enumerate(given)]
    vocabulary_loss(*alone, labels)[0].sum().backward()
    assert torch.equal(given[wanted].grad, whole)
    assert [one.grad is None for one in given].count(True) == 2


def test_backward_may_run_twice(narrow: int) -> None:
    states, weight, bias, labels = draw()
    loss, _ = vocabulary_loss(states, weight, bias, labels)
    first = torch.autograd.grad(loss.sum(), weight, retain_graph=True)[0]
    assert torch.equal(torch.autograd.grad(loss.sum(), weight)[0], first)


def test_under_autocast_products_are_in_half_and_gradients_in_fp32(narrow: int) -> None:
    given = draw()
    leaves = given[:3]
    wanted, _ = plain(*given)
    with torch.autocast("cpu", torch.bfloat16):
        loss, right = vocabulary_loss(*given)
        halved, number = plain(*given)
    assert loss.dtype == torch.float32
    assert torch.equal(right, number)
    same(loss, halved, 1e-6)  # the same logits, rounded alike
    same(loss, wanted, 0.01)
    assert not torch.equal(loss, wanted)
    pairs = zip(torch.autograd.grad(loss.sum(), leaves), torch.autograd.grad(wanted.sum(), leaves), strict=True)
    for mine, theirs in pairs:
        same(mine, theirs, 0.03)


def test_a_model_of_halves_keeps_its_type_but_sums_in_fp32(narrow: int) -> None:
    given = draw()
    halves = [one.detach().bfloat16().requires_grad_() for one in given[:3]]
    loss, _ = vocabulary_loss(*halves, given[3])
    same(loss, plain(*(one.float() for one in halves), given[3])[0], 1e-6)
    assert [one.dtype for one in torch.autograd.grad(loss.sum(), halves)] == [torch.bfloat16] * 3


def test_no_tensor_holds_all_logits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "BLOCK_ON_CPU", 1)
    monkeypatch.setattr(vocabulary, "KEPT_BYTES", 0)
    given = draw(300)
    with Largest() as whole:
        plain(*given)[0].sum().backward()
    with Largest() as parts:
        vocabulary_loss(*given)[0].sum().backward()
    assert whole.elements() == 300 * V
    assert parts.elements() == 300 * vocabulary.FEWEST_COLUMNS
    with torch.no_grad(), Largest() as values:
        vocabulary_loss(*given)
    assert values.elements() == 300 * vocabulary.FEWEST_COLUMNS


def test_logits_are_kept_up_to_the_budget_and_only_for_a_gradient(narrow: int) -> None:
    given = draw()
    blocks = -(-V // 128)
    kept = min(blocks, narrow // (N * 128 * 4))
    with Largest() as training:
        loss, _ = vocabulary_loss(*given)
    assert len(training.logits) == kept
    with torch.no_grad(), Largest() as evaluating:
        vocabulary_loss(*given)
    assert evaluating.most <= 2
    with Largest() as back:
        loss.sum().backward()
    assert (back.most > 0) == (kept < blocks)


@pytest.mark.parametrize("n", [0, 1, 64, 200])
def test_by_rows_it_is_the_same(n: int) -> None:
    states, weight, bias, labels = draw(n)
    leaves = [states, weight, bias]
    wanted, number = plain(states, weight, bias, labels)
    with Largest() as parts:
        loss, right = loss_by_rows(lambda some: F.linear(some, weight, bias), states, labels)
        mine = torch.autograd.grad(loss.sum(), leaves)
    same(loss, wanted, 1e-6)
    assert torch.equal(right, number)
    assert parts.elements() <= vocabulary.ROWS * V
    for one, other in zip(mine, torch.autograd.grad(wanted.sum(), leaves), strict=True):
        same(one, other, 2e-6)

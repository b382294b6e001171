from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from veco_kernels import BothWays, search, topk_both

PRECISIONS = ["fp32", "bf16"]


def brute_force(x: Tensor, y: Tensor, k: int) -> list[np.ndarray]:
    """Every score in float64, rounded, and a stable sort of every row and column."""
    grid = (x.double().numpy() @ y.double().numpy().T).astype(np.float32) + np.float32(0)
    found = []
    for scores in (grid, grid.T):
        order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        found += [np.take_along_axis(scores, order, 1), order]
    return found


def arrays(both: BothWays) -> list[np.ndarray]:
    names = ("forward_scores", "forward_indices", "backward_scores", "backward_indices")
    return [getattr(both, name).numpy() for name in names]


def assert_exact(x: Tensor, y: Tensor, k: int, **options: object) -> None:
    found, want = arrays(topk_both(x, y, k, **options)), brute_force(x, y, k)  # type: ignore[arg-type]
    for one, other in zip(found, want, strict=True):
        assert one.shape == other.shape and np.array_equal(one, other)


def vectors(kind: str, count: int, width: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randn(count, width, generator=generator)
    copies = torch.randint(0, max(1, count // 12), (count,), generator=generator)
    return {
        "random": torch.nn.functional.normalize(rows, dim=1),
        "integers": rows.round(),  # many equal scores
        "copies": rows[copies] if count else rows,
        "all equal": torch.full_like(rows, 0.3),
        "nearly equal": 1 + 1e-6 * rows,  # no product in fp32 tells them apart
        "one direction": torch.nn.functional.normalize(rows + 3, dim=1),  # as encoders give them: bf16 is too coarse
        "zero": -0.0 * rows,
        "tiny": 1e-22 * rows,  # products below float32
        "long": 1e17 * rows,
    }[kind]


KINDS = ["random", "integers", "copies", "all equal", "nearly equal", "one direction", "zero", "tiny", "long"]


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_neighbours_are_those_of_brute_force(kind: str, precision: str) -> None:
    x, y = vectors(kind, 150, 40, 0), vectors(kind, 210, 40, 1)
    for block in (32, 100, 2048):
        assert_exact(x, y, 4, block=block, precision=precision)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_any_shapes_blocks_and_numbers_of_neighbours(data: st.DataObject) -> None:
    n, m = (data.draw(st.sampled_from([0, 1, 2, 31, 32, 33, 64, 90])) for _ in "xy")
    width, k = data.draw(st.sampled_from([0, 1, 3, 17])), data.draw(st.sampled_from([1, 2, 5, 40, 200]))
    block, precision = data.draw(st.sampled_from([17, 32, 33, 64, 2048])), data.draw(st.sampled_from(PRECISIONS))
    x, y = (vectors(data.draw(st.sampled_from(KINDS)), count, width, count) for count in (n, m))
    assert_exact(x, y, k, block=block, precision=precision)


def test_of_equal_scores_the_lowest_index_comes_first() -> None:
    both = topk_both(torch.ones(3, 2), torch.tensor([[1.0, 0], [1, 1], [0, 2], [1, 1], [2, 2]]), 3, block=2)
    assert both.forward_indices.tolist() == [[4, 1, 2]] * 3
    assert both.forward_scores.tolist() == [[4, 2, 2]] * 3
    assert both.backward_indices.tolist() == [[0, 1, 2]] * 5


def test_minus_zero_equals_zero() -> None:
    both = topk_both(torch.tensor([[1.0]]), torch.tensor([[-0.0], [0.0], [-0.0]]), 2)
    assert both.forward_indices.tolist() == [[0, 1]]


@pytest.mark.parametrize("precision", PRECISIONS)
def test_rows_with_more_rivals_than_are_kept_are_searched_again(
    monkeypatch: pytest.MonkeyPatch, precision: str
) -> None:
    x, y = vectors("random", 40, 16, 0), vectors("random", 300, 16, 1)
    y[100:160] = y[:1]  # more copies than any search keeps
    x[5] = y[0]
    searched = []
    scan = search._scan

    def counted(forward: search._Search, backward: search._Search | None, block: int) -> None:
        searched.append((forward.dtype, len(forward.queries.vectors)))
        scan(forward, backward, block)

    monkeypatch.setattr(search, "_scan", counted)
    assert_exact(x, y, 4, precision=precision)
    assert searched[0][1] == 40
    exact = [count for dtype, count in searched if dtype == torch.float64]
    assert exact and sum(exact) < 40  # only those rows


def test_the_order_within_a_type_s_error_is_found_out() -> None:
    generator = torch.Generator().manual_seed(3)
    base = torch.randn(1, 64, generator=generator)
    y = base + 1e-3 * torch.randn(200, 64, generator=generator)
    coarse = (base.bfloat16() @ y.bfloat16().T)[0]
    assert coarse.unique().numel() < 20  # bf16 cannot order them
    assert_exact(base, y, 4, precision="bf16")


def test_what_the_rounding_of_a_product_hides_is_found_out() -> None:
    step = 2.0**-15  # between bf16 numbers near 2^-8
    x = torch.ones(1, 3)
    y = torch.tensor([[1, 2**-8 + 0.49 * step, 0], [1, 2**-8, 0.3 * step]])  # products of 1 and 1 + 2^-7 in bf16
    both = topk_both(torch.cat([x, -x]), torch.cat([y, -y]), 1, precision="bf16")
    assert both.forward_indices.tolist() == [[0], [2]]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
def test_products_stay_within_the_bound(dtype: torch.dtype) -> None:
    for width in (1, 8, 300, 3000):
        for kind in ("random", "one direction", "integers"):
            x, y = (search._Side.of("x", vectors(kind, 60, width, seed), dtype) for seed in (0, 1))
            left = x.operand(slice(60), dtype, y.centre, left=True)
            right = y.operand(slice(60), dtype, x.centre, left=False)
            products, constant = (left @ right.T).double(), x.centre.double() @ y.centre.double()
            error = (products + constant - x.vectors.double() @ y.vectors.double().T).abs()
            rounding = products.abs() * (2**-8 * 1.01 if dtype == torch.bfloat16 else 0)
            assert bool((error <= search._slack(x, y, dtype)[:, None].double() / 2 + rounding).all())


def test_keys_order_scores_and_then_indices() -> None:
    scores = torch.tensor([-torch.inf, -3e38, -1.5, -1e-45, 0.0, 1e-45, 0.25, 3e38])
    for columns in (torch.zeros(8, dtype=torch.long), torch.full((8,), 2**31)):
        keys = search._encode(scores, columns)
        assert bool((keys.diff() > 0).all())
        assert [one.tolist() for one in search._decode(keys)] == [scores.tolist(), columns.tolist()]
    assert int(search._encode(scores[2:3], torch.tensor([4]))) > int(search._encode(scores[2:3], torch.tensor([5])))
    assert search._decode(torch.tensor([search.EMPTY]))[0].item() == -torch.inf


def test_a_block_of_one() -> None:
    assert_exact(vectors("integers", 9, 4, 0), vectors("integers", 12, 4, 1), 2, block=1)


def test_vectors_need_not_be_contiguous() -> None:
    x, y = vectors("random", 50, 24, 0).T.contiguous().T, vectors("random", 70, 48, 1)[:, ::2]
    assert not x.is_contiguous() and not y.is_contiguous()
    for precision in PRECISIONS:
        assert_exact(x, y, 3, precision=precision)


def test_nothing_is_differentiated() -> None:
    x = vectors("random", 5, 4, 0).requires_grad_()
    assert not topk_both(x, x, 2).forward_scores.requires_grad


def test_autocast_does_not_reach_the_search() -> None:
    x, y = vectors("one direction", 60, 64, 0), vectors("one direction", 60, 64, 1)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert_exact(x, y, 4)


@contextmanager
def torch_set(place: object, name: str, value: object) -> Iterator[None]:
    """Change one of PyTorch's settings for a while; they are no plain attributes."""
    before = getattr(place, name)
    setattr(place, name, value)
    yield
    setattr(place, name, before)


def test_where_pytorch_may_multiply_in_fewer_bits_only_float64_is_trusted() -> None:
    assert search._types("fp32", torch.device("cpu")) == [torch.float32, torch.float64]
    assert search._types("bf16", torch.device("cpu")) == [torch.bfloat16, torch.float32, torch.float64]
    with torch_set(torch.backends.mkldnn.matmul, "fp32_precision", "bf16"):
        assert search._types("fp32", torch.device("cpu")) == [torch.float64]
        assert search._types("bf16", torch.device("cpu")) == [torch.float64]
        assert_exact(vectors("random", 30, 16, 0), vectors("random", 40, 16, 1), 3, precision="bf16")
    with torch_set(torch.backends.cuda.matmul, "fp32_precision", "tf32"):
        assert search._types("fp32", torch.device("cuda")) == [torch.float64]


@pytest.mark.parametrize(("reduced", "first"), [(True, torch.float32), (False, torch.bfloat16)])
def test_on_a_gpu_bf16_is_used_only_where_its_sums_are_not_rounded(reduced: bool, first: torch.dtype) -> None:
    with torch_set(torch.backends.cuda.matmul, "allow_bf16_reduced_precision_reduction", reduced):
        assert search._types("bf16", torch.device("cuda"))[0] == first


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("kind", KINDS)
def test_a_gpu_finds_the_same(kind: str) -> None:
    x, y = vectors(kind, 300, 64, 0), vectors(kind, 500, 64, 1)
    both = topk_both(x.cuda(), y.cuda(), 4, block=128)
    found = BothWays(*(getattr(both, name).cpu() for name in both.__dataclass_fields__))
    for one, other in zip(arrays(found), brute_force(x, y, 4), strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("side", [0, 1])
def test_entries_that_are_not_finite_are_refused(value: float, side: int) -> None:
    both = [torch.ones(3, 2), torch.ones(4, 2)]
    both[side][1, 1] = value
    with pytest.raises(ValueError, match=f"{'xy'[side]} has an entry that is not finite"):
        topk_both(*both, 1)
    both[1 - side] = torch.ones(0, 2)  # also where there is nothing to find
    with pytest.raises(ValueError, match="not finite"):
        topk_both(*both, 1)


@pytest.mark.parametrize(
    ("x", "y", "options", "message"),
    [
        (torch.ones(2, 3), torch.ones(2, 4), {}, "\\[2, 3\\] and torch.float32 \\[2, 4\\]: both sides must be"),
        (torch.ones(2, 3).double(), torch.ones(2, 3), {}, "torch.float64"),
        (torch.ones(2, 3), torch.ones(2, 3).bfloat16(), {}, "and torch.bfloat16"),
        (torch.ones(3), torch.ones(2, 3), {}, "both sides must be float32 matrices"),
        (torch.full((1, 2), 1e30), torch.full((1, 2), 1e30), {}, "may overflow"),
        (torch.full((1, 2), 3e38), torch.full((1, 2), 1e-30), {}, "may overflow"),
        (torch.ones(2, 3), torch.ones(2, 3), {"k": 0}, "k is 0"),
        (torch.ones(2, 3), torch.ones(2, 3), {"block": 0}, "block 0"),
        (torch.ones(2, 3), torch.ones(2, 3), {"precision": "fp16"}, "precision 'fp16': not .* fp32 or bf16"),
    ],
)
def test_what_cannot_be_searched_is_refused(x: Tensor, y: Tensor, options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        topk_both(x, y, **({"k": 1} | options))  # type: ignore[arg-type]

"""Each method against slow code that says what its paper says, on random and on awkward matrices."""

import itertools

import pytest
import torch

from vecocli import registry
from vecocli.mining.aligner import METHODS

SIZES = [(1, 1), (1, 4), (2, 5), (3, 3), (5, 3), (6, 7), (7, 2)]


def matrices(scale: str) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    low, high = (0.0, 1.0) if scale == "cosine" else (-4.0, 12.0)
    return [torch.rand(*size, generator=generator) * (high - low) + low for size in SIZES * 8]


def padded(rows: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Stack matrices; what pads them would win if it counted."""
    height, width = (max(row.shape[side] for row in rows) for side in (0, 1))
    whole = torch.full((len(rows), height, width), 99.0)
    x_mask, y_mask = torch.zeros(len(rows), height, dtype=torch.bool), torch.zeros(len(rows), width, dtype=torch.bool)
    for number, row in enumerate(rows):
        whole[number, : row.shape[0], : row.shape[1]] = row
        x_mask[number, : row.shape[0]] = True
        y_mask[number, : row.shape[1]] = True
    return whole, x_mask, y_mask


def mutual(weights: list[list[float]], allowed: set[tuple[int, int]]) -> set[tuple[int, int]]:
    best_y = {i: max((j for a, j in sorted(allowed) if a == i), key=lambda j, i=i: weights[i][j]) for i, _ in allowed}
    best_x = {j: max((i for i, b in sorted(allowed) if b == j), key=lambda i, j=j: weights[i][j]) for _, j in allowed}
    return {(i, j) for i, j in best_y.items() if best_x[j] == i}


def everywhere(row: torch.Tensor) -> set[tuple[int, int]]:
    return set(itertools.product(range(row.shape[0]), range(row.shape[1])))


def slow_argmax(row: torch.Tensor) -> set[tuple[int, int]]:
    return mutual(row.tolist(), everywhere(row))


def slow_itermax(row: torch.Tensor) -> set[tuple[int, int]]:
    first = slow_argmax(row)
    xs, ys = {i for i, _ in first}, {j for _, j in first}
    if min(row.shape) <= 2 or len(xs) == row.shape[0] or len(ys) == row.shape[1]:
        return first
    allowed = {(i, j) for i, j in everywhere(row) if i not in xs or j not in ys}
    weights = [
        [value * (0.9 if i in xs or j in ys else 1.0) for j, value in enumerate(line)]
        for i, line in enumerate(row.tolist())
    ]
    return first | mutual(weights, allowed)


def slow_match(row: torch.Tensor) -> set[tuple[int, int]]:
    if row.shape[0] > row.shape[1]:
        return {(i, j) for j, i in slow_match(row.T)}
    choices = itertools.permutations(range(row.shape[1]), row.shape[0])
    best = max(choices, key=lambda columns: sum(float(row[i, j]) for i, j in enumerate(columns)))
    return set(enumerate(best))


def slow_softmax(row: torch.Tensor) -> set[tuple[int, int]]:
    forward, backward = row.softmax(1), row.softmax(0)
    return {(i, j) for i, j in everywhere(row) if forward[i, j] > 0.001 and backward[i, j] > 0.001}


def slow_ot(row: torch.Tensor) -> set[tuple[int, int]]:
    plan = row.clamp(min=1e-6)
    for _ in range(2):
        plan = plan / plan.sum(0)
        plan = (plan.T / plan.sum(1)).T
    return slow_itermax(plan)


SLOW = {
    "argmax": slow_argmax,
    "itermax": slow_itermax,
    "match": slow_match,
    "ot": slow_ot,
    "softmax": slow_softmax,
}


def test_every_method_has_an_oracle() -> None:
    assert registry.names(METHODS) == sorted(SLOW)


@pytest.mark.parametrize("name", SLOW)
def test_agrees_with_the_oracle(name: str) -> None:
    method = registry.get(METHODS, name)
    rows = [row for row in matrices(method.SCALE) if name != "match" or max(row.shape) < 7]
    found = [set() for _ in rows]
    for number, i, j in method.links(*padded(rows)).tolist():
        assert (i, j) not in found[number]
        found[number].add((i, j))
    assert found == [SLOW[name](row) for row in rows]


@pytest.mark.parametrize("name", ["argmax", "itermax", "ot"])
def test_of_equal_similarities_the_first_counts(name: str) -> None:
    method = registry.get(METHODS, name)
    links = method.links(*padded([torch.full((3, 4), 0.5)])).tolist()
    assert links[0] == [0, 0, 0]


def test_match_leaves_out_what_has_no_similarity() -> None:
    links = registry.get(METHODS, "match").links(*padded([torch.tensor([[0.0, 0.0], [0.0, 0.7]])]))
    assert links.tolist() == [[0, 1, 1]]


def test_itermax_finds_more_than_argmax() -> None:
    rows = [row for row in matrices("cosine") if min(row.shape) > 2]
    counts = {name: len(registry.get(METHODS, name).links(*padded(rows))) for name in ("argmax", "itermax")}
    assert counts["itermax"] > counts["argmax"]

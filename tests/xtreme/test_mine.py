import numpy as np
import pytest
import torch

from veco_kernels import topk_both
from vecocli.xtreme.mine import margin_pairs


def neighbours(grid, k):
    """Per row the k columns of the greatest entries, the first of equal ones."""
    return np.argsort(-grid, axis=1, kind="stable")[:, :k]


def by_hand(cosines, k, margin, retrieval):
    """The definition, one pair at a time, on the whole matrix: [(score, row, column)]."""
    ahead, back = neighbours(cosines, k), neighbours(cosines.T, k)

    def score(i, j):
        mean = (np.mean([cosines[i, t] for t in ahead[i]]) + np.mean([cosines[t, j] for t in back[j]])) / 2
        ratio = cosines[i, j] / mean if mean > 0 else -np.inf
        return {"ratio": ratio, "distance": cosines[i, j] - mean, "absolute": cosines[i, j]}[margin]

    ahead_best = [max(((score(i, j), i, j) for j in js), key=lambda pair: pair[0]) for i, js in enumerate(ahead)]
    back_best = [max(((score(i, j), i, j) for i in rows), key=lambda pair: pair[0]) for j, rows in enumerate(back)]
    pool = {*ahead_best} & {*back_best} if retrieval == "intersect" else {*ahead_best, *back_best}
    kept = []
    for pair in sorted(pool, key=lambda pair: (-pair[0], *pair[1:])):
        if pair[0] > -np.inf and all(pair[1] != row and pair[2] != column for _, row, column in kept):
            kept.append(pair)
    return kept


def nearest(cosines, k):
    """Both ways' neighbours in a matrix of cosines."""
    grid = torch.tensor(cosines, dtype=torch.float32)
    return topk_both(grid, torch.eye(grid.shape[1]), k)


def places(pairs):
    return list(zip(pairs.rows.tolist(), pairs.columns.tolist(), strict=True))


@pytest.mark.parametrize("retrieval", ["max", "intersect"])
@pytest.mark.parametrize("margin", ["ratio", "distance", "absolute"])
def test_pairs_are_those_of_the_definition(margin, retrieval):
    generator = np.random.default_rng(0)
    for case in range(60):
        n, m, k = generator.integers(1, [12, 12, 6]).tolist()
        x, y = generator.integers(-2, 3, (n, 4)), generator.integers(-2, 3, (m, 4))  # exact products, many ties
        if case % 2:  # and copies of whole sentences
            x, y = x[generator.integers(0, n, n)], y[generator.integers(0, m, m)]
        both = topk_both(torch.from_numpy(x).float(), torch.from_numpy(y).float(), k)
        want = by_hand((x @ y.T).astype(np.float64), k, margin, retrieval)
        found = margin_pairs(both, margin=margin, retrieval=retrieval)
        assert places(found) == [pair[1:] for pair in want]
        assert found.scores.tolist() == pytest.approx([pair[0] for pair in want], abs=1e-12)


def test_the_margin_is_against_the_mean_of_both_sentences_neighbours():
    both = nearest([[1, 0.5], [0, 0.75]], 2)  # means of the rows 0.75 and 0.375, of the columns 0.5 and 0.625
    assert places(margin_pairs(both)) == [(0, 0), (1, 1)]
    assert margin_pairs(both).scores.tolist() == pytest.approx([1 / 0.625, 0.75 / 0.5])
    assert margin_pairs(both, margin="distance").scores.tolist() == pytest.approx([0.375, 0.25])
    assert margin_pairs(both, margin="absolute").scores.tolist() == [1, 0.75]


def test_a_hub_that_is_near_to_everything_loses_against_the_margin():
    both = nearest([[0.9, 0.85, 0.1], [0.9, 0.1, 0.85]], 2)
    assert places(margin_pairs(both, margin="absolute", retrieval="intersect")) == [(0, 0)]
    assert places(margin_pairs(both, retrieval="intersect")) == [(0, 1), (1, 2)]


def test_max_goes_on_with_the_next_proposal_where_intersect_finds_none():
    both = nearest([[0.9, 0.1], [0.8, 0.3]], 2)  # both rows propose column 0; column 1 proposes row 1
    assert places(margin_pairs(both, margin="absolute")) == [(0, 0), (1, 1)]
    assert places(margin_pairs(both, margin="absolute", retrieval="intersect")) == [(0, 0)]


@pytest.mark.parametrize("margin", ["ratio", "distance", "absolute"])
def test_of_equal_margins_the_lowest_row_and_column_come_first(margin):
    both = nearest(np.full((3, 4), 0.5).tolist(), 2)
    assert places(margin_pairs(both, margin=margin)) == [(0, 0)]  # all propose the first of the other side
    halves = nearest((0.5 * np.eye(3)[[2, 0, 1]]).tolist(), 1)
    assert places(margin_pairs(halves, margin=margin)) == [(0, 2), (1, 0), (2, 1)]


def test_there_is_no_ratio_to_a_mean_that_is_not_positive():
    both = nearest([[-0.5, 0], [0, 0]], 2)
    assert places(margin_pairs(both)) == []
    assert places(margin_pairs(both, margin="distance")) == [(0, 1), (1, 0)]
    assert places(margin_pairs(nearest([[-0.5, -0.75], [0.75, 0.25]], 1))) == [(1, 0)]


@pytest.mark.parametrize("retrieval", ["max", "intersect"])
@pytest.mark.parametrize(("n", "m"), [(0, 3), (3, 0), (0, 0)])
def test_no_sentences_no_pairs(n, m, retrieval):
    found = margin_pairs(topk_both(torch.ones(n, 2), torch.ones(m, 2), 4), retrieval=retrieval)
    assert places(found) == [] and found.scores.dtype == torch.float64


def test_more_neighbours_than_sentences_are_all_of_them():
    cosines = [[0.5, 0.25, 0.75], [0.25, 0.5, 0.5]]
    assert places(margin_pairs(nearest(cosines, 4))) == [(0, 2), (1, 1)] == places(margin_pairs(nearest(cosines, 3)))

import numpy as np
import pytest
import torch

from veco_kernels import mutual_argmax, token_similarity


def test_similarity_is_the_cosine_of_a_plain_loop() -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(2, 3, 5, generator=generator, dtype=torch.float64)
    y = torch.randn(2, 4, 5, generator=generator, dtype=torch.float64)
    found = token_similarity(x, y).numpy()
    for b, s, t in np.ndindex(2, 3, 4):
        u, v = x[b, s].numpy(), y[b, t].numpy()
        assert found[b, s, t] == pytest.approx(u @ v / np.sqrt((u @ u) * (v @ v)), abs=1e-12)


def test_a_zero_vector_is_similar_to_nothing_and_has_a_finite_gradient() -> None:
    x = torch.zeros(1, 2, 3, requires_grad=True)
    found = token_similarity(x, torch.ones(1, 2, 3))
    torch.autograd.backward(found.sum())
    assert found.tolist() == [[[0.0, 0.0], [0.0, 0.0]]]
    assert x.grad is not None and bool(x.grad.isfinite().all())


def test_masked_tokens_are_minus_infinity() -> None:
    ones = torch.ones(1, 2, 3)
    first, second = torch.tensor([[True, False]]), torch.tensor([[False, True]])
    assert token_similarity(ones, ones, x_mask=first)[0].isneginf().tolist() == [[False, False], [True, True]]
    assert token_similarity(ones, ones, y_mask=second)[0].isneginf().tolist() == [[True, False], [True, False]]


def test_similarity_has_a_right_gradient() -> None:
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(1, 3, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    y = torch.randn(1, 2, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(token_similarity, (x, y))


def test_leading_dimensions_are_batches_and_the_type_stays() -> None:
    found = token_similarity(torch.ones(7, 2, 3, 8, dtype=torch.bfloat16), torch.ones(7, 2, 5, 8, dtype=torch.bfloat16))
    assert found.shape == (7, 2, 3, 5) and found.dtype == torch.bfloat16


def test_links_are_those_of_a_plain_loop_over_ties_and_masks() -> None:
    generator = torch.Generator().manual_seed(2)
    for _ in range(50):
        similarity = torch.randint(-2, 3, (3, 4, 6), generator=generator).float()  # many equal entries
        x_mask = torch.rand(3, 4, generator=generator) > 0.3
        y_mask = torch.rand(3, 6, generator=generator) > 0.3
        links, scores = mutual_argmax(similarity, x_mask, y_mask)
        want = []
        for b in range(3):
            grid = np.where(x_mask[b].numpy()[:, None] & y_mask[b].numpy(), similarity[b].numpy(), -np.inf)
            for s in range(4):
                t = int(np.argmax(grid[s]))
                if int(np.argmax(grid[:, t])) == s and grid[s, t] > -np.inf:
                    want.append((b, s, t, grid[s, t]))
        assert [(*link, score) for link, score in zip(links.tolist(), scores.tolist(), strict=True)] == want


def test_of_equal_entries_the_first_counts() -> None:
    links, scores = mutual_argmax(torch.full((1, 3, 2), 0.5))
    assert links.tolist() == [[0, 0, 0]] and scores.tolist() == [0.5]


@pytest.mark.parametrize("shape", [(0, 2, 3), (2, 0, 3), (2, 3, 0)])
def test_no_tokens_no_links(shape: tuple[int, int, int]) -> None:
    links, scores = mutual_argmax(torch.empty(shape))
    assert links.shape == (0, 3) and links.dtype == torch.long and scores.shape == (0,)


def test_wholly_masked_pairs_have_no_links() -> None:
    links, _ = mutual_argmax(torch.ones(2, 2, 2), torch.tensor([[False, False], [True, False]]))
    assert links.tolist() == [[1, 0, 0]]

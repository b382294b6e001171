from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from vecocli.encoder.encoded import EncodedBatch, Keys
from vecocli.objectives.sequence import Objective

Make = Callable[..., EncodedBatch]
NAMES = ("source_sentences", "target_sentences")


def cosine(u: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    return (u * v).sum() / (u.norm() * v.norm())


def slow(batch: EncodedBatch, t: float, s: Any = cosine, m: float = 0.0) -> torch.Tensor:
    """The formula term by term: anchor, translation, and those of pairs that share no sentence with it."""
    u, v = batch.source_sentences, batch.target_sentences
    texts = [{int(a), int(b)} for a, b in zip(batch.source_hashes, batch.target_hashes, strict=True)]
    total = torch.zeros((), dtype=torch.float64)
    for b in range(len(u)):
        for x, y in ((u, v), (v, u)):
            top = ((s(x[b], y[b]) - m) / t).exp()
            others = [(s(x[b], y[c]) / t).exp() for c in range(len(u)) if not texts[b] & texts[c]]
            total = total - (top / (top + sum(others))).log()
    return total / (2 * len(u))


def agree(batch: EncodedBatch, value: torch.Tensor, expected: torch.Tensor, gradients: Any) -> None:
    assert value.dtype == torch.float64
    torch.testing.assert_close(value, expected)
    for found, wanted in zip(gradients(value, batch, *NAMES), gradients(expected, batch, *NAMES), strict=True):
        torch.testing.assert_close(found, wanted)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("t", [0.05, 0.5])
def test_equals_the_formula(make_batch: Make, gradients: Any, seed: int, t: float) -> None:
    batch = make_batch(seed)
    agree(batch, Objective(t)(batch).value, slow(batch, t), gradients)


@pytest.mark.parametrize("seed", range(3))
def test_a_margin_and_dot_products_equal_the_formula(make_batch: Make, gradients: Any, seed: int) -> None:
    batch = make_batch(seed)
    agree(batch, Objective(0.2, margin=0.3)(batch).value, slow(batch, 0.2, m=0.3), gradients)
    agree(batch, Objective(2.0, "dot", 0.7)(batch).value, slow(batch, 2.0, torch.dot, 0.7), gradients)


def test_a_margin_raises_the_loss_and_leaves_the_accuracy(make_batch: Make) -> None:
    """By m / t where the softmax is saturated, in both directions."""
    batch = unequal(make_batch(3))
    wrong = replace(batch, target_sentences=-batch.source_sentences)
    plain, harder = Objective(0.01)(wrong), Objective(0.01, margin=0.3)(wrong)
    torch.testing.assert_close(harder.value, plain.value + 30)
    eye = torch.eye(3, 6, dtype=torch.float64)
    near = replace(unequal(make_batch(3, pairs=3)), source_sentences=eye, target_sentences=eye + 0.6)
    assert [Objective(margin=m)(near).figures["accuracy"].value for m in (0.0, 1.5)] == [1, 1]


@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_gradcheck(make_batch: Make, similarity: Any) -> None:
    batch = make_batch(1)

    def value(u: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        return Objective(0.2, similarity, 0.1)(replace(batch, source_sentences=u, target_sentences=v)).value

    assert torch.autograd.gradcheck(value, (batch.source_sentences, batch.target_sentences))


@pytest.mark.parametrize("seed", range(3))
def test_the_sides_may_be_exchanged(make_batch: Make, swap: Any, seed: int) -> None:
    batch = make_batch(seed)
    torch.testing.assert_close(Objective()(batch).value, Objective()(swap(batch)).value)


def unequal(batch: EncodedBatch) -> EncodedBatch:
    """With no sentence twice."""
    count = len(batch.source_hashes)
    return replace(batch, source_hashes=torch.arange(count), target_hashes=torch.arange(count) + count)


@pytest.mark.parametrize("side", ["source", "target", "crosswise"])
def test_a_pair_with_a_sentence_in_common_is_no_negative(make_batch: Make, gradients: Any, side: str) -> None:
    batch = unequal(make_batch(2, pairs=2))
    loss = Objective()(batch).value
    assert loss > 0
    hashes = {"source": ([1, 1], [2, 3]), "target": ([1, 2], [3, 3]), "crosswise": ([1, 2], [2, 3])}[side]
    alike = replace(batch, source_hashes=torch.tensor(hashes[0]), target_hashes=torch.tensor(hashes[1]))
    value = Objective()(alike).value
    assert value == 0
    assert not any(grad.any() for grad in gradients(value, alike, *NAMES))


def test_a_lower_temperature_sharpens_what_is_right(make_batch: Make) -> None:
    batch = unequal(make_batch(3))
    right = replace(batch, target_sentences=batch.source_sentences * 2 + 0.01)
    losses = [float(Objective(t)(right).value.detach()) for t in (0.02, 0.05, 0.1, 0.5, 1.0)]
    assert losses == sorted(losses)
    assert losses[0] < 1e-3 < losses[-1]


def test_accuracy(make_batch: Make) -> None:
    batch = unequal(make_batch(4, pairs=4))
    eye = torch.eye(4, 6, dtype=torch.float64)
    batch = replace(batch, source_sentences=eye, target_sentences=eye[[0, 1, 3, 2]])
    assert Objective()(batch).figures["accuracy"].value == 0.5


def test_degenerate_batches_give_no_nan(make_batch: Make, gradients: Any) -> None:
    batch = make_batch(5, pairs=1)
    one = Objective()(batch)
    assert one.value == 0
    assert one.figures["accuracy"].value == 1
    batch = unequal(make_batch(5))
    with torch.no_grad():
        batch.source_sentences[0] = 0.0
        batch.target_sentences[1] = batch.target_sentences[2]
    value = Objective(1e-3)(batch).value
    assert torch.isfinite(value)
    assert all(torch.isfinite(grad).all() for grad in gradients(value, batch, *NAMES))


def test_the_pass_must_have_been_run(make_batch: Make) -> None:
    with pytest.raises(ValueError, match="not run"):
        Objective()(replace(make_batch(0), target_sentences=None))


def queued(batch: EncodedBatch, size: int, seed: int = 0) -> EncodedBatch:
    """A batch with keys and a queue, some of whose sentences are those of the batch."""
    dice = torch.Generator().manual_seed(seed)
    assert batch.source_sentences is not None
    width = batch.source_sentences.shape[1]

    def keys(count: int, sources: torch.Tensor, targets: torch.Tensor) -> Keys:
        made = torch.randn(2, count, width, generator=dice, dtype=torch.float64)
        return Keys(made[0], made[1], sources, targets)

    sources, targets = torch.arange(900, 900 + size), torch.arange(1900, 1900 + size)
    sources[0], targets[2] = batch.source_hashes[0], batch.target_hashes[0]
    own = keys(len(batch), batch.source_hashes, batch.target_hashes)
    return replace(batch, keys=own, queue=keys(size, sources, targets))


def slow_with_queue(batch: EncodedBatch, t: float, m: float) -> torch.Tensor:
    keys, queue = batch.keys, batch.queue
    assert keys is not None and queue is not None
    assert batch.source_sentences is not None and batch.target_sentences is not None
    total = torch.zeros((), dtype=torch.float64)
    for b, own in enumerate(zip(batch.source_hashes.tolist(), batch.target_hashes.tolist(), strict=True)):
        theirs = zip(queue.source_hashes.tolist(), queue.target_hashes.tolist(), strict=True)
        free = [c for c, texts in enumerate(theirs) if not set(own) & set(texts)]
        for vectors, key, earlier in (
            (batch.source_sentences, keys.target, queue.target),
            (batch.target_sentences, keys.source, queue.source),
        ):
            top = ((cosine(vectors[b], key[b]) - m) / t).exp()
            total = total - (top / (top + sum((cosine(vectors[b], earlier[c]) / t).exp() for c in free))).log()
    return total / (2 * len(batch))


@pytest.mark.parametrize("seed", range(3))
def test_a_queue_equals_the_formula(make_batch: Make, gradients: Any, seed: int) -> None:
    batch = queued(make_batch(seed), 7, seed)
    objective = Objective(0.2, margin=0.1, queue=7)
    assert (objective.scope, objective.needs) == ("pair", {"sentences", "keys"})
    agree(batch, objective(batch).value, slow_with_queue(batch, 0.2, 0.1), gradients)


def test_a_queue_passes_gradcheck(make_batch: Make) -> None:
    batch = queued(make_batch(1), 5)

    def loss(u: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        return Objective(0.5, queue=5)(replace(batch, source_sentences=u, target_sentences=v)).value

    vectors = [getattr(batch, name).detach().requires_grad_() for name in NAMES]
    assert torch.autograd.gradcheck(loss, vectors)


def test_a_queue_of_nothing_but_the_pair_repels_nobody(make_batch: Make) -> None:
    batch = queued(make_batch(2, pairs=1), 3)
    assert batch.keys is not None
    again = Objective(queue=3)(replace(batch, queue=batch.keys))
    assert again.value == 0
    assert again.figures["accuracy"].value == 1


def test_a_queue_needs_its_keys(make_batch: Make) -> None:
    with pytest.raises(ValueError, match="keys of this objective"):
        Objective(queue=3)(make_batch(0))

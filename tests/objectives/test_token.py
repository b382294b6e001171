from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from vecocli.encoder.encoded import EncodedBatch, join
from vecocli.objectives.token import Objective

Make = Callable[..., EncodedBatch]
NAMES = ("source_units", "target_units")
Pairs = list[set[tuple[int, int]]]
Token = tuple[int, int, int]


def cosine(u: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    return (u * v).sum() / (u.norm() * v.norm())


def mined(batch: EncodedBatch) -> Pairs:
    """P_b of every instance b."""
    found: Pairs = [set() for _ in range(len(batch.source_forms))]
    for b, i, j in batch.links.tolist():
        found[b].add((i, j))
    return found


def own(batch: EncodedBatch, given: Pairs, floor: float) -> Pairs:
    """The model's own links: two open units that are each other's nearest among all units of the other side."""
    found: Pairs = []
    for b, links in enumerate(given):
        x, y = batch.source_units[b], batch.target_units[b]
        rows = [i for i, form in enumerate(batch.source_forms[b]) if form]
        columns = [j for j, form in enumerate(batch.target_forms[b]) if form]
        near = {(i, j): float(cosine(x[i], y[j]).detach()) for i in rows for j in columns}
        best = set()
        for i, j in near:
            first = near[i, j] == max(near[i, k] for k in columns) == max(near[k, j] for k in rows)
            taken = any(i == a or j == c for a, c in links)
            if first and not taken and near[i, j] >= floor:
                best.add((i, j))
        found.append(best)
    return found


def slow(
    batch: EncodedBatch, links: Pairs, t: float, negatives: str, s: Any = cosine, repeats: str = "spare"
) -> torch.Tensor:
    """The formula term by term. A token is (instance, side, place)."""
    vectors, forms = {}, {}
    for b in range(len(links)):
        for side, (units, names) in enumerate(
            ((batch.source_units, batch.source_forms), (batch.target_units, batch.target_forms))
        ):
            for place, form in enumerate(names[b].tolist()):
                if form:  # a form is known to its instance, or to all
                    vectors[b, side, place] = units[b, place]
                    forms[b, side, place] = form if negatives == "batch" else (b, form)
                    if repeats == "repel":
                        forms[b, side, place] = (b, side, place)
    ties: dict[Any, set[Any]] = {form: set() for form in forms.values()}
    for b, pairs in enumerate(links):
        for i, j in pairs:
            ties[forms[b, 0, i]].add(forms[b, 1, j])
            ties[forms[b, 1, j]].add(forms[b, 0, i])

    def repels(anchor: Token, other: Token) -> bool:
        form, its = forms[anchor], forms[other]
        if its == form or its in ties[form] or ties[form] & ties[its]:  # the anchor itself among them
            return False
        if negatives == "batch":
            return True
        return other[0] == anchor[0] and (negatives == "instance" or other[1] != anchor[1])

    def one_way(anchor: Token, partner: Token) -> torch.Tensor:
        top = (s(vectors[anchor], vectors[partner]) / t).exp()
        low = [(s(vectors[anchor], vectors[k]) / t).exp() for k in vectors if repels(anchor, k)]
        return -(top / (top + sum(low))).log()

    means = []
    for b, pairs in enumerate(links):
        if pairs:
            terms = [0.5 * (one_way((b, 0, i), (b, 1, j)) + one_way((b, 1, j), (b, 0, i))) for i, j in pairs]
            means.append(sum(terms) / len(terms))
    return sum(means) / len(means)


def agree(batch: EncodedBatch, value: torch.Tensor, expected: torch.Tensor, gradients: Any) -> None:
    assert value.dtype == torch.float64
    torch.testing.assert_close(value, expected)
    for found, wanted in zip(gradients(value, batch, *NAMES), gradients(expected, batch, *NAMES), strict=True):
        torch.testing.assert_close(found, wanted)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("negatives", ["instance", "other-side", "batch"])
def test_mined_links_equal_the_formula(make_batch: Make, gradients: Any, seed: int, negatives: Any) -> None:
    batch = make_batch(seed, words=20 * (negatives == "batch"))
    loss = Objective(0.1, negatives, "dictionary")(batch)
    agree(batch, loss.value, slow(batch, mined(batch), 0.1, negatives), gradients)
    assert loss.figures["links"].value == pytest.approx(len(batch.links) / 5)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("negatives", ["instance", "other-side", "batch"])
def test_repeats_that_repel_equal_the_formula(make_batch: Make, gradients: Any, seed: int, negatives: Any) -> None:
    batch = make_batch(seed)
    links = mined(batch)
    value = Objective(0.1, negatives, "dictionary", repeats="repel")(batch).value
    assert value > Objective(0.1, negatives, "dictionary")(batch).value  # the random batch repeats its words
    agree(batch, value, slow(batch, links, 0.1, negatives, repeats="repel"), gradients)


def test_dot_products_equal_the_formula(make_batch: Make, gradients: Any) -> None:
    batch = make_batch(2)
    given = mined(batch)
    links = [a | b for a, b in zip(given, own(batch, given, 0.2), strict=True)]  # proposed by cosine all the same
    value = Objective(3.0, "instance", "both", 0.2, "dot")(batch).value
    agree(batch, value, slow(batch, links, 3.0, "instance", torch.dot), gradients)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("floor", [-1.0, 0.3])
def test_own_links_equal_the_formula(make_batch: Make, gradients: Any, seed: int, floor: float) -> None:
    batch = make_batch(seed)
    none: Pairs = [set() for _ in range(5)]
    links = own(batch, none, floor)
    loss = Objective(0.3, "instance", "self", floor)(batch)
    agree(batch, loss.value, slow(batch, links, 0.3, "instance"), gradients)
    assert loss.figures["links"].value == pytest.approx(sum(map(len, links)) / 5)


@pytest.mark.parametrize("seed", range(8))
def test_both_kinds_of_link_equal_the_formula(make_batch: Make, gradients: Any, seed: int) -> None:
    batch = make_batch(seed)
    given = mined(batch)
    links = [a | b for a, b in zip(given, own(batch, given, 0.0), strict=True)]
    assert links != given or seed not in (0, 1, 2)
    value = Objective(0.1, "other-side", "both", 0.0)(batch).value
    agree(batch, value, slow(batch, links, 0.1, "other-side"), gradients)
    value = Objective(2.0, "batch", "both", 0.0, "dot")(batch).value
    agree(batch, value, slow(batch, links, 2.0, "batch", torch.dot), gradients)


@pytest.mark.parametrize("links", ["dictionary", "both"])
@pytest.mark.parametrize("negatives", ["instance", "other-side", "batch"])
@pytest.mark.parametrize("repeats", ["spare", "repel"])
def test_gradcheck(make_batch: Make, links: Any, negatives: Any, repeats: Any) -> None:
    batch = make_batch(3, pairs=3, units=4, words=9)
    assert len(batch.links)

    def value(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return Objective(0.2, negatives, links, repeats=repeats)(replace(batch, source_units=x, target_units=y)).value

    assert torch.autograd.gradcheck(value, (batch.source_units, batch.target_units))


@pytest.mark.parametrize("links", ["dictionary", "self", "both"])
@pytest.mark.parametrize("negatives", ["instance", "other-side", "batch"])
def test_the_sides_may_be_exchanged(make_batch: Make, swap: Any, links: Any, negatives: Any) -> None:
    for seed in range(3):
        batch = make_batch(seed)
        objective = Objective(0.1, negatives, links)
        torch.testing.assert_close(objective(batch).value, objective(swap(batch)).value)


@pytest.mark.parametrize("negatives", ["instance", "batch"])
def test_more_padding_changes_nothing(make_batch: Make, negatives: Any) -> None:
    batch = make_batch(4, words=9)
    wider = {name: torch.nn.functional.pad(getattr(batch, name), (0, 0, 0, 3), value=7.0) for name in NAMES}
    forms = {name: torch.nn.functional.pad(getattr(batch, name), (0, 3)) for name in ("source_forms", "target_forms")}
    for links in ("dictionary", "self", "both"):
        objective = Objective(negatives=negatives, links=links)
        torch.testing.assert_close(objective(replace(batch, **wider, **forms)).value, objective(batch).value)


def by_hand(links: list[tuple[int, int]], source: list[int], target: list[int]) -> EncodedBatch:
    units = torch.eye(6, dtype=torch.float64)
    return EncodedBatch(
        source_forms=torch.tensor([source]),
        target_forms=torch.tensor([target]),
        source_hashes=torch.tensor([1]),
        target_hashes=torch.tensor([2]),
        links=torch.tensor([(0, i, j) for i, j in links]),
        source_units=units[None, :3].clone().requires_grad_(),
        target_units=units[None, 3:].clone().requires_grad_(),
    )


def test_the_number_of_negatives_by_hand() -> None:
    """All cosines are 0: a link's loss is log(1 + its negatives), whatever the temperature."""

    def loss(batch: EncodedBatch, negatives: Any = "instance", repeats: Any = "spare") -> float:
        return float(Objective(0.1, negatives, "dictionary", repeats=repeats)(batch).value.detach().exp())

    plain = by_hand([(0, 0)], [1, 2, 3], [4, 5, 6])
    assert loss(plain) == pytest.approx(5)  # the four units that are neither of the two
    assert loss(plain, "other-side") == pytest.approx(3)
    assert loss(by_hand([(0, 0)], [1, 2, 3], [1, 5, 6])) == pytest.approx(5)  # a name: equal on both sides
    assert loss(by_hand([(0, 0)], [1, 2, 1], [4, 5, 6])) == pytest.approx(4)  # the anchor's word stands twice
    assert loss(by_hand([(0, 0)], [1, 2, 3], [4, 5, 4])) == pytest.approx(4)  # the partner's word stands twice
    assert loss(by_hand([(0, 0)], [1, 2, 1], [4, 5, 4]), repeats="repel") == pytest.approx(5)  # both of them repel
    assert loss(by_hand([(0, 0)], [1, 2, 0], [4, 5, 0])) == pytest.approx(3)  # padding
    assert loss(by_hand([(0, 0)], [1, 2, 0], [4, 5, 0]), repeats="repel") == pytest.approx(3)
    assert loss(by_hand([(0, 0), (0, 1)], [1, 2, 3], [4, 5, 6])) == pytest.approx(4)  # two partners
    assert loss(by_hand([(0, 0), (0, 1)], [1, 2, 3], [4, 5, 6]), repeats="repel") == pytest.approx(4)


def test_the_number_of_negatives_in_the_batch_by_hand() -> None:
    """Two pairs of units at right angles: a link's loss is log(1 + its negatives)."""

    def loss(source: list[list[int]], target: list[list[int]], *links: tuple[int, int, int]) -> float:
        units = torch.eye(12, dtype=torch.float64).view(2, 2, 3, 12)
        hashes = torch.tensor([1, 2])
        batch = EncodedBatch(
            torch.tensor(source), torch.tensor(target), hashes, hashes + 2, torch.tensor(links),
            source_units=units[0], target_units=units[1],
        )  # fmt: skip
        return float(Objective(0.1, "batch", "dictionary")(batch).value.exp())

    first, second = [[1, 2, 3], [4, 5, 6]], [[11, 12, 13], [14, 15, 16]]
    assert loss(first, second, (0, 0, 0)) == pytest.approx(11)  # all ten others
    assert loss([[1, 2, 3], [1, 5, 0]], second, (0, 0, 0)) == pytest.approx(9)  # the anchor's word elsewhere; padding
    assert loss(first, [[11, 12, 13], [11, 15, 16]], (0, 0, 0)) == pytest.approx(10)  # the partner's word elsewhere
    assert loss(first, second, (0, 0, 0), (1, 1, 1)) == pytest.approx(11)
    assert loss([[1, 2, 3], [1, 5, 6]], second, (0, 0, 0), (1, 0, 1)) == pytest.approx(9)  # 1 means 11 and 15


@pytest.mark.parametrize("links", ["dictionary", "both"])
def test_one_pair_is_a_batch(make_batch: Make, gradients: Any, links: Any) -> None:
    for seed in range(4):
        batch = make_batch(seed, pairs=1)
        across, inside = (Objective(0.2, negatives, links)(batch).value for negatives in ("batch", "instance"))
        agree(batch, across, inside, gradients)


@pytest.mark.parametrize("negatives", ["instance", "other-side", "batch"])
def test_where_all_words_are_linked_with_all_nothing_repels_in_the_instance(
    make_batch: Make, gradients: Any, negatives: Any
) -> None:
    batch = make_batch(3, words=60)
    real = [(batch.source_forms != 0).tolist(), (batch.target_forms != 0).tolist()]
    every = [
        (pair, i, j)
        for pair in range(len(batch))
        for i in range(7)
        for j in range(7)
        if real[0][pair][i] and real[1][pair][j]
    ]
    batch = replace(batch, links=torch.tensor(every))
    loss = Objective(links="dictionary", negatives=negatives)(batch)
    agree(batch, loss.value, slow(batch, mined(batch), 0.1, negatives), gradients)
    assert (loss.value == 0) == (negatives != "batch")


def test_the_scope_follows_the_negatives() -> None:
    assert [Objective(negatives=one).scope for one in ("instance", "other-side", "batch")] == ["pair", "pair", "batch"]


def test_pulls_partners_together_and_pushes_the_rest_away(gradients: Any) -> None:
    batch = by_hand([(0, 0)], [1, 2, 3], [4, 5, 6])
    (source, target) = gradients(Objective(links="dictionary")(batch).value, batch, *NAMES)
    assert source[0, 0, 3] < 0 < source[0, 0, 4]  # downhill: towards the partner, away from its neighbour
    assert target[0, 0, 0] < 0 < target[0, 0, 1]


def test_a_lower_temperature_sharpens_what_is_right(make_batch: Make) -> None:
    batch = by_hand([(0, 0), (1, 1)], [1, 2, 3], [4, 5, 6])
    right = replace(batch, target_units=batch.source_units)
    losses = [float(Objective(t, links="dictionary")(right).value.detach()) for t in (0.05, 0.1, 0.5, 1.0)]
    assert losses == sorted(losses)
    assert losses[0] < 1e-6 < losses[-1]


@pytest.mark.parametrize("links", ["dictionary", "self", "both"])
@pytest.mark.parametrize("negatives", ["instance", "other-side", "batch"])
@pytest.mark.parametrize("repeats", ["spare", "repel"])
def test_degenerate_batches_give_no_nan(
    make_batch: Make, gradients: Any, links: Any, negatives: Any, repeats: Any
) -> None:
    objective = Objective(1e-3, negatives, links, repeats=repeats)
    none = make_batch(1, links=False)
    empty = replace(none, source_forms=none.source_forms * 0, target_forms=none.target_forms * 0)
    widthless = replace(
        empty,
        source_forms=empty.source_forms[:, :0],
        target_forms=empty.target_forms[:, :0],
        source_units=empty.source_units[:, :0],
        target_units=empty.target_units[:, :0],
    )
    zero = make_batch(2)
    with torch.no_grad():
        zero.source_units.zero_()
    for batch in (none, empty, widthless, make_batch(3, pairs=1, units=1), make_batch(3, pairs=1), zero):
        loss = objective(batch)
        assert torch.isfinite(loss.value)
        assert all(torch.isfinite(grad).all() for grad in gradients(loss.value, batch, *NAMES))
    for batch in (empty, widthless):
        assert objective(batch).value == 0
        assert objective(batch).figures["links"].value == 0


@pytest.mark.parametrize("links", ["dictionary", "both"])
def test_parts_add_up_to_the_batch(make_batch: Make, links: Any) -> None:
    parts = [make_batch(seed, units=units) for seed, units in ((1, 7), (2, 4), (5, 6))]
    whole, own = Objective(links=links)(join(parts)), [Objective(links=links)(part) for part in parts]
    torch.testing.assert_close(whole.mean.total, torch.stack([loss.mean.total for loss in own]).sum())
    assert whole.mean.count == sum(loss.mean.count for loss in own)


def test_the_pass_must_have_been_run(make_batch: Make) -> None:
    with pytest.raises(ValueError, match="not run"):
        Objective()(replace(make_batch(0), source_units=None))

from typing import Any

import numpy as np
import pytest

from vecocli.encoder.buckets import Row
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.masking import Masker, draw, row_keys
from vecocli.encoder.tokens import TextTokenizer
from vecocli.errors import UsageError

LENGTH = 60


@pytest.fixture
def rows(tiny_encoder: Encoder) -> list[Row]:
    """300 framed rows with an unknown word at place 30."""
    tokens = tiny_encoder.tokens
    ids = np.random.default_rng(5).integers(5, len(tokens.hf) - 1, (300, LENGTH))
    ids[:, 30] = tokens.unk_id
    return [Row(tokens.single(row)) for row in ids.tolist()]


@pytest.fixture
def masker(tiny_encoder: Encoder) -> Masker:
    return Masker(tiny_encoder.tokens)


def keys(count: int, seed: int = 0, step: int = 0) -> Any:
    return row_keys(seed, step, range(count), 0)


def near(count: float, total: float, rate: float) -> bool:
    """Within five standard deviations of a binomial."""
    return bool(abs(count - total * rate) < 5 * (total * rate * (1 - rate)) ** 0.5)


@pytest.mark.parametrize("rate", [0.15, 0.25])
def test_rates_and_fates(masker: Masker, rows: list[Row], rate: float) -> None:
    before, made = np.array([row.ids for row in rows]), masker.corrupt(rows, keys(300), rate)
    after, labels = np.array([row.ids for row in made]), np.array([row.labels for row in made])
    chosen = labels != -100
    total = chosen.sum()
    assert near(total, 300 * LENGTH, rate)
    assert all(near(chosen[:, at].sum(), 300, rate) for at in range(1, LENGTH))
    hidden, kept = chosen & (after == masker.tokens.mask_id), chosen & (after == before)
    assert near(hidden.sum(), total, 0.8 + 0.1 / len(masker.tokens.hf))
    assert near(kept.sum(), total, 0.1 + 0.1 / len(masker.tokens.hf))
    strange = after[chosen & ~hidden & ~kept]
    assert near(len(strange), total, 0.1)
    assert len(set(strange.tolist())) > 100
    assert strange.max() < len(masker.tokens.hf)


def test_only_text_is_chosen_and_the_rest_is_as_it_was(masker: Masker, rows: list[Row]) -> None:
    before, made = np.array([row.ids for row in rows]), masker.corrupt(rows, keys(300), 0.25)
    after, labels = np.array([row.ids for row in made]), np.array([row.labels for row in made])
    chosen = labels != -100
    assert not chosen[:, (0, -1)].any()
    assert chosen[:, 31].any()  # an unknown word is text
    assert (labels[chosen] == before[chosen]).all()
    assert (after[~chosen] == before[~chosen]).all()
    assert rows[0].labels is None


def test_every_special_token_is_safe(masker: Masker) -> None:
    special = sorted(masker.tokens.special_ids - {masker.tokens.unk_id})
    (made,) = masker.corrupt([Row(special * 200)], keys(1), 0.5)
    assert set(made.labels or ()) == {-100}
    assert made.ids == special * 200


def test_a_row_depends_on_its_key_alone(masker: Masker, rows: list[Row]) -> None:
    whole = masker.corrupt(rows, keys(300), 0.25)
    assert masker.corrupt(rows[7:9], keys(300)[7:9], 0.25) == whole[7:9]
    assert masker.corrupt(rows, keys(300, seed=1), 0.25) != whole
    assert masker.corrupt(rows, keys(300, step=1), 0.25) != whole
    labels = [row.labels for row in masker.corrupt([rows[0]] * 2, keys(2), 0.25)]
    assert labels[0] != labels[1]
    assert masker.corrupt([], keys(0), 0.25) == []


def test_one_sentence_of_two(masker: Masker, rows: list[Row]) -> None:
    made = masker.corrupt(rows, keys(300), 0.5, seconds=[20] * 300)
    sides = [{at >= 20 for at, label in enumerate(row.labels or ()) if label >= 0} for row in made]
    assert all(len(side) == 1 for side in sides)
    assert near(sum(side == {True} for side in sides), 300, 0.5)


def test_keys_tell_steps_kinds_and_places_apart() -> None:
    found = [row_keys(seed, step, range(50), kind) for seed in (0, 1) for step in (0, 1) for kind in (0, 1)]
    assert len(set(np.concatenate(found).tolist())) == 400
    assert (row_keys(3, 4, [7], 0) == row_keys(3, 4, range(10), 0)[7:8]).all()


def test_a_tokenizer_without_mask_token(bert_tokenizer: Any) -> None:
    from transformers import PreTrainedTokenizerFast

    hf = PreTrainedTokenizerFast(
        tokenizer_object=bert_tokenizer.backend_tokenizer, pad_token="[PAD]", unk_token="[UNK]"
    )
    with pytest.raises(UsageError, match="no mask token"):
        Masker(TextTokenizer(hf))


def test_all_draws_are_apart() -> None:
    """Of neighbouring rows and passes, whose keys are neighbours, and of all streams."""
    places = np.arange(500)
    found = [draw(np.full(500, 77 + near, np.uint64), places, stream) for near in range(6) for stream in range(6)]
    assert len({tuple(one[:3]) for one in found}) == 36
    links = np.corrcoef(np.array(found)) - np.eye(36)
    assert np.abs(links).max() < 0.25

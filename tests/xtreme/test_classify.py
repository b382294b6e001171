from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vecocli.encoder.encoder import Encoder
from vecocli.encoder.opening import TaskHead
from vecocli.encoder.task_model import TaskModel
from vecocli.xtreme.classify import cut, predict, shortened
from vecocli.xtreme.data import TextPair
from vecocli.xtreme.feature import Lengths

PAIRS = [TextPair("The cat sees the house.", "Le chat.", "yes"), TextPair("猫", "", None)]


def one_by_one(first: int, second: int, room: int) -> tuple[int, int]:
    while first + second > max(0, room):
        first, second = (first - 1, second) if first > second else (first, second - 1)
    return first, second


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 60))
def test_the_longer_text_gives_way(first: int, second: int, room: int) -> None:
    assert shortened(first, second, room) == one_by_one(first, second, room)


def test_inputs_are_framed_as_the_tokenizer_frames_pairs(tiny_encoder: Encoder) -> None:
    made = cut(tiny_encoder.tokens, PAIRS, ("no", "yes"), Lengths(128))
    expected = tiny_encoder.tokens.hf([(one.first, one.second) for one in PAIRS])["input_ids"]
    assert [list(feature.row.ids) for feature in made.features] == expected
    assert [feature.target for feature in made.features] == [(1,), ()]
    assert (made.owners, made.truncated) == ([0, 1], 0)


def test_what_is_cut_is_counted(tiny_encoder: Encoder) -> None:
    made = cut(tiny_encoder.tokens, [TextPair("cat " * 50, "house", "no"), PAIRS[1]], ("no", "yes"), Lengths(16))
    assert made.truncated == 1
    assert len(made.features[0].row.ids) == 16


def test_each_pair_gets_the_class_of_its_highest_logit(tiny_model: Path) -> None:
    torch.manual_seed(0)
    head = TaskHead("classify", ("no", "yes"))
    model = TaskModel(Encoder.load(tiny_model, head=head), head)
    pairs = [TextPair(f"The cat {'sees ' * many}", "house", None) for many in range(7)]
    found, truncated = predict(model, pairs, Lengths(128))
    assert truncated == 0
    for pair, label in zip(pairs, found, strict=True):
        inputs = model.encoder.tokens.hf(pair.first, pair.second, return_tensors="pt")
        assert label == head.labels[model.encoder.model(**inputs).logits.argmax().item()]


@pytest.mark.parametrize("many", [0])
def test_no_example_is_no_input(tiny_encoder: Encoder, many: int) -> None:
    assert cut(tiny_encoder.tokens, PAIRS[:many], ("no",), Lengths()).features == []

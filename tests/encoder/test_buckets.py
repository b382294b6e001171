import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vecocli.encoder.buckets import PADDING, SMALL, Row, bucketed, frame, grouped, pad
from vecocli.encoder.encoder import Encoder

LENGTHS = st.lists(st.integers(1, 300), max_size=80)


def rows(lengths: list[int]) -> list[Row]:
    return [Row(list(range(1, length + 1))) for length in lengths]


@given(LENGTHS, st.integers(1, 5000))
def test_every_row_is_in_one_bucket_of_little_padding(lengths: list[int], places: int) -> None:
    groups = grouped(rows(lengths), places)
    assert sorted(at for group in groups for at in group) == list(range(len(lengths)))
    for group in groups:
        size = len(group) * max(lengths[at] for at in group)
        assert size <= places or len(group) == 1
        padding = size - sum(lengths[at] for at in group)
        assert padding <= PADDING * size or size - max(lengths[at] for at in group) < SMALL


def test_real_sentences_waste_little() -> None:
    lengths = [10 + at * at % 41 for at in range(256)]
    groups = grouped(rows(lengths), 2048)
    size = sum(len(group) * max(lengths[at] for at in group) for group in groups)
    assert sum(lengths) > (1 - PADDING) * size
    assert len(groups) <= 12


def test_buckets_hold_their_rows() -> None:
    given = [
        Row([5], [-100], [0], [-1]),
        Row([6, 7, 8], [1, -100, 2], [0, 1, 1], [0, 1, 1]),
        Row([9, 9], [-100, 3], [0, 0], [0, 0]),
    ]
    (bucket,) = bucketed(given, 4, 100)
    assert bucket.rows.tolist() == [1, 2, 0]
    assert bucket.inputs.ids.tolist() == [[6, 7, 8], [9, 9, 4], [5, 4, 4]]
    assert bucket.inputs.mask.tolist() == [[True] * 3, [True, True, False], [True, False, False]]
    assert bucket.inputs.labels is not None
    assert bucket.inputs.labels.tolist() == [[1, -100, 2], [-100, 3, -100], [-100, -100, -100]]
    assert bucket.inputs.types is not None
    assert bucket.inputs.types.tolist() == [[0, 1, 1], [0, 0, 0], [0, 0, 0]]
    assert bucket.units is not None
    assert bucket.units.tolist() == [[0, 1, 1], [0, 0, -1], [-1, -1, -1]]
    bare = bucketed(rows([2]), 4, 100)[0]
    assert (bare.units, bare.inputs.labels, bare.inputs.types) == (None, None, None)
    assert bucketed([], 4, 100) == ()


@pytest.mark.parametrize("places", [1, 3])
def test_a_long_row_stands_alone(places: int) -> None:
    assert [bucket.inputs.ids.shape for bucket in bucketed(rows([3, 2]), 0, places)] == [(1, 3), (1, 2)]


def test_pad_and_frame_nothing(tiny_encoder: Encoder) -> None:
    assert pad([], 0).numel() == 0
    assert pad([[], [1]], 7).tolist() == [[7], [1]]
    framed = frame(tiny_encoder.tokens, [[], [5]])
    assert framed.ids.tolist() == [[0, 2, 1], [0, 5, 2]]
    assert torch.equal(framed.mask.sum(1), torch.tensor([2, 3]))

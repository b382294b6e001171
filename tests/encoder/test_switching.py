import numpy as np
import pytest

from vecocli.encoder.buckets import Row
from vecocli.encoder.masking import Keys, row_keys
from vecocli.encoder.pairs import Side, TokenisedPair
from vecocli.encoder.switching import Translations, linked, switched, to_translate

ROW = Row([1, 50, 51, 52, 60, 2], units=[-1, 0, 1, 1, 2, -1])
KNOWN: Translations = {0: [[90]], 1: [[91, 92, 93]], 2: [[94], [95, 96]]}


def keys(count: int = 1) -> Keys:
    return row_keys(3, 0, range(count), 0)


def test_linked_units_know_their_partners_sub_words() -> None:
    source = Side([10, 11, 12, 13], [0, 1, 1, -1], [5, 6], 1)
    target = Side([20, 21, 22], [0, 0, 1], [7, 8], 2)
    pairs = [TokenisedPair(source, target, [(1, 0), (1, 1)], 0), TokenisedPair(source, target, [], 0)]
    assert linked(pairs) == [{1: [[20, 21], [22]]}, {}, {0: [[11, 12]], 1: [[11, 12]]}, {}]


def test_every_unit_gives_way_as_a_whole() -> None:
    (row,) = switched([ROW], [{0: [[90]], 1: [[91, 92, 93]]}], keys(), 1.0, 100)
    assert row == Row([1, 90, 91, 92, 93, 60, 2], units=[-1, 0, 1, 1, 1, 2, -1])


def test_hidden_units_are_to_be_translated() -> None:
    (row,) = to_translate([ROW], [{1: [[91]], 2: [[95, 96]]}], keys(), 1.0, 100, 4)
    assert row.ids == [1, 50, 4, 4, 4, 2]
    assert row.labels == [-100, -100, 91, 95, 96, -100]
    assert row.units == [-1, 0, 1, 2, 2, -1]


def test_a_unit_of_several_places_goes_once() -> None:
    row = Row([50, 60, 51], units=[0, 1, 0])  # a linked phrase with a word in between that is not of it
    assert switched([row], [{0: [[90]]}], keys(), 1.0, 100)[0].ids == [90, 60]


def test_nothing_grows_beyond_the_longest() -> None:
    rows = switched([ROW] * 200, [KNOWN] * 200, keys(200), 1.0, 6)
    assert {len(row.ids) for row in rows} <= {5, 6}
    assert all(91 not in row.ids for row in rows)
    assert any(95 not in row.ids and 94 in row.ids for row in rows)


@pytest.mark.parametrize("rate", [0.3, 0.7])
def test_rates_and_choices(rate: float) -> None:
    rows = switched([ROW] * 2000, [KNOWN] * 2000, keys(2000), rate, 100)
    for sub_words in ({90}, {91}, {94, 95}):
        count = sum(bool(sub_words & set(row.ids)) for row in rows)
        assert abs(count - 2000 * rate) < 5 * (2000 * rate * (1 - rate)) ** 0.5
    one, two = (sum(word in row.ids for row in rows) for word in (94, 95))
    assert abs(one - two) < 5 * (one + two) ** 0.5


def test_what_happens_to_a_row_depends_on_its_key_alone() -> None:
    whole = to_translate([ROW] * 9, [KNOWN] * 9, keys(9), 0.5, 100, 4)
    assert to_translate([ROW] * 4, [KNOWN] * 4, keys(9)[5:], 0.5, 100, 4) == whole[5:]
    assert len({tuple(row.ids) for row in whole}) > 1


def test_rows_without_translations_stay() -> None:
    assert switched([ROW], [{}], keys(), 1.0, 100) == [ROW]
    (row,) = to_translate([ROW], [{}], keys(), 1.0, 100, 4)
    assert (row.ids, row.labels) == (ROW.ids, [-100] * 6)
    assert switched([], [], np.empty(0, np.uint64), 1.0, 100) == []

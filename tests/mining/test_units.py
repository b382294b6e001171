import torch

from vecocli.mining import units
from vecocli.mining.units import Side, Units, groups, side_of

CPU = torch.device("cpu")
VECTORS = torch.arange(20.0).reshape(10, 2)


def test_sub_words_are_units_by_themselves():
    assert side_of([0, 0, -1, 2], 5, "subword") == Side(5, [0, 1, 2, 3], [0, 0, -1, 2])


def test_words_without_a_sub_word_are_no_units():
    assert side_of([1, 1, -1, 4], 5, "word") == Side(5, [0, 0, -1, 1], [1, 4])


def test_gathers_sub_words():
    two = Units.of([side_of([0, 0, 1], 2, "subword"), side_of([0], 7, "subword")], CPU)
    assert two.mask.tolist() == [[True, True, True], [True, False, False]]
    assert two.words.tolist() == [[0, 0, 1], [0, -1, -1]]
    found = two.gather(VECTORS)
    assert torch.equal(found[0], VECTORS[2:5])
    assert torch.equal(found[1, 0], VECTORS[7])


def test_gathers_the_means_of_words():
    two = Units.of([side_of([3, 3, -1, 1], 2, "word"), side_of([0], 7, "word")], CPU)
    assert two.words.tolist() == [[1, 3], [0, -1]]
    assert two.gather(VECTORS).tolist() == [[[10.0, 11.0], [5.0, 6.0]], [[14.0, 15.0], [0.0, 0.0]]]


def test_spreads_a_table_over_words():
    one = Units.of([side_of([0, 0, -1, 1], 0, "subword")], CPU)
    table = torch.tensor([[[1], [2], [0]]])
    assert one.spread(table, 1).tolist() == [[[1], [1], [0], [2]]]
    assert one.spread(table.transpose(1, 2), 2).tolist() == [[[1, 1, 0, 2]]]


def test_groups_hold_every_pair_once_and_no_empty_side(monkeypatch):
    sizes = [(3, 4), (0, 5), (40, 40), (4, 3), (39, 41), (1, 1), (5, 0), (2, 2)]
    whole = list(groups(sizes))
    assert [sorted(rows) for rows in whole] == [[0, 2, 3, 4, 5, 7]]
    monkeypatch.setattr(units, "MOST_ENTRIES", 2000)
    parts = list(groups(sizes))
    assert parts[:2] == [[4], [2]]
    assert sorted(row for rows in parts for row in rows) == [0, 2, 3, 4, 5, 7]
    assert list(groups([(0, 1)])) == []

import pytest

from vecocli.mining.aer import score
from vecocli.mining.gold import GoldLinks


def gold(sure, possible=()):
    return GoldLinks(frozenset(sure), frozenset(sure) | frozenset(possible))


def test_follows_the_formulas():
    found = {(0, 0), (1, 1), (2, 2), (3, 0)}  # one sure, two possible, one wrong
    result = score([found], [gold({(0, 0), (0, 1)}, {(1, 1), (2, 2)})])
    assert result.links == 4
    assert result.precision == pytest.approx(100 * 3 / 4)
    assert result.recall == pytest.approx(100 * 1 / 2)
    assert result.f1 == pytest.approx(100 * 2 * 0.75 * 0.5 / 1.25)
    assert result.aer == pytest.approx(100 * (1 - (1 + 3) / (4 + 2)))


def test_a_sentence_without_predictions_counts():
    result = score([{(0, 0)}, set()], [gold({(0, 0)}), gold({(0, 0), (1, 1)})])
    assert result.recall == pytest.approx(100 / 3)
    assert result.aer == pytest.approx(100 * (1 - 2 / 4))


def test_nothing_is_rounded_on_the_way():
    truth = {(i, i) for i in range(7)}
    result = score([{(0, 0), (9, 9), (8, 8)}], [gold(truth)])
    assert result.f1 == pytest.approx(100 * 2 / (3 + 7), rel=1e-12)


def test_perfect_and_empty_predictions():
    truth = gold({(0, 0)}, {(0, 1)})
    assert score([{(0, 0), (0, 1)}], [truth]).aer == 0
    nothing = score([set()], [truth])
    assert (nothing.aer, nothing.precision, nothing.recall, nothing.f1, nothing.links) == (100, 0, 0, 0, 0)


def test_pairs_and_gold_must_be_as_many():
    with pytest.raises(ValueError, match="longer"):
        score([set()], [gold({(0, 0)}), gold({(0, 0)})])

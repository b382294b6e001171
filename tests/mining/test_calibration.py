import json
from math import exp
from pathlib import Path
from random import Random

import pytest

from vecocli import registry
from vecocli.errors import DataError
from vecocli.mining.aligner import METHODS, WordLink
from vecocli.mining.calibration import DEFAULT, Calibration, Pair, Weights, evidence
from vecocli.mining.gold import GoldLinks

LINKS = [WordLink(0, 1, 0.9, 2.0), WordLink(1, 1, 0.5, -1.0)]


def test_evidence() -> None:
    assert evidence(Pair(LINKS, 2, 4)) == [(2.0, pytest.approx(0.125), 0.5), (-1.0, pytest.approx(0.375), 0.5)]
    assert evidence(Pair([], 2, 4)) == []


def test_scores_are_the_logistic_of_weighted_evidence() -> None:
    calibration = Calibration({"argmax": Weights(0.5, -2.0, 0.1, 0.3)})
    scores = calibration.scores("argmax", Pair(LINKS, 2, 4))
    sums = (0.5 * 2 - 2 * 0.125 + 0.05 + 0.3, -0.5 - 2 * 0.375 + 0.05 + 0.3)
    assert scores == pytest.approx([1 / (1 + exp(-total)) for total in sums])


def test_a_method_without_weights_scores_one() -> None:
    assert Calibration({}).scores("argmax", Pair(LINKS, 2, 4)) == [1.0, 1.0]


def test_every_method_has_weights_and_surer_links_score_more() -> None:
    assert sorted(DEFAULT) == registry.names(METHODS)
    for method in DEFAULT:
        sure, unsure = Calibration(DEFAULT).scores(method, Pair(LINKS, 2, 4))
        assert 0 < unsure < sure < 1


def corpus(seed: int, pairs: int) -> list[tuple[Pair, GoldLinks]]:
    """Links whose chance to be right is the logistic of their log odds less one."""
    random = Random(seed)
    found = []
    for _ in range(pairs):
        links = [WordLink(i, i, 0.5, random.uniform(-3, 3)) for i in range(10)]
        right = {link[:2] for link in links if random.random() < 1 / (1 + exp(1 - link.log_odds))}
        found.append((Pair(links, 10, 10), GoldLinks(frozenset(), frozenset(right))))
    return found


def test_fits_probabilities() -> None:
    fitted = Calibration.fit([{"argmax": corpus(0, 300)}])
    weights = fitted.weights["argmax"]
    assert weights.log_odds == pytest.approx(1.0, abs=0.15)
    assert weights.constant == pytest.approx(-1.0, abs=0.15)
    links = [
        (score, link[:2] in gold.possible)
        for pair, gold in corpus(1, 300)
        for link, score in zip(pair.links, fitted.scores("argmax", pair), strict=True)
    ]
    for low in range(0, 10, 2):
        inside = [right for score, right in links if low <= 10 * score < low + 2]
        assert sum(inside) / len(inside) == pytest.approx((low + 1) / 10, abs=0.1)


def test_corpora_weigh_the_same_however_large() -> None:
    always = [(pair, GoldLinks(frozenset(), frozenset(link[:2] for link in pair.links))) for pair, _ in corpus(2, 300)]
    never = [(pair, GoldLinks(frozenset(), frozenset())) for pair, _ in corpus(3, 3)]
    fitted = Calibration.fit([{"match": always}, {"match": never}])
    scores = [score for pair, _ in corpus(4, 50) for score in fitted.scores("match", pair)]
    assert sum(scores) / len(scores) == pytest.approx(0.5, abs=0.1)


def test_gold_of_one_kind_fits_nothing() -> None:
    never = [(pair, GoldLinks(frozenset(), frozenset())) for pair, _ in corpus(0, 3)]
    with pytest.raises(DataError, match="all wrong"):
        Calibration.fit([{"argmax": never}])


def test_survives_a_file(tmp_path: Path) -> None:
    calibration = Calibration({"argmax": Weights(0.5, -2.0, 0.1, 0.3), "ot": Weights(1, 2, 3, 4)})
    calibration.write(tmp_path / "weights.json")
    assert Calibration.read(tmp_path / "weights.json") == calibration


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"weights": 3}', '{"weights": {"ot": {"slope": 1}}}', "\udcff"])
def test_refuses_other_files(tmp_path: Path, text: str) -> None:
    path = tmp_path / "weights.json"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(DataError, match=r"weights\.json: no calibration"):
        Calibration.read(path)


def test_weights_may_be_large() -> None:
    calibration = Calibration({"argmax": Weights(1e6, 0.0, 0.0, 0.0)})
    assert calibration.scores("argmax", Pair(LINKS, 2, 4)) == [1.0, 0.0]


@pytest.mark.parametrize("value", ["high", float("nan"), float("-inf"), 10**400])
def test_refuses_values_that_are_no_numbers(tmp_path: Path, value: object) -> None:
    path = tmp_path / "weights.json"
    rows = {"log_odds": value, "distance": 0, "mean": 0, "constant": 0}
    path.write_text(json.dumps({"weights": {"argmax": rows}}), encoding="utf-8")
    with pytest.raises(DataError, match="no calibration"):
        Calibration.read(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        Calibration.read(tmp_path / "weights.json")

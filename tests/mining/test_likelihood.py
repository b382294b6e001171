import numpy as np
import pytest

from vecocli.mining.likelihood import WEIGHTS, Weights, evidence, likelihood

NO = np.array([False])
YES = np.array([True])


def one(share=1.0, near=1.0, functional=NO, stem=NO, identical=NO, phrase=NO):
    return likelihood(evidence(np.array([share]), np.array([near]), functional, stem, identical, phrase)).item()


def test_follows_the_formula():
    seen = evidence(np.array([0.75]), np.array([0.5]), YES, NO, YES, NO)
    assert seen.tolist() == [[pytest.approx(np.log(3)), 0.5, 1, 0, 1, 0]]
    total = 2 * np.log(3) + 0.5 * 3 + 4 + 6 + 8
    assert likelihood(seen, Weights(2, 3, 4, 5, 6, 7, 8)).item() == pytest.approx(1 / (1 + np.exp(-total)))


def test_what_speaks_against_a_link():
    sure = one()
    assert 0.95 < sure < 1
    assert one(share=0.5) < one(share=0.9) < sure
    assert one(near=0.6) < one(near=0.9) < sure
    for evidence_against in ({"functional": YES}, {"stem": YES}, {"phrase": YES}):
        assert one(**evidence_against) < sure
    assert one(identical=YES) > sure


def test_a_share_of_one_is_no_certainty():
    assert one(share=1.0) == one(share=0.995)
    assert evidence(np.empty(0), np.empty(0), *[np.empty(0, np.bool_)] * 4).shape == (0, len(WEIGHTS) - 1)

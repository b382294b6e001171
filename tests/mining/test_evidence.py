import pytest
import torch

from vecocli.mining.evidence import distorted, log_odds, raised, spread

ALL = torch.ones(1, 2, dtype=torch.bool), torch.ones(1, 3, dtype=torch.bool)
SCORES = torch.tensor([[[0.9, 0.1, 0.2], [0.3, 0.8, 0.2]]])


def padded(value):
    """The same pair with padding that would change everything if it counted."""
    whole = torch.full((1, 4, 5), value)
    whole[0, :2, :3] = SCORES[0]
    return whole, torch.tensor([[True, True, False, False]]), torch.tensor([[True, True, True, False, False]])


def test_spread_is_the_standard_deviation_of_what_is_there():
    assert spread(SCORES, *ALL).item() == pytest.approx(SCORES.std(correction=0).item())
    assert spread(*padded(50.0)).item() == pytest.approx(SCORES.std(correction=0).item())
    assert spread(torch.zeros(1, 0, 2), torch.zeros(1, 0, dtype=torch.bool), ALL[0]).item() == 0


def test_what_a_dictionary_lists_gains():
    listed = torch.tensor([[[False, False, True], [False, False, False]]])
    found = raised(SCORES, *ALL, listed, 2.0)
    deviation = SCORES.std(correction=0)
    torch.testing.assert_close(found - SCORES, listed * 2 * deviation)
    assert raised(SCORES, *ALL, None, 2.0) is SCORES
    assert raised(SCORES, *ALL, listed, 0.0) is SCORES


def test_distortion_follows_the_formula():
    found = distorted(SCORES, *ALL, 0.5)
    for i in range(2):
        for j in range(3):
            expected = SCORES[0, i, j].item() * (1 - (i / 1 - j / 2) ** 2 * 0.5)
            assert found[0, i, j].item() == pytest.approx(expected)
    torch.testing.assert_close(distorted(*padded(3.0), 0.5)[:, :2, :3], found)
    assert distorted(SCORES, *ALL, 0.0) is SCORES


def test_a_side_of_one_unit_is_not_distorted():
    one = SCORES[:, :1]
    found = distorted(one, torch.tensor([[True]]), ALL[1], 0.5)
    torch.testing.assert_close(found.float(), one)


def test_log_odds_of_both_choices():
    found = log_odds(SCORES, *ALL)
    scaled = SCORES[0] / (0.5 * SCORES.std(correction=0))
    forward, backward = scaled.softmax(1), scaled.softmax(0)
    both = 2 * forward * backward / (forward + backward)
    torch.testing.assert_close(found[0], both.logit())
    torch.testing.assert_close(log_odds(*padded(9.0))[:, :2, :3], found)


def test_log_odds_do_not_depend_on_the_scale():
    torch.testing.assert_close(log_odds(SCORES * 7 + 3, *ALL), log_odds(SCORES, *ALL), rtol=1e-3, atol=1e-3)


def test_two_lone_words_are_sure_of_each_other():
    one = torch.ones(1, 1, dtype=torch.bool)
    assert log_odds(torch.tensor([[[0.3]]]), one, one).item() == pytest.approx(9.21, abs=0.01)

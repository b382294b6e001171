import pytest
import torch

from vecocli.xtreme import retrieve
from vecocli.xtreme.retrieve import evaluate_retrieval, score_vectors


def unit(angle):
    radians = torch.tensor(angle) * torch.pi / 180
    return torch.stack([radians.cos(), radians.sin()], dim=-1)


def percent(*given):
    return score_vectors(*given).percent


def distinct(count):
    return torch.arange(count)


def by_hand(sources, targets, source_keys, target_keys):
    """The definitions, one pair at a time, in float64."""
    count = len(sources)
    cosine = torch.nn.functional.cosine_similarity(sources[:, None].double(), targets[None].double(), dim=-1)
    same = [
        [bool(source_keys[i] == source_keys[j] or target_keys[i] == target_keys[j]) for j in range(count)]
        for i in range(count)
    ]
    forward = sum(same[i][int(cosine[i].argmax())] for i in range(count))
    backward = sum(same[i][int(cosine[:, i].argmax())] for i in range(count))
    mexa = sum(
        all(cosine[i, i] > max(cosine[i, j], cosine[j, i]) for j in range(count) if not same[i][j])
        for i in range(count)
    )
    return tuple(100 * hits / count for hits in (forward, backward, mexa))


def test_accuracy_both_ways_and_mexa():
    sources, targets = unit([0.0, 40.0, 90.0]), unit([5.0, 80.0, 70.0])
    # 0 -> 5; 40 -> 70 (wrong); 90 -> 80 (wrong); 5 -> 0; 80 -> 90 (wrong); 70 -> 90
    assert percent(sources, targets, distinct(3), distinct(3)) == pytest.approx((100 / 3, 200 / 3, 100 / 3))


def test_mexa_needs_both_ways():
    sources, targets = unit([0.0, 10.0]), unit([20.0, 60.0])
    # 0 -> 20 and 10 -> 20; 20 -> 10 and 60 -> 10: pair 0 wins only from its source, pair 1 only from its target
    assert percent(sources, targets, distinct(2), distinct(2)) == (50, 50, 0)


@pytest.mark.parametrize("block", [3, 1024])
def test_agrees_with_the_definitions(monkeypatch, block):
    monkeypatch.setattr(retrieve, "BLOCK", block)
    generator = torch.Generator().manual_seed(1)
    targets = torch.randn(40, 8, generator=generator)
    sources = targets + 0.9 * torch.randn(40, 8, generator=generator)
    keys = torch.randint(0, 25, (2, 40), generator=generator)
    for pair in ((distinct(40), distinct(40)), (keys[0], keys[1])):
        expected = by_hand(sources, targets, *pair)
        assert percent(sources, targets, *pair) == pytest.approx(expected)
        assert 0 < expected[2] < expected[0] < 100


def test_equal_sentences_count_as_right():
    vectors = unit([0.0, 0.0, 90.0])
    assert percent(vectors, vectors, distinct(3), distinct(3)) == pytest.approx((200 / 3, 200 / 3, 100 / 3))
    assert percent(vectors, vectors, torch.tensor([0, 0, 1]), distinct(3)) == (100, 100, 100)
    assert percent(vectors, vectors, distinct(3), torch.tensor([0, 0, 1])) == (100, 100, 100)


def test_the_size_of_a_block_changes_nothing(monkeypatch):
    sources, targets = torch.randn(2, 7, 4, generator=torch.Generator().manual_seed(0))
    whole = percent(sources, targets, distinct(7), distinct(7))
    assert 0 < whole[0] < 100
    monkeypatch.setattr(retrieve, "BLOCK", 2)
    assert percent(sources, targets, distinct(7), distinct(7)) == whole


def test_encodes_and_scores_every_layer(tiny_encoder):
    texts = ["Die Katze sieht das Haus.", "Zwei Wörter", "我喜欢你。", "Zwei Wörter"]
    scores = evaluate_retrieval(tiny_encoder, texts, texts, layers=[0, -1])
    assert [score.layer for score in scores] == [0, 2]
    assert all((score.forward, score.backward, score.mexa) == (100, 100, 100) for score in scores)
    first = evaluate_retrieval(tiny_encoder, texts, texts[1:] + texts[:1], layers=[2], pooling="first")
    assert (first[0].forward, first[0].backward, first[0].mexa) == (0, 0, 0)


def test_says_what_was_found_and_whether_that_is_right():
    sources, targets = unit([0.0, 40.0, 90.0]), unit([5.0, 80.0, 70.0])
    score = score_vectors(sources, targets, distinct(3), distinct(3), 7)
    assert score.layer == 7
    assert score.nearest.tolist() == [[0, 2, 1], [0, 2, 2]]
    assert score.right.tolist() == [[True, False, False], [True, False, True]]

import warnings

import pytest
import torch

from vecocli.encoder.inference import TokenVectors, token_vectors
from vecocli.mining import aligner
from vecocli.mining.aligner import align, link_words
from vecocli.mining.words import WordedPair, tokenised

PAIRS = [
    tokenised("Die Katze sieht das alte grüne Haus .", "The cat sees the old green house ."),
    tokenised("Zwei Wörter : größer", "Two words , don't they ?"),
    tokenised("我们 喜欢 旧的 绿色 房子 。", "We like the old green house ."),
    tokenised("हमें पुराना हरा घर पसंद है ।", "Nous aimons la vieille maison verte ; c'est l'été ."),
    tokenised("Haus", "house"),
]


def tokens(vectors, offsets=None):
    """One layer of sub-words, one a word, at the given vectors."""
    return TokenVectors(0, offsets or [(2 * i, 2 * i + 1) for i in range(len(vectors))], torch.tensor([vectors]))


def words(count):
    return [(2 * i, 2 * i + 1) for i in range(count)]


def pair(source_words, target_words):
    return WordedPair("", "", source_words, target_words)


def test_links_need_both_directions():
    source = tokens([[1.0, 0.0], [0.8, 0.6]])
    target = tokens([[1.0, 0.1], [-1.0, 0.0]])
    links = link_words(source, target, pair(words(2), words(2)))
    assert list(links[0]) == [(0, 0)]
    assert links[0][0, 0] == pytest.approx(1 / 1.01**0.5)


def test_length_of_a_vector_does_not_matter():
    source = tokens([[1.0, 0.0], [0.0, 1.0]])
    target = tokens([[0.01, 0.0], [50.0, 60.0]])
    assert set(link_words(source, target, pair(words(2), words(2)))[0]) == {(0, 0), (1, 1)}


def test_one_sub_word_is_enough_and_the_best_one_scores():
    source = tokens([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], [(0, 2), (2, 4)])
    target = tokens([[0.0, 3.0, 4.0], [2.0, 0.0, 0.0]], [(0, 1), (1, 5)])
    links = link_words(source, target, pair([(0, 4)], [(0, 5)]))[0]
    assert links == {(0, 0): pytest.approx(1.0)}


def test_words_can_be_matched_by_their_means():
    source = tokens([[1.0, 0.0], [0.0, 1.0], [1.0, -1.0]], [(0, 2), (2, 4), (5, 6)])
    target = tokens([[1.0, 1.0], [2.0, -1.9]], [(0, 3), (4, 6)])
    links = link_words(source, target, pair([(0, 4), (5, 6)], [(0, 3), (4, 6)]), "word")[0]
    assert links == {(0, 0): pytest.approx(1.0), (1, 1): pytest.approx(1.0, abs=1e-3)}


def test_sub_words_of_no_word_compete_but_give_no_link():
    source = tokens([[1.0, 0.0], [0.0, 1.0]])
    target = tokens([[1.0, 0.1], [1.0, 0.0], [0.0, 1.0]])
    only_first = pair(words(2), [(0, 1), (4, 5)])
    assert set(link_words(source, target, only_first)[0]) == {(1, 1)}
    assert set(link_words(source, target, only_first, "word")[0]) == {(0, 0), (1, 1)}


def test_a_lone_word_begin_marker_belongs_to_the_word_behind_it():
    source = tokens([[1.0, 0.0], [0.6, 0.8]], [(0, 1), (2, 2)])
    target = tokens([[1.0, 0.1], [0.0, 1.0]])
    assert set(link_words(source, target, pair([(0, 1), (2, 3)], words(2)))[0]) == {(0, 0), (1, 1)}


@pytest.mark.parametrize("unit", ["subword", "word"])
def test_an_empty_side_has_no_links(tiny_encoder, unit):
    pairs = [tokenised("", "house"), tokenised("Haus", ""), tokenised("\u3000", "house"), tokenised("Haus", "house")]
    found = dict(align(tiny_encoder, pairs, layers=[0, 1], unit=unit))
    assert found[0] == found[1] == found[2] == [{}, {}]
    assert [set(links) for links in found[3]] == [{(0, 0)}, {(0, 0)}]


def test_words_without_sub_words_are_not_matched():
    source = tokens([[1.0, 0.0]])
    assert link_words(source, tokens([[1.0, 0.0]]), pair([(7, 9)], words(1)), "word") == [{}]


def test_chunks_and_order_do_not_matter(tiny_encoder, monkeypatch):
    whole = dict(align(tiny_encoder, PAIRS, layers=[0, 2]))
    monkeypatch.setattr(aligner, "CHUNK", 2)
    seen = []
    parts = dict(align(tiny_encoder, PAIRS, layers=[0, 2], progress=lambda done, total: seen.append((done, total))))
    assert sorted(whole) == list(range(len(PAIRS)))
    for index, layers in whole.items():
        assert [set(links) for links in layers] == [set(links) for links in parts[index]]
    assert seen == [(2, 5), (4, 5), (5, 5)]


def test_words_behind_the_cut_get_no_links(tiny_encoder):
    found = dict(align(tiny_encoder, [PAIRS[0]], layers=[0], max_length=8))
    kept = next(token_vectors(tiny_encoder, [PAIRS[0].source], layers=[0], max_length=8)).offsets[-1][1]
    assert found[0][0]
    assert all(PAIRS[0].source_words[i][0] < kept for i, _ in found[0][0])


@pytest.mark.parametrize(("unit", "name"), [("subword", "bpe"), ("word", "word")])
def test_agrees_with_simalign(tiny_encoder, tiny_model, unit, name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import simalign

        peer = simalign.SentenceAligner(model=str(tiny_model), token_type=name, matching_methods="a", layer=1)
        expected = [
            set(peer.get_word_aligns(pair.source.split(" "), pair.target.split(" "))["inter"]) for pair in PAIRS
        ]
    found = dict(align(tiny_encoder, PAIRS, layers=[1], unit=unit))
    assert [set(found[index][0]) for index in range(len(PAIRS))] == expected
    assert sum(map(len, expected)) >= 10

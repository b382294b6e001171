import warnings
from typing import Any

import pytest
import torch

from vecocli.encoder.encoder import Encoder
from vecocli.errors import UsageError
from vecocli.mining import aligner as module
from vecocli.mining.aligner import Aligner, AlignerSettings, WordLink
from vecocli.mining.words import WordedPair, tokenised

PAIRS = [
    tokenised("Die Katze sieht das alte grüne Haus .", "The cat sees the old green house ."),
    tokenised("Zwei Wörter : größer", "Two words , don't they ?"),
    tokenised("我们 喜欢 旧的 绿色 房子 。", "We like the old green house ."),
    tokenised("हमें पुराना हरा घर पसंद है ।", "Nous aimons la vieille maison verte ; c'est l'été ."),
    tokenised("Haus", "house"),
    tokenised("Die Katze \u3000 sieht", "The cat sees \u3000"),
]
EMPTY = [tokenised("", "house"), tokenised("Haus", ""), tokenised("", "")]
Pairs = list[list[set[tuple[int, int]]]]


def aligned(encoder: Encoder, pairs: list[WordedPair], listed: Any = None, **settings: Any) -> Pairs:
    """For each pair and slot the linked words."""
    found = Aligner(encoder, AlignerSettings(**{"methods": ("argmax",), "layers": (1,)} | settings)).align(
        pairs, listed
    )
    return [[{link[:2] for link in links} for links in slots] for _, slots in sorted(found, key=lambda item: item[0])]


@pytest.mark.parametrize("distortion", [0.0, 0.5])
@pytest.mark.parametrize(("unit", "name"), [("subword", "bpe"), ("word", "word")])
def test_agrees_with_simalign(tiny_encoder: Encoder, tiny_model: Any, unit: str, name: str, distortion: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import simalign

        peer = simalign.SentenceAligner(
            model=str(tiny_model), token_type=name, matching_methods="aim", distortion=distortion, layer=1
        )
        answers = [peer.get_word_aligns(pair.source.split(" "), pair.target.split(" ")) for pair in PAIRS]
    expected = [[set(answer[key]) for key in ("inter", "itermax", "mwmf")] for answer in answers]
    methods = ("argmax", "itermax", "match")
    assert aligned(tiny_encoder, PAIRS, methods=methods, unit=unit, distortion=distortion) == expected
    counts = [sum(len(slots[slot]) for slots in expected) for slot in range(3)]
    assert counts[0] >= 12
    assert counts[1] > counts[0]


def test_similarity_is_the_cosine_of_the_surest_sub_words(tiny_encoder: Encoder) -> None:
    [(_, [links])] = Aligner(tiny_encoder, AlignerSettings(("argmax",), (1,))).align(PAIRS[4:5])
    assert [link[:2] for link in links] == [(0, 0)]
    assert -1 <= links[0].similarity <= 1
    [(_, [words])] = Aligner(tiny_encoder, AlignerSettings(("match",), (2,), unit="word")).align(PAIRS[4:5])
    pieces = tiny_encoder.tokens.in_words(["Haus", "house"], [[(0, 4)], [(0, 5)]], cut=True)
    means = []
    for piece in pieces:
        ids = torch.tensor([tiny_encoder.tokens.single(piece.ids)])
        means.append(tiny_encoder.model.base_model(ids).last_hidden_state[0, 1:-1].mean(0))
    assert words == [
        WordLink(0, 0, pytest.approx(torch.cosine_similarity(*means, dim=0).item()), pytest.approx(9.2, abs=0.1))
    ]


def test_slots_are_methods_by_layers(tiny_encoder: Encoder) -> None:
    aligner = Aligner(tiny_encoder, AlignerSettings(("match", "argmax"), (2, 0)))
    assert aligner.slots == [("match", 2), ("match", 0), ("argmax", 2), ("argmax", 0)]
    whole = aligned(tiny_encoder, PAIRS, methods=("match", "argmax"), layers=(2, 0))
    for slot, (method, layer) in enumerate(aligner.slots):
        alone = aligned(tiny_encoder, PAIRS, methods=(method,), layers=(layer,))
        assert [slots[slot] for slots in whole] == [slots[0] for slots in alone]


@pytest.mark.parametrize("unit", ["subword", "word"])
@pytest.mark.parametrize("method", ["argmax", "itermax", "match", "ot", "softmax"])
def test_an_empty_side_has_no_links(tiny_encoder: Encoder, unit: str, method: str) -> None:
    found = aligned(tiny_encoder, [*EMPTY, PAIRS[4]], methods=(method,), unit=unit)
    assert found == [[set()], [set()], [set()], [{(0, 0)}]]
    assert aligned(tiny_encoder, EMPTY[:1], methods=(method,)) == [[set()]]
    assert aligned(tiny_encoder, []) == []


def test_chunks_do_not_matter(tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = aligned(tiny_encoder, PAIRS)
    monkeypatch.setattr(module, "CHUNK", 2)
    seen: list[tuple[int, int | None]] = []
    aligner = Aligner(tiny_encoder, AlignerSettings(("argmax",), (1,)))
    parts = list(aligner.align(PAIRS, progress=lambda *at: seen.append(at)))
    assert [[{link[:2] for link in links} for links in slots] for _, slots in parts] == whole
    assert seen == [(2, 6), (4, 6), (6, 6)]


def test_running_text_gives_the_links_of_its_words(tiny_encoder: Encoder) -> None:
    pair = WordedPair("Haus, Katze!", "house: cat?", [(0, 4), (6, 11)], [(0, 5), (7, 10)])
    [[links]] = aligned(tiny_encoder, [pair], methods=("match",))
    assert {i for i, _ in links} <= {0, 1}
    assert links


def test_a_listed_pair_gains(tiny_encoder: Encoder) -> None:
    before = aligned(tiny_encoder, PAIRS[:1])[0][0]
    other = next((i, j) for i in range(7) for j in range(7) if (i, j) not in before)
    for unit in ("subword", "word"):
        assert other in aligned(tiny_encoder, PAIRS[:1], [[other]], bonus=50.0, unit=unit)[0][0]
    assert aligned(tiny_encoder, PAIRS[:1], [[other]], bonus=0.0)[0][0] == before
    assert aligned(tiny_encoder, PAIRS[:1], [[]], bonus=50.0)[0][0] == before


def test_listed_words_may_lie_behind_the_cut(tiny_encoder: Encoder) -> None:
    found = aligned(tiny_encoder, PAIRS[:1], [[(7, 7), (0, 0)]], bonus=50.0, max_length=8, on_long="cut")
    assert (0, 0) in found[0][0]
    assert max(max(link) for link in found[0][0]) < 7


@pytest.mark.parametrize("on_long", ["window", "cut", "skip"])
def test_long_sentences(tiny_encoder: Encoder, on_long: Any) -> None:
    aligner = Aligner(tiny_encoder, AlignerSettings(("argmax",), (1,), max_length=8, on_long=on_long))
    found = dict(aligner.align([PAIRS[0], PAIRS[4]]))
    assert aligner.long == 2
    assert [link[:2] for link in found[1][0]] == [(0, 0)]
    linked = {link.source for link in found[0][0]}
    if on_long == "window":
        assert max(linked) > 3
    else:
        assert linked <= {0, 1, 2}
        assert bool(linked) == (on_long == "cut")


def test_a_pair_that_no_memory_would_hold_is_skipped(tiny_encoder: Encoder) -> None:
    endless = WordedPair("x" * 100_000, "y" * 100_000, [(0, 100_000)], [(0, 100_000)])
    found = aligned(tiny_encoder, [endless, *PAIRS], [[(0, 0)], *([] for _ in PAIRS)])
    assert found == [[set()], *aligned(tiny_encoder, PAIRS)]


def test_bf16_is_near(tiny_encoder: Encoder) -> None:
    exact, rough = aligned(tiny_encoder, PAIRS), aligned(tiny_encoder, PAIRS, precision="bf16")
    both = sum(len(a & b) for [a], [b] in zip(exact, rough, strict=True))
    assert both >= 0.8 * sum(len(a) for [a] in exact)


def test_refuses_what_is_not_there(tiny_encoder: Encoder) -> None:
    with pytest.raises(UsageError, match="no layer 3"):
        Aligner(tiny_encoder, AlignerSettings(("argmax",), (3,)))
    with pytest.raises(UsageError, match="no aligner is called 'argmin'"):
        Aligner(tiny_encoder, AlignerSettings(("argmin",), (1,)))

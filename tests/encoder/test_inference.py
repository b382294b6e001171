from typing import Any

import pytest
import torch

from vecocli.encoder.encoder import Encoder, Inputs
from vecocli.encoder.inference import packed_vectors, room, sentence_vectors
from vecocli.encoder.windows import windows

TEXTS = ["Die Katze sieht das Haus.", "", "猫は家を見る。", "Кошка видит дом. Мы любим старый дом.", "The cat " * 40]


@torch.no_grad()
def states_of(encoder: Encoder, text: str, room: int = 500) -> tuple[torch.Tensor, ...]:
    encoder.eval()
    ids = torch.tensor([encoder.tokens.single(encoder.tokens.pieces([text])[0].ids[:room])])
    return encoder.hidden_states(Inputs(ids, torch.ones_like(ids, dtype=torch.bool)))


@pytest.mark.parametrize("budget", [1, 64, 4096])
def test_sentence_vectors_against_one_at_a_time(tiny_encoder: Encoder, budget: int) -> None:
    seen: list[tuple[int, int | None]] = []
    found = sentence_vectors(
        tiny_encoder,
        TEXTS,
        layers=[0, -1],
        tokens_per_batch=budget,
        max_length=20,
        progress=lambda *at: seen.append(at),
    )
    assert found.shape == (2, 5, 32)
    for row, text in enumerate(TEXTS):
        states = states_of(tiny_encoder, text, 18)
        for slot, layer in enumerate((0, 2)):
            torch.testing.assert_close(found[slot, row], states[layer][0].mean(0), rtol=1e-4, atol=1e-5)
    assert seen[-1] == (5, 5)
    assert (len(seen) == 5) == (budget == 1)
    assert not found.requires_grad


def test_first_position(tiny_encoder: Encoder) -> None:
    found = sentence_vectors(tiny_encoder, TEXTS[:1], layers=[1], pooling="first")
    torch.testing.assert_close(found[0, 0], states_of(tiny_encoder, TEXTS[0])[1][0, 0], rtol=1e-4, atol=1e-5)


def packed_by_text(encoder: Encoder, texts: list[str], **settings: Any) -> list[torch.Tensor]:
    packed = packed_vectors(encoder, [piece.ids for piece in encoder.tokens.pieces(texts)], **settings)
    return [packed.of(row) for row in range(len(texts))]


@pytest.mark.parametrize("budget", [1, 64, None])
def test_packed_vectors_leave_out_special_tokens_and_padding(tiny_encoder: Encoder, budget: int | None) -> None:
    found = packed_by_text(tiny_encoder, TEXTS, layers=[2, 0], tokens_per_batch=budget)
    for row, text in enumerate(TEXTS):
        states = states_of(tiny_encoder, text)
        for slot, layer in enumerate((2, 0)):
            torch.testing.assert_close(found[row][slot], states[layer][0, 1:-1], rtol=1e-4, atol=1e-5)
    assert found[1].shape == (2, 0, 32)


def test_a_long_text_is_encoded_in_windows(tiny_encoder: Encoder) -> None:
    text = "The cat sees the old green house and we like it"
    [piece] = tiny_encoder.tokens.pieces([text])
    assert len(piece.ids) > 18
    [found] = packed_by_text(tiny_encoder, [text], layers=[1], max_length=14)
    assert found.shape == (1, len(piece.ids), 32)
    for window in windows(len(piece.ids), 12):
        ids = torch.tensor([tiny_encoder.tokens.single(piece.ids[window.start : window.end])])
        states = tiny_encoder.hidden_states(Inputs(ids, torch.ones_like(ids, dtype=torch.bool)))[1][0, 1:-1]
        kept = states[window.keep_start - window.start : window.keep_end - window.start]
        torch.testing.assert_close(found[0, window.keep_start : window.keep_end], kept, rtol=1e-4, atol=1e-5)


def test_the_models_limit_holds_and_nothing_gives_nothing(tiny_encoder: Encoder) -> None:
    assert room(tiny_encoder, 100_000) == tiny_encoder.max_length - 2
    assert sentence_vectors(tiny_encoder, [], layers=[1]).shape == (1, 0, 32)
    assert packed_vectors(tiny_encoder, [], layers=[1]).vectors.shape == (1, 0, 32)


def test_bf16_is_near(tiny_encoder: Encoder) -> None:
    exact = sentence_vectors(tiny_encoder, TEXTS[:1], layers=[2])
    rough = sentence_vectors(tiny_encoder, TEXTS[:1], layers=[2], precision="bf16")
    assert rough.dtype == torch.float32
    assert not torch.equal(rough, exact)
    assert torch.cosine_similarity(rough[0], exact[0]).item() > 0.99

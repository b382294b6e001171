import pytest
import torch

from vecocli.encoder.encoder import Encoder, Inputs
from vecocli.encoder.inference import sentence_vectors, token_vectors

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


def test_token_vectors_leave_out_special_tokens(tiny_encoder: Encoder) -> None:
    found = {one.index: one for one in token_vectors(tiny_encoder, TEXTS, layers=[2, 0], max_length=12)}
    assert set(found) == set(range(5))
    for row, text in enumerate(TEXTS):
        pieces = tiny_encoder.tokens.pieces([text])[0]
        states = states_of(tiny_encoder, text, 10)
        assert found[row].offsets == pieces.spans[:10]
        for slot, layer in enumerate((2, 0)):
            torch.testing.assert_close(found[row].vectors[slot], states[layer][0, 1:-1], rtol=1e-4, atol=1e-5)


def test_the_models_limit_holds_and_nothing_gives_nothing(tiny_encoder: Encoder) -> None:
    long = next(token_vectors(tiny_encoder, ["The cat " * 400], layers=[1], max_length=100_000))
    assert long.vectors.shape == (1, tiny_encoder.max_length - 2, 32)
    assert sentence_vectors(tiny_encoder, [], layers=[1]).shape == (1, 0, 32)


def test_bf16_is_near(tiny_encoder: Encoder) -> None:
    exact = sentence_vectors(tiny_encoder, TEXTS[:1], layers=[2])
    rough = sentence_vectors(tiny_encoder, TEXTS[:1], layers=[2], precision="bf16")
    assert rough.dtype == torch.float32
    assert not torch.equal(rough, exact)
    assert torch.cosine_similarity(rough[0], exact[0]).item() > 0.99

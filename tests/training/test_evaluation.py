from pathlib import Path

import pytest
import torch

from vecocli.encoder.encoder import Encoder
from vecocli.encoder.inference import sentence_vectors
from vecocli.encoder.passes import Readout
from vecocli.mining.gold import GoldLinks
from vecocli.mining.words import tokenised
from vecocli.training.evaluation import Evaluator
from vecocli.training.heldout import Aligned, Parallel
from vecocli.xtreme.retrieve import evaluate_retrieval

READOUT = Readout(
    sentence_layer=2,
    sentence_pooling="mean",
    sentence_states="clean",
    token_layer=1,
    token_pooling="mean",
    token_states="clean",
)
SAME = ["The cat sees the house.", "Two words.", "We like the old green house."]
OTHER = ["Die Katze sieht das Haus.", "Zwei Wörter.", "Wir mögen das alte grüne Haus!"]


def evaluator(encoder: Encoder, aligned: Aligned | None = None, **texts: tuple[list[str], list[str]]) -> Evaluator:
    given = [Parallel(name.replace("_", "-"), *both) for name, both in texts.items()]
    return Evaluator(encoder, READOUT, "fp32", 64, given, aligned)


def test_scores_each_language_pair_and_their_mean(tiny_encoder: Encoder) -> None:
    figures = evaluator(tiny_encoder, en_de=(SAME, OTHER), en_en=(SAME, SAME))()
    assert figures["eval/en-en/forward"] == figures["eval/en-en/backward"] == figures["eval/en-en/mexa"] == 100
    plain = evaluate_retrieval(tiny_encoder, SAME, OTHER, layers=[2], max_length=64)[0]
    assert figures["eval/en-de/forward"] == plain.forward
    assert figures["eval/retrieval"] == pytest.approx((200 + plain.forward + plain.backward) / 4)
    assert figures["eval/mexa"] == pytest.approx((100 + plain.mexa) / 2)
    assert "eval/aer" not in figures


def test_aer_is_that_of_the_links_against_gold(tiny_encoder: Encoder) -> None:
    text = "the cat sees"
    right = frozenset({(0, 0), (1, 1), (2, 2)})
    for gold, aer in ((right, 0.0), (frozenset({(0, 1)}), 100.0)):
        aligned = Aligned([tokenised(text, text)], [GoldLinks(gold, gold)])
        assert evaluator(tiny_encoder, aligned, en_de=(SAME, OTHER))()["eval/aer"] == pytest.approx(aer)


@pytest.mark.parametrize("training", [True, False])
def test_leaves_mode_weights_and_random_numbers(tiny_encoder: Encoder, training: bool) -> None:
    tiny_encoder.train(training)
    before = {name: weight.clone() for name, weight in tiny_encoder.state_dict().items()}
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    one, again = (evaluator(tiny_encoder, en_de=(SAME, OTHER))() for _ in range(2))
    assert one == again
    assert torch.equal(torch.rand(3), expected)
    assert tiny_encoder.training is training
    assert all(torch.equal(weight, before[name]) for name, weight in tiny_encoder.state_dict().items())


def test_sees_the_weights_as_they_are_now(tiny_encoder: Encoder, tmp_path: Path) -> None:
    """Whatever was prepared for an earlier evaluation."""
    score = evaluator(tiny_encoder, en_de=(SAME, OTHER))
    score()
    optimiser = torch.optim.AdamW(tiny_encoder.parameters(), lr=0.3, fused=True)
    for weight in tiny_encoder.parameters():
        weight.grad = torch.randn_like(weight)
    optimiser.step()
    tiny_encoder.model.save_pretrained(tmp_path)
    tiny_encoder.tokens.hf.save_pretrained(tmp_path)
    fresh = evaluator(Encoder.load(tmp_path), en_de=(SAME, OTHER))
    assert score() == fresh()
    now, then = (sentence_vectors(one, OTHER, layers=[2]) for one in (tiny_encoder, Encoder.load(tmp_path)))
    assert torch.equal(now, then)

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from vecocli.encoder import heads
from vecocli.encoder.encoder import Encoder, Inputs
from vecocli.encoder.heads import find_decoder, find_head, head_loss, need_head
from vecocli.errors import UsageError

SIZE: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "max_position_embeddings": 40,
    "pad_token_id": 0,
}
KINDS: dict[str, dict[str, Any]] = {
    "albert": {"embedding_size": 16},
    "bert": {},
    "camembert": {"pad_token_id": 1},
    "convbert": {"embedding_size": 16},
    "data2vec-text": {"pad_token_id": 1},
    "deberta": {"relative_attention": True},
    "deberta-v2": {"relative_attention": True, "position_biased_input": False, "pos_att_type": ["p2c", "c2p"]},
    "deberta-v2-own-head": {"legacy": False},
    "distilbert": {},
    "electra": {"embedding_size": 16},
    "ernie": {},
    "mobilebert": {"embedding_size": 16, "intra_bottleneck_size": 16},
    "modernbert": {"max_position_embeddings": 64},
    "mpnet": {"pad_token_id": 1},
    "rembert": {"input_embedding_size": 16, "output_embedding_size": 24},
    "roberta": {"pad_token_id": 1},
    "roformer": {"embedding_size": 16},
    "xlm-roberta": {"pad_token_id": 1},
    "xlm-roberta-xl": {"pad_token_id": 1, "type_vocab_size": 2},
}
WITHOUT_DECODER = {"deberta-v2-own-head", "mobilebert"}  # they multiply by the embeddings themselves
COUNTED_FROM_PADDING = {"camembert", "data2vec-text", "mpnet", "roberta", "xlm-roberta", "xlm-roberta-xl"}


@pytest.fixture(scope="module", params=KINDS)
def encoder(request: pytest.FixtureRequest, bert_tokenizer: Any) -> Encoder:
    """A tiny random model of each family; weights and biases far from their starting values."""
    from transformers import CONFIG_MAPPING, AutoModelForMaskedLM

    kind = request.param
    config = CONFIG_MAPPING[kind.removesuffix("-own-head")](
        vocab_size=len(bert_tokenizer), bos_token_id=2, eos_token_id=3, **SIZE | KINDS[kind]
    )
    for name in ("cls_token_id", "sep_token_id"):
        if getattr(config, name, None) is not None:
            setattr(config, name, 2)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = AutoModelForMaskedLM.from_config(config).eval()
        for weight in model.parameters():
            torch.nn.init.normal_(weight, 0.1, 0.3)
    made = Encoder(model, bert_tokenizer)
    made.kind = kind
    return made


def inputs(width: int) -> Inputs:
    ids = torch.randint(5, 300, (2, width), generator=torch.Generator().manual_seed(1))
    mask = torch.ones(2, width, dtype=torch.bool)
    mask[1, width // 2 :] = False
    types = (torch.arange(width) > width // 3).long().expand(2, -1)
    return Inputs(ids.masked_fill(~mask, 0), mask, types)


@torch.no_grad()
def test_logits_at_chosen_positions_are_the_models_own(encoder: Encoder) -> None:
    given = inputs(12)
    chosen = given.mask & (torch.arange(12) % 3 == 1)
    states = encoder.hidden_states(given)
    full = encoder.model(input_ids=given.ids, attention_mask=given.mask.long(), token_type_ids=given.types).logits
    assert full[chosen].abs().max() > 0.1
    torch.testing.assert_close(encoder.mlm_logits(states[-1][chosen]), full[chosen], rtol=1e-5, atol=1e-5)
    assert [state.shape for state in states] == [(2, 12, 32)] * 3


@torch.no_grad()
def test_the_longest_input_runs_and_no_longer_one(encoder: Encoder) -> None:
    relative = {"deberta-v2", "modernbert", "roformer"}
    limit = encoder.max_length
    assert limit == {"modernbert": 64}.get(encoder.kind, 38 if encoder.kind in COUNTED_FROM_PADDING else 40)
    whole = Inputs(torch.full((1, limit), 7), torch.ones(1, limit, dtype=torch.bool))
    assert encoder.hidden_states(whole)[-1].shape == (1, limit, 32)
    if encoder.kind in relative:
        return
    longer = Inputs(torch.full((1, limit + 1), 7), torch.ones(1, limit + 1, dtype=torch.bool))
    with pytest.raises((IndexError, RuntimeError)):
        encoder.hidden_states(longer)


def test_a_bare_encoder_has_no_head(encoder: Encoder) -> None:
    assert find_head(encoder.model) is not None
    assert find_head(encoder.model.base_model) is None


def gradients(encoder: Encoder) -> dict[str, torch.Tensor | None]:
    found = {name: one.grad for name, one in encoder.named_parameters()}
    encoder.zero_grad()
    return found


@pytest.mark.parametrize("half", [False, True])
def test_loss_and_every_gradient_are_those_of_the_logits(encoder: Encoder, half: bool) -> None:
    given = inputs(12)
    chosen = given.mask & (torch.arange(12) % 3 == 1)
    labels = torch.tensor([7, 300, 0, 9, 31, 8, 11])[: int(chosen.sum())]
    states = encoder.hidden_states(given)[-1][chosen]
    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        logits = encoder.mlm_logits(states)
    labels[2] = logits[2].argmax()
    wanted = F.cross_entropy(logits.float(), labels, reduction="none")
    wanted.sum().backward()
    theirs = gradients(encoder)
    states = encoder.hidden_states(given)[-1][chosen]
    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        loss, right = encoder.mlm_loss(states, labels)
    loss.sum().backward()
    mine = gradients(encoder)
    assert torch.equal(right, logits.argmax(1) == labels)
    assert right.any()
    torch.testing.assert_close(loss, wanted, rtol=1e-2 if half else 1e-5, atol=0)
    assert (encoder._decoder is None) == (encoder.kind in WITHOUT_DECODER)
    for name, one in theirs.items():
        assert (one is None) == (mine[name] is None), name
        if one is not None:
            tolerance = (0.05 if half else 1e-4) * one.abs().max() + 1e-4 * max(
                other.abs().max() for other in theirs.values() if other is not None
            )
            assert (mine[name] - one).abs().max() <= tolerance, name


def test_without_a_chosen_position_the_gradient_is_zero(encoder: Encoder) -> None:
    given = inputs(12)
    none = torch.zeros_like(given.mask)
    loss, right = encoder.mlm_loss(encoder.hidden_states(given)[-1][none], torch.empty(0, dtype=torch.long))
    assert len(loss) == len(right) == 0
    loss.sum().backward()
    found = [one for one in gradients(encoder).values() if one is not None]
    assert len(found) > 10
    assert not any(one.any() for one in found)


def test_the_logits_are_not_made_for_the_loss(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    if encoder.kind in WITHOUT_DECODER:
        monkeypatch.setattr(heads, "vocabulary_loss", None)
    else:
        monkeypatch.setattr(heads, "loss_by_rows", None)
    with torch.no_grad():
        assert encoder.mlm_loss(torch.ones(2, 32), torch.tensor([3, 4]))[0].min() > 0


def test_a_bare_encoder_has_no_loss(encoder: Encoder) -> None:
    bare = Encoder(encoder.model.base_model, encoder.tokens.hf)
    with pytest.raises(UsageError, match="no masked-language head"):
        bare.mlm_loss(torch.ones(2, 32), torch.tensor([3, 4]))
    with pytest.raises(UsageError, match="no masked-language head"):
        bare.mlm_logits(torch.ones(2, 32))


def test_looking_for_the_decoder_leaves_autocast_its_gradients(encoder: Encoder) -> None:
    encoder.__dict__.pop("_decoder", None)
    with torch.autocast("cpu", torch.bfloat16):
        loss, _ = encoder.mlm_loss(torch.ones(2, 32), torch.tensor([3, 4]))
    loss.sum().backward()
    first = {name for name, one in gradients(encoder).items() if one is not None}
    with torch.autocast("cpu", torch.bfloat16):
        loss, _ = encoder.mlm_loss(torch.ones(2, 32), torch.tensor([3, 4]))
    loss.sum().backward()
    assert first == {name for name, one in gradients(encoder).items() if one is not None}
    assert len(first) >= 2


class Scaled(nn.Module):
    """A head that does something with its decoder's logits; beside it a layer of the same width that is never used."""

    def __init__(self) -> None:
        super().__init__()
        self.unused = nn.Linear(8, 20)
        self.decoder = nn.Linear(8, 20)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        return self.decoder(states) * 2


def test_a_head_that_goes_on_after_its_decoder_is_taken_as_it_is() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = nn.ModuleDict({"lm_head": Scaled()})
        states, labels = torch.randn(5, 8), torch.randint(20, (5,))
    assert find_decoder(model, 8) is None
    head = need_head(model)
    loss, _ = head_loss(head, None, states, labels)
    torch.testing.assert_close(loss, F.cross_entropy(head(states), labels, reduction="none"))
    plain = nn.ModuleDict({"lm_head": nn.Sequential(nn.Linear(8, 20), nn.Linear(20, 20))})
    assert find_decoder(plain, 8) is plain["lm_head"][1]

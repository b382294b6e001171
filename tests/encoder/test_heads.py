from typing import Any

import pytest
import torch

from vecocli.encoder.encoder import Encoder, Inputs
from vecocli.encoder.heads import find_head

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

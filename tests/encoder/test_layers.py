"""Reading a layer and stopping there gives what a whole pass gives, for every family of encoders."""

from typing import Any

import pytest
import torch
import transformers

from vecocli.encoder.encoder import Encoder, Inputs
from vecocli.encoder.layers import reading, stacks

SIZES = {"vocab_size": 400, "hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 2}
FAMILIES: dict[str, dict[str, Any]] = {
    "Bert": SIZES | {"intermediate_size": 32},
    "Electra": SIZES | {"intermediate_size": 32, "embedding_size": 8},
    "DebertaV2": SIZES | {"intermediate_size": 32, "relative_attention": True, "pos_att_type": ["p2c", "c2p"]},
    "DistilBert": {"vocab_size": 400, "dim": 16, "n_layers": 3, "n_heads": 2, "hidden_dim": 32},
    "MPNet": SIZES | {"intermediate_size": 32},
    "ModernBert": SIZES | {"intermediate_size": 32, "pad_token_id": 0, "global_attn_every_n_layers": 2},
    "Albert": SIZES | {"intermediate_size": 32, "embedding_size": 8},
}


@pytest.fixture(params=FAMILIES)
def encoder(request: pytest.FixtureRequest, bert_tokenizer: Any) -> Encoder:
    config = getattr(transformers, f"{request.param}Config")(**FAMILIES[request.param])
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Encoder(getattr(transformers, f"{request.param}Model")(config), bert_tokenizer).eval()


def inputs_of(encoder: Encoder) -> Inputs:
    rows = [encoder.tokens.single(piece.ids) for piece in encoder.tokens.pieces(["The old house", "green cats see it"])]
    ids = torch.zeros(2, max(map(len, rows)), dtype=torch.long)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(row)
    return Inputs(ids, ids != 0)


@torch.inference_mode()
def test_states_at_layers_equal_those_of_a_whole_pass(encoder: Encoder) -> None:
    inputs = inputs_of(encoder)
    whole = encoder.hidden_states(inputs)
    assert len(whole) == 4
    for layers in ([0], [1], [2, 0], [-1], [3, 1], [-2, -2]):
        found = encoder.states_at(inputs, layers)
        assert len(found) == len(layers)
        for layer, states in zip(layers, found, strict=True):
            assert torch.equal(states, whole[encoder.layer(layer)])


def run_layers(encoder: Encoder, layers: list[int]) -> int:
    """How many modules of the stack run for some layers."""
    count = 0

    def called(*_: object) -> None:
        nonlocal count
        count += 1

    [stack] = stacks(encoder.model.base_model, encoder.num_layers)
    hooks = [module.register_forward_hook(called) for module in stack]
    with torch.inference_mode():
        encoder.states_at(inputs_of(encoder), layers)
        for hook in hooks:
            hook.remove()
    return count


def test_layers_above_are_not_run(tiny_encoder: Encoder) -> None:
    tiny_encoder.states_at(inputs_of(tiny_encoder), [1])  # the first time tries the stack out
    assert [run_layers(tiny_encoder, layers) for layers in ([0], [1], [1, 0], [2])] == [0, 1, 1, 2]


def test_no_hook_stays(tiny_encoder: Encoder) -> None:
    [stack] = stacks(tiny_encoder.model.base_model, 2)
    tiny_encoder.states_at(inputs_of(tiny_encoder), [1])
    assert not any(module._forward_pre_hooks for module in stack)
    with pytest.raises(KeyError), reading(stack, [0], stop=True) as read:
        read({}.popitem)
    assert not any(module._forward_pre_hooks for module in stack)

from typing import Any

import pytest
import torch

from vecocli.encoder.batches import AlignedBatch, collate, tokenise
from vecocli.encoder.encoder import Encoder, Inputs
from vecocli.encoder.masking import Masker
from vecocli.encoder.passes import Readout, encode, pool_units
from vecocli.text.shards import ShardRow
from vecocli.text.synonyms import MinedPair, SynonymPair

LINK = SynonymPair(4, 7, 4, 9, 1.0, "dictionary:x", False)
ROWS = [
    ShardRow(MinedPair(1, "The cat sees the house.", "Die Katze sieht das Haus!", (LINK,)), "en", "de"),
    ShardRow(MinedPair(2, "Two words", "Zwei Wörter", ()), "en", "de"),
]


@pytest.fixture
def batch(tiny_encoder: Encoder) -> AlignedBatch:
    tokens = tiny_encoder.tokens
    generator = torch.Generator().manual_seed(0)
    return collate(tokens, tokenise(tokens, ROWS, 100), Masker(tokens, 0.3, 0.3), generator)


@pytest.fixture
def runs(tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> list[Inputs]:
    """The inputs of every forward pass."""
    seen: list[Inputs] = []
    inner = tiny_encoder.hidden_states

    def count(inputs: Inputs) -> tuple[torch.Tensor, ...]:
        seen.append(inputs)
        return inner(inputs)

    monkeypatch.setattr(tiny_encoder, "hidden_states", count)
    return seen


@pytest.mark.parametrize(
    "needs", [(), ("separate",), ("masked",), ("joint",), ("masked", "joint"), ("separate", "masked", "joint")]
)
def test_each_pass_runs_once_and_only_when_needed(
    tiny_encoder: Encoder, batch: AlignedBatch, runs: list[Inputs], needs: Any
) -> None:
    found = encode(tiny_encoder, batch, frozenset(needs), Readout())
    assert {id(one) for one in runs} == {id(getattr(batch, name)) for name in needs}
    assert len(runs) == len(needs)
    assert (found.mlm is not None) == ("masked" in needs)
    assert (found.tlm is not None) == ("joint" in needs)
    vectors = (found.source_sentences, found.target_sentences, found.source_units, found.target_units)
    assert all((one is not None) == ("separate" in needs) for one in vectors)


@torch.no_grad()
def test_vectors_are_read_where_the_readout_says(tiny_encoder: Encoder, batch: AlignedBatch) -> None:
    tiny_encoder.eval()
    states = tiny_encoder.hidden_states(batch.separate)
    readout = Readout(sentence_layer=0, sentence_pooling="first", token_layer=1, token_pooling="mean")
    found = encode(tiny_encoder, batch, frozenset({"separate"}), readout)
    assert found.source_sentences is not None
    assert found.source_units is not None
    assert found.target_units is not None
    assert torch.equal(found.source_sentences, states[0][:2, 0])
    assert torch.equal(found.source_hashes, batch.sentences[:2])
    assert torch.equal(found.target_forms, batch.forms[2:])
    for row in range(2):
        for side, units in enumerate((found.source_units, found.target_units)):
            for unit in range(batch.forms.shape[1]):
                at = (batch.units[row + 2 * side] == unit).nonzero()[:, 0]
                expected = states[1][row + 2 * side, at].mean(0) if len(at) else torch.zeros(32)
                torch.testing.assert_close(units[row, unit], expected)


@torch.no_grad()
def test_predictions_stand_at_the_labels(tiny_encoder: Encoder, batch: AlignedBatch) -> None:
    tiny_encoder.eval()
    found = encode(tiny_encoder, batch, frozenset({"masked", "joint"}), Readout())
    for prediction, inputs in ((found.mlm, batch.masked), (found.tlm, batch.joint)):
        assert prediction is not None
        assert inputs is not None
        assert inputs.labels is not None
        chosen = inputs.labels != -100
        assert torch.equal(prediction.labels, inputs.labels[chosen])
        full = tiny_encoder.model(input_ids=inputs.ids, attention_mask=inputs.mask.long()).logits
        torch.testing.assert_close(prediction.logits, full[chosen], rtol=1e-5, atol=1e-5)


def test_bf16_is_for_the_layers_alone(tiny_encoder: Encoder, batch: AlignedBatch) -> None:
    found = encode(tiny_encoder, batch, frozenset({"separate", "masked"}), Readout(), "bf16")
    assert found.source_sentences is not None
    assert found.source_units is not None
    assert found.mlm is not None
    assert found.source_sentences.dtype == found.source_units.dtype == torch.float32
    assert found.mlm.logits.dtype == torch.bfloat16


def test_a_batch_without_labels(tiny_encoder: Encoder) -> None:
    tokens = tiny_encoder.tokens
    bare = collate(tokens, tokenise(tokens, ROWS, 100), None, torch.Generator())
    with pytest.raises(ValueError, match="without labels"):
        encode(tiny_encoder, bare, frozenset({"joint"}), Readout())


@pytest.mark.parametrize("pooling", ["mean", "first"])
@pytest.mark.parametrize("count", [0, 1, 4])
def test_pooled_units_against_a_loop(pooling: Any, count: int) -> None:
    generator = torch.Generator().manual_seed(1)
    states = torch.randn(3, 9, 5, generator=generator, dtype=torch.float64)
    units = torch.randint(-1, max(count, 1), (3, 9), generator=generator)
    units[0] = -1
    found = pool_units(states, units, count, pooling)
    assert found.shape == (3, count, 5)
    for row in range(3):
        for unit in range(count):
            members = [states[row, at] for at in range(9) if units[row, at] == unit]
            if not members:
                assert not found[row, unit].any()
            else:
                expected = members[0] if pooling == "first" else sum(members) / len(members)
                torch.testing.assert_close(found[row, unit], expected)

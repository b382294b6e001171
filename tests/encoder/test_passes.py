from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from vecocli.encoder.batches import AlignedBatch, Masks, Pass, Rates, collate
from vecocli.encoder.encoded import join
from vecocli.encoder.encoder import Encoder, Inputs
from vecocli.encoder.masking import Masker, row_keys
from vecocli.encoder.pairs import tokenise
from vecocli.encoder.passes import Readout, encode, pool_units
from vecocli.text.shards import ShardRow
from vecocli.text.synonyms import MinedPair, SynonymPair

LINK = SynonymPair(4, 7, 4, 9, 1.0, "dictionary:x", False)
ROWS = [
    ShardRow(MinedPair(1, "The cat sees the house.", "Die Katze sieht das Haus!", (LINK,)), "en", "de"),
    ShardRow(MinedPair(2, "Two words", "Zwei Wörter", ()), "en", "de"),
]
VECTORS: Any = frozenset({"sentences", "units"})


def made(encoder: Encoder, passes: Any, rows: list[ShardRow] = ROWS, places: int = 1000) -> AlignedBatch:
    tokens = encoder.tokens
    pair_keys, mono_keys = row_keys(0, 0, range(len(rows)), 0), row_keys(0, 0, range(1), 1)
    masks = Masks(Masker(tokens), Rates(0.3, 0.3, "both", 0.5, 0.0), 64, pair_keys, mono_keys)
    return collate(tokens, tokenise(tokens, rows, 100), frozenset(passes), masks, [[9, 10, 11, 12]], places)


@pytest.fixture
def batch(tiny_encoder: Encoder) -> AlignedBatch:
    return made(tiny_encoder, {"clean", "masked", "joint"})


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
    ("needs", "passes"),
    [
        ((), ()),
        (("sentences",), ("clean",)),
        (("units", "sentences"), ("clean",)),
        (("mlm",), ("masked",)),
        (("tlm",), ("joint",)),
        (("sentences", "units", "mlm", "tlm"), ("clean", "masked", "joint")),
    ],
)
def test_each_pass_runs_once_and_only_when_needed(
    tiny_encoder: Encoder, batch: AlignedBatch, runs: list[Inputs], needs: Any, passes: Any
) -> None:
    found = encode(tiny_encoder, batch, frozenset(needs), Readout())
    expected = [id(bucket.inputs) for name in passes for bucket in batch.passes[name]]
    assert sorted(id(one) for one in runs) == sorted(expected)
    assert (found.mlm is not None) == ("mlm" in needs)
    assert (found.tlm is not None) == ("tlm" in needs)
    assert (found.source_sentences is not None) == (found.target_sentences is not None) == ("sentences" in needs)
    assert (found.source_units is not None) == (found.target_units is not None) == ("units" in needs)


def test_masked_states_serve_masked_language_modelling_and_vectors_at_once(
    tiny_encoder: Encoder, batch: AlignedBatch, runs: list[Inputs]
) -> None:
    tiny_encoder.eval()
    readout = Readout(sentence_states="masked", token_states="masked")
    needs: Any = VECTORS | {"mlm"}
    assert readout.passes(needs) == {"masked"}
    assert readout.passes(needs, mono=True) == {"masked", "mono"}
    masked = encode(tiny_encoder, batch, needs, readout)
    assert len(runs) == len(batch.passes["masked"])
    clean = encode(tiny_encoder, batch, needs, Readout())
    for name, vectors in masked.vectors.items():
        assert vectors.shape == clean.vectors[name].shape
        assert not torch.equal(vectors, clean.vectors[name])
    assert masked.mlm is not None
    assert clean.mlm is not None
    assert masked.mlm.total == clean.mlm.total


@torch.no_grad()
def test_vectors_are_read_where_the_readout_says(tiny_encoder: Encoder, batch: AlignedBatch) -> None:
    tiny_encoder.eval()
    readout = Readout(sentence_layer=0, sentence_pooling="first", token_layer=1, token_pooling="mean")
    found = encode(tiny_encoder, batch, VECTORS, readout)
    assert torch.equal(found.source_hashes, batch.sentences[:2])
    assert torch.equal(found.target_forms, batch.forms[2:])
    sentences = torch.cat([found.vectors["source_sentences"], found.vectors["target_sentences"]])
    units = torch.cat([found.vectors["source_units"], found.vectors["target_units"]])
    for bucket in batch.passes["clean"]:
        states = tiny_encoder.hidden_states(bucket.inputs)
        assert bucket.units is not None
        for slot, row in enumerate(bucket.rows.tolist()):
            assert torch.equal(sentences[row], states[0][slot, 0])
            for unit in range(batch.forms.shape[1]):
                at = (bucket.units[slot] == unit).nonzero()[:, 0]
                expected = states[1][slot, at].mean(0) if len(at) else torch.zeros(32)
                torch.testing.assert_close(units[row, unit], expected)


@torch.no_grad()
@pytest.mark.parametrize(("need", "name"), [("mlm", "masked"), ("tlm", "joint")])
def test_predictions_are_summed_over_the_labels(
    tiny_encoder: Encoder, batch: AlignedBatch, need: Any, name: Pass
) -> None:
    tiny_encoder.eval()
    prediction = getattr(encode(tiny_encoder, batch, frozenset({need}), Readout()), need)
    total, right, count = 0.0, 0, 0
    for bucket in batch.passes[name]:
        inputs = bucket.inputs
        assert inputs.labels is not None
        logits = tiny_encoder.model(input_ids=inputs.ids, attention_mask=inputs.mask.long()).logits
        total += float(F.cross_entropy(logits.mT, inputs.labels, reduction="sum"))
        right += int((logits.argmax(-1) == inputs.labels).sum())
        count += int((inputs.labels != -100).sum())
    assert prediction.total.item() == pytest.approx(total, rel=1e-5)
    assert (prediction.right, prediction.count) == (right, count)
    assert count == batch.labels(name) > 0


def test_monolingual_text_takes_the_place_of_the_pairs_in_mlm(tiny_encoder: Encoder) -> None:
    batch = made(tiny_encoder, {"mono", "masked"})
    found = encode(tiny_encoder, batch, frozenset({"mlm"}), Readout())
    assert found.mlm is not None
    assert found.mlm.count == batch.labels("mono") != batch.labels("masked")


@torch.no_grad()
def test_buckets_change_nothing(tiny_encoder: Encoder) -> None:
    tiny_encoder.eval()
    needs: Any = VECTORS | {"mlm", "tlm"}
    batches = [made(tiny_encoder, {"clean", "masked", "joint"}, ROWS * 3, places) for places in (9999, 1)]
    few, many = (encode(tiny_encoder, batch, needs, Readout()) for batch in batches)
    assert len(batches[0].passes["clean"]) < len(batches[1].passes["clean"])
    for name, vectors in few.vectors.items():
        torch.testing.assert_close(vectors, many.vectors[name], rtol=1e-4, atol=1e-5)
    assert few.tlm is not None
    assert many.tlm is not None
    torch.testing.assert_close(few.tlm.total, many.tlm.total)
    assert few.tlm.count == many.tlm.count


@torch.no_grad()
def test_parts_joined_are_the_whole(tiny_encoder: Encoder) -> None:
    tiny_encoder.eval()
    whole, *parts = (
        encode(tiny_encoder, made(tiny_encoder, {"clean"}, rows), VECTORS, Readout())
        for rows in (ROWS * 2, ROWS[:1], ROWS[1:] + ROWS[:1], ROWS[1:])
    )
    joined = join(parts)
    assert len(joined) == len(whole) == 4
    for name in ("source_forms", "target_forms", "source_hashes", "target_hashes", "links", "lost"):
        assert np.array_equal(getattr(joined, name), getattr(whole, name))
    for name, vectors in whole.vectors.items():
        torch.testing.assert_close(joined.vectors[name], vectors, rtol=1e-4, atol=1e-5)


def test_bf16_is_for_the_layers_alone(tiny_encoder: Encoder, batch: AlignedBatch) -> None:
    found = encode(tiny_encoder, batch, VECTORS | {"mlm"}, Readout(), "bf16")
    assert found.mlm is not None
    assert {one.dtype for one in (*found.vectors.values(), found.mlm.total)} == {torch.float32}


def test_a_batch_without_its_pass(tiny_encoder: Encoder) -> None:
    bare = collate(tiny_encoder.tokens, tokenise(tiny_encoder.tokens, ROWS, 100))
    with pytest.raises(ValueError, match="without the pass joint"):
        encode(tiny_encoder, bare, frozenset({"tlm"}), Readout())


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

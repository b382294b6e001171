"""MLM, TLM and aligned MLM against the model's own logits, one sentence at a time, in float64."""

from copy import deepcopy

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from vecocli.encoder.batches import AlignedBatch, Masks, Pass, Rates, collate
from vecocli.encoder.encoded import Need
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.masking import Masker, row_keys
from vecocli.encoder.pairs import tokenise
from vecocli.encoder.passes import Readout, encode
from vecocli.objectives import build
from vecocli.text.shards import ShardRow
from vecocli.text.synonyms import MinedPair, SynonymPair

CAT = SynonymPair(4, 7, 4, 9, 1.0, "dictionary:x", False)
SENTENCES = [
    ("The cat sees.", "Die Katze sieht den alten Hund.", (CAT,)),
    ("the dog and the green house", "der Hund", ()),
    ("The cat sees.", "Die Katze sieht den alten Hund.", (CAT,)),
    ("!", "...", ()),
]
CASES: list[tuple[str, Pass, Need]] = [
    ("mlm", "masked", "mlm"),
    ("mlm", "mono", "mlm"),
    ("tlm", "joint", "tlm"),
    ("aligned-mlm", "aligned", "aligned"),
]


@pytest.fixture
def encoder(tiny_encoder: Encoder) -> Encoder:
    return deepcopy(tiny_encoder).double().eval()


def batch_of(encoder: Encoder, name: Pass, rate: float = 0.5) -> AlignedBatch:
    tokens = encoder.tokens
    rows = [ShardRow(MinedPair(n, *sentences), "en", "de") for n, sentences in enumerate(SENTENCES)]
    keys = row_keys(1, 0, range(len(rows)), 0), row_keys(1, 0, range(2), 1)
    masks = Masks(Masker(tokens), Rates(rate, rate, "both", rate, 0.0), 64, *keys)
    mono = [tokens.pieces([text])[0].ids for text in ("the old cat", "der alte Hund sieht das Haus")]
    return collate(tokens, tokenise(tokens, rows, 64), frozenset({name}), masks, mono)


def slow(encoder: Encoder, batch: AlignedBatch, name: Pass) -> Tensor:
    """Mean of -log p over all labels, each row by itself and without padding, through the model's own forward."""
    losses = []
    for bucket in batch.passes[name]:
        assert bucket.inputs.labels is not None
        for ids, mask, labels in zip(bucket.inputs.ids, bucket.inputs.mask, bucket.inputs.labels, strict=True):
            logits = encoder.model(input_ids=ids[mask].unsqueeze(0)).logits[0]
            for place, label in enumerate(labels[mask].tolist()):
                if label >= 0:
                    losses.append(-F.log_softmax(logits[place], 0)[label])
    return torch.stack(losses).mean()


@pytest.mark.parametrize(("objective", "name", "need"), CASES)
def test_equals_the_models_own_loss(encoder: Encoder, objective: str, name: Pass, need: Need) -> None:
    batch = batch_of(encoder, name)
    found = build(objective, {})(encode(encoder, batch, frozenset({need}), Readout())).value
    expected = slow(encoder, batch, name)
    assert found.dtype == torch.float64
    torch.testing.assert_close(found, expected)
    weights = [weight for weight in encoder.parameters() if weight.requires_grad]
    theirs = torch.autograd.grad(expected, weights, allow_unused=True)
    for ours, other in zip(torch.autograd.grad(found, weights, allow_unused=True), theirs, strict=True):
        assert (ours is None) == (other is None)
        if ours is not None:
            torch.testing.assert_close(ours, other)


@pytest.mark.parametrize(("objective", "name", "need"), CASES)
def test_nothing_hidden_is_no_loss(encoder: Encoder, objective: str, name: Pass, need: Need) -> None:
    batch = batch_of(encoder, name, 1e-12)
    loss = build(objective, {})(encode(encoder, batch, frozenset({need}), Readout()))
    assert (loss.value.item(), loss.mean.count.item()) == (0.0, 0)
    loss.value.backward()
    assert all(weight.grad is None or not weight.grad.any() for weight in encoder.parameters())

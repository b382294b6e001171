from typing import Any

import pytest
import torch

from vecocli.encoder.encoder import Encoder, Inputs
from vecocli.encoder.masking import Masker
from vecocli.encoder.tokens import TextTokenizer
from vecocli.errors import UsageError


@pytest.fixture
def batch(tiny_encoder: Encoder) -> Inputs:
    """200 rows of 100, half of them padded, framed by special tokens."""
    tokens = tiny_encoder.tokens
    ids = torch.randint(5, len(tokens.hf) - 1, (200, 100), generator=torch.Generator().manual_seed(5))
    mask = torch.ones_like(ids, dtype=torch.bool)
    mask[100:, 60:] = False
    ids[:, 0] = tokens.hf.bos_token_id
    ids[:, 59] = tokens.hf.eos_token_id
    ids[:, 30] = tokens.unk_id
    return Inputs(ids.masked_fill(~mask, tokens.pad_id), mask, torch.zeros_like(ids))


@pytest.fixture
def masker(tiny_encoder: Encoder) -> Masker:
    return Masker(tiny_encoder.tokens, 0.15, 0.25)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def near(count: int, total: int, rate: float) -> bool:
    """Within five standard deviations of a binomial."""
    return abs(count - total * rate) < 5 * (total * rate * (1 - rate)) ** 0.5


@pytest.mark.parametrize(("name", "rate"), [("mlm", 0.15), ("tlm", 0.25)])
def test_rates_and_fates(masker: Masker, batch: Inputs, name: str, rate: float) -> None:
    made = getattr(masker, name)(batch, seeded(0))
    chosen = made.labels != -100
    free = batch.mask.clone()
    free[:, (0, 59)] = False
    assert near(int(chosen.sum()), int(free.sum()), rate)
    total = int(chosen.sum())
    hidden = chosen & (made.ids == masker.tokens.mask_id)
    kept = chosen & (made.ids == batch.ids)
    assert near(int(hidden.sum()), total, 0.8 + 0.1 / len(masker.tokens.hf))
    assert near(int(kept.sum()), total, 0.1 + 0.1 / len(masker.tokens.hf))
    strange = made.ids[chosen & ~hidden & ~kept]
    assert near(len(strange), total, 0.1)
    assert len(set(strange.tolist())) > 100
    assert strange.max() < len(masker.tokens.hf)


def test_only_text_is_chosen_and_the_rest_is_as_it_was(masker: Masker, batch: Inputs) -> None:
    made = masker.tlm(batch, seeded(1))
    chosen = made.labels != -100
    assert not chosen[:, (0, 59)].any()
    assert not (chosen & ~batch.mask).any()
    assert chosen[:, 30].any()  # an unknown word is text
    assert torch.equal(made.labels[chosen], batch.ids[chosen])
    assert torch.equal(made.ids[~chosen], batch.ids[~chosen])
    assert made.mask is batch.mask
    assert made.types is batch.types
    assert batch.labels is None


def test_every_special_token_is_safe(masker: Masker) -> None:
    special = sorted(masker.tokens.special_ids - {masker.tokens.unk_id})
    ids = torch.tensor([special] * 200)
    made = masker.mlm(Inputs(ids, torch.ones_like(ids, dtype=torch.bool)), seeded(0))
    assert (made.labels == -100).all()
    assert torch.equal(made.ids, ids)


def test_the_generators_state_decides(masker: Masker, batch: Inputs) -> None:
    torch.manual_seed(1)
    one = masker.mlm(batch, seeded(7))
    torch.manual_seed(2)
    two, other = masker.mlm(batch, seeded(7)), masker.mlm(batch, seeded(8))
    assert torch.equal(one.ids, two.ids)
    assert torch.equal(one.labels, two.labels)
    assert not torch.equal(one.labels, other.labels)


def test_a_tokenizer_without_mask_token(bert_tokenizer: Any) -> None:
    from transformers import PreTrainedTokenizerFast

    hf = PreTrainedTokenizerFast(
        tokenizer_object=bert_tokenizer.backend_tokenizer, pad_token="[PAD]", unk_token="[UNK]"
    )
    with pytest.raises(UsageError, match="no mask token"):
        Masker(TextTokenizer(hf), 0.15, 0.25)

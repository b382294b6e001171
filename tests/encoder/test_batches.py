from typing import Any

import numpy as np
import pytest
import torch

from vecocli.encoder.batches import AlignedBatch, Masks, Pass, Rates, collate
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.masking import Masker, row_keys
from vecocli.encoder.pairs import tokenise
from vecocli.encoder.tokens import TextTokenizer
from vecocli.text.shards import ShardRow
from vecocli.text.synonyms import MinedPair, SynonymPair

ALL: frozenset[Pass] = frozenset({"clean", "masked", "joint"})


def row(source: str, target: str, *links: tuple[str, str]) -> ShardRow:
    """A mined pair whose links are given as words."""
    made = []
    for left, right in links:
        at, to = source.index(left), target.index(right)
        made.append(SynonymPair(at, at + len(left), to, to + len(right), 1.0, "dictionary:x", False))
    return ShardRow(MinedPair(1, source, target, tuple(made)), "en", "de")


ROWS = [
    row("The cat sees.", "Die Katze sieht den alten Hund.", ("cat", "Katze")),
    row("!", "..."),
    row("the green house", "das grüne Haus", ("green house", "grüne Haus"), ("the", "das")),
]


@pytest.fixture
def tokens(tiny_encoder: Encoder) -> TextTokenizer:
    return tiny_encoder.tokens


def masks(tokens: TextTokenizer, pairs: int = 3, mono: int = 0, seed: int = 0, **changes: Any) -> Masks:
    keys = row_keys(seed, 0, range(pairs), 0), row_keys(seed, 0, range(mono), 1)
    rates: Any = {"mlm": 0.5, "tlm": 0.5, "tlm_sides": "both", "aligned": 0.5, "switch": 0.0}
    return Masks(Masker(tokens), Rates(**rates | changes), 64, *keys)


def lines(batch: AlignedBatch, name: Pass, field: str) -> list[list[int]]:
    """A pass's rows in their order, without padding."""
    found: dict[int, list[int]] = {}
    for bucket in batch.passes[name]:
        tensor = bucket.units if field == "units" else getattr(bucket.inputs, field)
        for place, one, mask in zip(bucket.rows.tolist(), tensor, bucket.inputs.mask, strict=True):
            assert mask.tolist() == sorted(mask.tolist(), reverse=True)
            found[place] = one[mask].tolist()
    return [found[place] for place in range(len(found))]


def test_rows_are_framed_and_know_their_units(tokens: TextTokenizer) -> None:
    pairs = tokenise(tokens, ROWS, 100)
    batch = collate(tokens, pairs)
    sides = [pair.source for pair in pairs] + [pair.target for pair in pairs]
    assert batch.passes.keys() == {"clean"}
    assert lines(batch, "clean", "ids") == [[0, *side.ids, 2] for side in sides]
    assert lines(batch, "clean", "units") == [[-1, *side.units, -1] for side in sides]
    assert [[form for form in forms if form] for forms in batch.forms.tolist()] == [side.forms for side in sides]
    assert batch.links.tolist() == [[0, 1, 1], [2, 1, 1], [2, 0, 0]]
    assert batch.sentences.tolist() == [side.sentence for side in sides]
    assert batch.labels("clean") == 0


def test_a_very_long_sentence_needs_no_more_room_than_its_cut(tokens: TextTokenizer) -> None:
    pairs = tokenise(tokens, [row("The cat " * 5000, "Katze " * 5000), row("...", "!")], 16)
    batch = collate(tokens, pairs)
    (bucket,) = batch.passes["clean"]
    assert bucket.units is not None
    assert batch.forms.shape[1] <= bucket.inputs.ids.shape[1] == 16
    assert batch.forms.shape[1] == bucket.units.max() + 1
    assert not batch.forms[1].any()
    assert not batch.forms[3].any()


def test_what_is_hidden_can_be_put_back(tokens: TextTokenizer) -> None:
    pairs = tokenise(tokens, ROWS, 100)
    one, same, other = (collate(tokens, pairs, ALL, masks(tokens, seed=seed)) for seed in (1, 1, 2))
    for name in ("masked", "joint"):
        assert lines(one, name, "ids") == lines(same, name, "ids") != lines(other, name, "ids")
        rows = zip(lines(one, name, "ids"), lines(one, name, "labels"), strict=True)
        whole = [[label if label >= 0 else shown for shown, label in zip(*row, strict=True)] for row in rows]
        joined = [tokens.pair(pair.source.ids, pair.target.ids)[0] for pair in pairs]
        assert whole == (lines(one, "clean", "ids") if name == "masked" else joined)
        assert one.labels(name) == sum(label >= 0 for labels in lines(one, name, "labels") for label in labels) > 5
    assert lines(one, "masked", "units") == lines(one, "clean", "units")
    assert all(bucket.inputs.types is None for bucket in one.passes["joint"])


def test_the_passes_draw_apart(tokens: TextTokenizer) -> None:
    pairs = tokenise(tokens, [row("the cat sees the house", "the cat sees the house")], 100)
    batch = collate(tokens, pairs, ALL, masks(tokens, 1))
    source, target = lines(batch, "masked", "labels")
    assert source != target


def test_one_side_of_a_joined_pair(tokens: TextTokenizer) -> None:
    pairs = tokenise(tokens, [row("the cat sees the house", "die Katze sieht das Haus")] * 40, 100)
    batch = collate(tokens, pairs, frozenset({"joint"}), masks(tokens, 40, tlm_sides="one"))
    begin = tokens.second(pairs[0].source.ids)
    hidden = [
        {at >= begin for at, label in enumerate(labels) if label >= 0} for labels in lines(batch, "joint", "labels")
    ]
    assert all(len(sides) <= 1 for sides in hidden)
    assert {side for sides in hidden for side in sides} == {False, True}


def test_joined_pairs_carry_types_where_the_tokenizer_has_them(bert_tokenizer: Any) -> None:
    tokens = TextTokenizer(bert_tokenizer)
    pairs = tokenise(tokens, ROWS, 100)
    batch = collate(tokens, pairs, ALL, masks(tokens))
    assert lines(batch, "joint", "types") == [tokens.pair(pair.source.ids, pair.target.ids)[1] for pair in pairs]
    assert all(bucket.inputs.types is None for bucket in batch.passes["clean"])


def test_monolingual_text_is_a_pass_of_its_own(tokens: TextTokenizer) -> None:
    pairs = tokenise(tokens, ROWS, 100)
    batch = collate(tokens, pairs, frozenset({"mono"}), masks(tokens, mono=2), [[10, 11, 12], [13]])
    rows = zip(lines(batch, "mono", "ids"), lines(batch, "mono", "labels"), strict=True)
    whole = [[label if label >= 0 else shown for shown, label in zip(*row, strict=True)] for row in rows]
    assert whole == [[0, 10, 11, 12, 2], [0, 13, 2]]


def test_hidden_words_are_to_be_translated(tokens: TextTokenizer) -> None:
    pairs = tokenise(tokens, ROWS, 100)
    batch = collate(tokens, pairs, frozenset({"aligned"}), masks(tokens, aligned=1.0))
    assert batch.passes.keys() == {"aligned"}
    ids, labels = lines(batch, "aligned", "ids"), lines(batch, "aligned", "labels")
    target = pairs[0].target
    katze = [id for id, unit in zip(target.ids, target.units, strict=True) if unit == 1]
    assert [label for label in labels[0] if label >= 0] == katze
    assert [id for id, label in zip(ids[0], labels[0], strict=True) if label >= 0] == [tokens.mask_id] * len(katze)
    assert all(label < 0 for label in labels[1])
    assert sorted(label for label in labels[5] if label >= 0) == sorted(pairs[2].source.ids)
    assert batch.labels("aligned") == sum(label >= 0 for row in labels for label in row)


def test_masked_sentences_show_words_of_the_other_language(tokens: TextTokenizer) -> None:
    pairs = tokenise(tokens, ROWS, 100)
    plain, mixed = (collate(tokens, pairs, ALL, masks(tokens, switch=rate, mlm=1e-9)) for rate in (0.0, 1.0))
    assert lines(plain, "masked", "ids") == lines(plain, "clean", "ids") == lines(mixed, "clean", "ids")
    shown = lines(mixed, "masked", "ids")
    assert sorted(shown[5][1:-1]) == sorted(pairs[2].source.ids)
    assert sorted(shown[2][1:-1]) == sorted(pairs[2].target.ids)
    assert shown[1] == lines(plain, "clean", "ids")[1]


def test_a_row_is_masked_alike_whatever_is_beside_it(tokens: TextTokenizer) -> None:
    pairs = tokenise(tokens, ROWS, 100)
    whole, keys = collate(tokens, pairs, ALL, masks(tokens)), masks(tokens)
    alone = Masks(keys.masker, keys.rates, 64, keys.pair_keys[2:], np.empty(0, np.uint64))
    part = collate(tokens, pairs[2:], ALL, alone)
    assert lines(part, "joint", "ids") == lines(whole, "joint", "ids")[2:]
    assert lines(part, "masked", "ids") == [lines(whole, "masked", "ids")[at] for at in (2, 5)]


def test_lost_links_add_up(tokens: TextTokenizer) -> None:
    assert collate(tokens, tokenise(tokens, ROWS, 3)).lost == 2


def test_to_another_device(tokens: TextTokenizer) -> None:
    pairs = tokenise(tokens, ROWS, 100)
    batch = collate(tokens, pairs, ALL, masks(tokens)).to(torch.device("meta"))
    found = [batch.forms, batch.sentences, batch.links]
    for bucket in (one for buckets in batch.passes.values() for one in buckets):
        parts = (bucket.rows, bucket.units, bucket.inputs.ids, bucket.inputs.mask, bucket.inputs.labels)
        found += [part for part in parts if part is not None]
    assert len(found) > 12
    assert all(tensor.device.type == "meta" for tensor in found)

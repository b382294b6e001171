from typing import Any

import pytest
import torch

from vecocli.encoder.batches import AlignedBatch, Side, collate, form_hash, frame, pad, tokenise
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.masking import Masker
from vecocli.encoder.tokens import TextTokenizer
from vecocli.text.segment import normal_form
from vecocli.text.shards import ShardRow
from vecocli.text.synonyms import MinedPair, SynonymPair


def row(source: str, target: str, *links: tuple[str, str], languages: tuple[str, str] = ("en", "de")) -> ShardRow:
    """A mined pair whose links are given as words (or as spans)."""
    made = []
    for left, right in links:
        at, to = source.index(left), target.index(right)
        made.append(SynonymPair(at, at + len(left), to, to + len(right), 1.0, "dictionary:x", False))
    return ShardRow(MinedPair(1, source, target, tuple(made)), *languages)


def text_of(side: Side, tokens: TextTokenizer, unit: int) -> str:
    ids = [token for token, at in zip(side.ids, side.units, strict=True) if at == unit]
    return "".join(tokens.hf.convert_ids_to_tokens(ids)).replace("▁", " ").strip()


@pytest.fixture
def tokens(tiny_encoder: Encoder) -> TextTokenizer:
    return tiny_encoder.tokens


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_units_are_words_and_links_follow_them(tokens: TextTokenizer) -> None:
    (pair,) = tokenise(tokens, [row("The cat sees.", "Die Katze sieht!", ("cat", "Katze"), ("sees", "sieht"))], 100)
    assert [text_of(pair.source, tokens, unit) for unit in range(3)] == ["The", "cat", "sees"]
    assert [text_of(pair.target, tokens, unit) for unit in range(3)] == ["Die", "Katze", "sieht"]
    assert pair.links == [(1, 1), (2, 2)]
    assert pair.lost == 0
    assert pair.source.units[-1] == -1  # the full stop
    assert pair.source.forms == [form_hash("the"), form_hash("cat"), form_hash("sees")]
    assert pair.source.sentence == form_hash(normal_form("The cat sees."))
    assert len(pair) == max(len(pair.source.ids), len(pair.target.ids))


def test_a_linked_phrase_is_one_unit(tokens: TextTokenizer) -> None:
    (pair,) = tokenise(tokens, [row("the green house", "das grüne Haus", ("green house", "grüne Haus"))], 100)
    assert len(pair.source.forms) == len(pair.target.forms) == 2
    assert text_of(pair.source, tokens, 1) == "green house"
    assert pair.links == [(1, 1)]
    assert pair.source.forms[1] == form_hash("green house")


def test_a_very_long_sentence_needs_no_more_room_than_its_cut(tokens: TextTokenizer) -> None:
    pairs = tokenise(tokens, [row("The cat " * 5000, "Katze " * 5000), row("...", "!")], 16)
    batch = collate(tokens, pairs, None, seeded())
    assert batch.forms.shape[1] <= batch.separate.ids.shape[1] == 16
    assert batch.forms.shape[1] == batch.units.max() + 1
    assert not batch.forms[1].any() and not batch.forms[3].any()


def test_of_overlapping_links_the_longest_span_stays(tokens: TextTokenizer) -> None:
    mined = row("the green house", "das grüne Haus", ("house", "Haus"), ("green house", "grüne Haus"), ("the", "das"))
    (pair,) = tokenise(tokens, [mined], 100)
    assert sorted(pair.links) == [(0, 0), (1, 1)]
    assert pair.lost == 1


def test_a_link_within_a_word_splits_it(tokens: TextTokenizer) -> None:
    """Compounds: what is linked is a unit, the rest of the word none."""
    (pair,) = tokenise(tokens, [row("the tree house", "das Baumhaus", ("tree", "Baum"), ("house", "haus"))], 100)
    assert pair.links == [(1, 1), (2, 2)]
    assert [text_of(pair.target, tokens, unit) for unit in (1, 2)] == ["Baum", "haus"]


def test_one_word_with_two_partners(tokens: TextTokenizer) -> None:
    (pair,) = tokenise(tokens, [row("the house", "Haus, Hausch", ("house", "Haus"), ("house", "Hausch"))], 100)
    assert pair.links == [(1, 0), (1, 1)]


def test_what_is_cut_off_is_counted(tokens: TextTokenizer) -> None:
    mined = row("The cat sees the house", "Die Katze sieht das Haus", ("cat", "Katze"), ("house", "Haus"))
    whole = tokenise(tokens, [mined], 100)[0]
    assert (len(whole.links), whole.lost) == (2, 0)
    cut = tokenise(tokens, [mined], 7)[0]
    assert len(cut.source.ids) == len(cut.source.units) == 5
    assert (cut.links, cut.lost) == ([(1, 1)], 1)
    assert cut.source.forms == whole.source.forms[: max(cut.source.units) + 1]  # no room for what is behind the cut
    assert cut.source.sentence == whole.source.sentence


def test_a_word_that_the_tokenizer_swallows_has_no_form(tokens: TextTokenizer) -> None:
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    vocabulary = [
        ("<s>", 0.0),
        ("<pad>", 0.0),
        ("<unk>", 0.0),
        ("見る", -1.0),
        ("家を見る", -2.0),
        ("a", -1.0),
        ("b", -1.0),
    ]
    hf = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.Unigram(vocabulary, 2)), pad_token="<pad>", unk_token="<unk>"
    )
    mined = row("a", "家を見る", ("a", "家"), languages=("en", "ja"))
    (pair,) = tokenise(TextTokenizer(hf), [mined], 100)
    assert len(pair.target.ids) == 1
    assert pair.target.forms == [0, 0, form_hash("見る")]  # what the piece covers most
    assert (pair.links, pair.lost) == ([], 1)


@pytest.mark.parametrize(
    ("text", "language", "count"),
    [
        ("猫は家を見る。", "ja", 5),
        ("แมวเห็นบ้าน", "th", 3),
        ("बिल्ली घर देखती है।", "hi", 4),
        ("🙂🙂 !", "en", 0),
        ("", "en", 0),
    ],
)
def test_units_of_every_script(tokens: TextTokenizer, text: str, language: str, count: int) -> None:
    (pair,) = tokenise(tokens, [row(text, text, languages=(language, language))], 100)
    assert len(pair.source.forms) == count
    assert pair.source == pair.target


def rows() -> list[ShardRow]:
    return [
        row("The cat sees.", "Die Katze sieht den alten Hund.", ("cat", "Katze")),
        row("!", "..."),
        row("the green house", "das grüne Haus", ("green house", "grüne Haus"), ("the", "das")),
    ]


def test_collate_pads_and_frames(tokens: TextTokenizer) -> None:
    pairs = tokenise(tokens, rows(), 100)
    batch = collate(tokens, pairs, None, seeded())
    assert (batch.masked, batch.joint) == (None, None)
    sides = [pair.source for pair in pairs] + [pair.target for pair in pairs]
    width = max(len(side.ids) for side in sides) + 2
    assert batch.separate.ids.shape == batch.separate.mask.shape == batch.units.shape == (6, width)
    for at, side in enumerate(sides):
        length = len(side.ids) + 2
        assert batch.separate.ids[at].tolist() == [0, *side.ids, 2] + [tokens.pad_id] * (width - length)
        assert batch.separate.mask[at].tolist() == [True] * length + [False] * (width - length)
        assert batch.units[at].tolist() == [-1, *side.units, -1] + [-1] * (width - length)
        assert [form for form in batch.forms[at].tolist() if form] == side.forms
    assert batch.links.tolist() == [[0, 1, 1], [2, 1, 1], [2, 0, 0]]
    assert batch.sentences.tolist() == [side.sentence for side in sides]


def test_collate_masks_both_kinds_of_input(tokens: TextTokenizer) -> None:
    pairs = tokenise(tokens, rows(), 100)
    masker = Masker(tokens, 0.3, 0.5)
    one, same, other = (collate(tokens, pairs, masker, seeded(seed)) for seed in (1, 1, 2))
    assert one.masked is not None
    assert one.joint is not None
    assert same.masked is not None
    assert other.joint is not None
    assert torch.equal(one.masked.ids, same.masked.ids)
    assert not torch.equal(one.joint.ids, other.joint.ids)
    restored = torch.where(one.masked.labels != -100, one.masked.labels, one.masked.ids)
    assert torch.equal(restored, one.separate.ids)
    joint = torch.where(one.joint.labels != -100, one.joint.labels, one.joint.ids)
    for at, pair in enumerate(pairs):
        expected = tokens.pair(pair.source.ids, pair.target.ids)[0]
        assert joint[at, one.joint.mask[at]].tolist() == expected
    assert one.joint.types is None


def test_joined_pairs_carry_types_where_the_tokenizer_has_them(bert_tokenizer: Any) -> None:
    tokens = TextTokenizer(bert_tokenizer)
    pairs = tokenise(tokens, rows(), 100)
    batch = collate(tokens, pairs, Masker(tokens, 0.2, 0.2), seeded())
    assert batch.joint is not None
    assert batch.joint.types is not None
    for at, pair in enumerate(pairs):
        kinds = tokens.pair(pair.source.ids, pair.target.ids)[1]
        width = batch.joint.types.shape[1]
        assert batch.joint.types[at].tolist() == kinds + [0] * (width - len(kinds))
    assert batch.separate.types is None


def test_monolingual_text_takes_the_place_of_the_pairs_in_mlm(tokens: TextTokenizer) -> None:
    pairs = tokenise(tokens, rows(), 100)
    mono = [[10, 11, 12], [13]]
    batch = collate(tokens, pairs, Masker(tokens, 0.5, 0.5), seeded(), mono)
    assert batch.masked is not None
    restored = torch.where(batch.masked.labels != -100, batch.masked.labels, batch.masked.ids)
    assert restored.tolist() == [[0, 10, 11, 12, 2], [0, 13, 2, tokens.pad_id, tokens.pad_id]]


def test_lost_links_add_up(tokens: TextTokenizer) -> None:
    assert collate(tokens, tokenise(tokens, rows(), 3), None, seeded()).lost == 2


def test_to_another_device(tokens: TextTokenizer) -> None:
    pairs = tokenise(tokens, rows(), 100)
    for masker in (None, Masker(tokens, 0.5, 0.5)):
        batch = collate(tokens, pairs, masker, seeded())
        moved = batch.to(torch.device("meta"))
        flat = _tensors(moved)
        assert len(flat) == len(_tensors(batch)) == (6 if masker is None else 12)
        assert all(tensor.device.type == "meta" for tensor in flat)
        assert moved.lost == batch.lost


def _tensors(batch: AlignedBatch) -> list[torch.Tensor]:
    found = [batch.units, batch.forms, batch.sentences, batch.links]
    for inputs in (batch.separate, batch.masked, batch.joint):
        if inputs is not None:
            found += [part for part in (inputs.ids, inputs.mask, inputs.types, inputs.labels) if part is not None]
    return found


def test_pad_and_frame_nothing(tokens: TextTokenizer) -> None:
    assert pad([], 0).numel() == 0
    assert pad([[], [1]], 7).tolist() == [[7], [1]]
    assert frame(tokens, [[]]).ids.tolist() == [[0, 2]]


def test_form_hashes_are_the_same_in_every_process() -> None:
    assert form_hash("cat") == 3429664268601861939
    assert form_hash("") != 0
    assert len({form_hash(str(number)) for number in range(10_000)}) == 10_000
    assert all(-(2**63) <= form_hash(str(number)) < 2**63 for number in range(100))

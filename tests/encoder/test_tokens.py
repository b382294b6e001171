import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vecocli.encoder.tokens import TextTokenizer, assign
from vecocli.errors import DataError, UsageError
from vecocli.text.segment import words

SPACELESS = {"zh", "ja", "th"}


def plain(hf: Any, text: str) -> list[int]:
    return list(hf(text, add_special_tokens=False)["input_ids"])


def test_every_word_gets_sub_words(family: Any, texts: dict[str, str]) -> None:
    tokens = TextTokenizer(family)
    for (language, text), pieces in zip(texts.items(), tokens.pieces(list(texts.values())), strict=True):
        assert len(pieces.ids) == len(pieces.spans)
        spans = words(text, language)
        if language in SPACELESS:  # a piece may reach over a word's end there
            assert all(any(a < end and start < b for a, b in pieces.spans) for start, end in spans)
        else:
            assert set(assign(pieces.spans, spans)) >= set(range(len(spans))), text


def test_spans_are_in_the_text_in_order_and_hold_no_space(family: Any, texts: dict[str, str]) -> None:
    tokens = TextTokenizer(family)
    for text, pieces in zip(texts.values(), tokens.pieces(list(texts.values())), strict=True):
        assert all(0 <= start <= end <= len(text) for start, end in pieces.spans)
        assert [start for start, _ in pieces.spans] == sorted(start for start, _ in pieces.spans)
        assert not any(char.isspace() for start, end in pieces.spans for char in text[start:end])


def test_a_space_marker_stands_for_no_text(family: Any) -> None:
    tokens = TextTokenizer(family)
    for text in ("猫 世", " 猫", "猫  世 猫"):
        pieces = tokens.pieces([text])[0]
        markers = {at for at, token in enumerate(family.convert_ids_to_tokens(pieces.ids)) if token in ("▁", "Ġ")}
        assert all(pieces.spans[at][0] == pieces.spans[at][1] for at in markers)
        others = [span for at, span in enumerate(pieces.spans) if at not in markers]
        assert {text[start:end] for start, end in others} <= {"猫", "世"}
        units = words(text, "zh")
        assert set(assign(pieces.spans, units)) - {-1} == set(range(len(units)))


def test_a_letter_that_looks_like_a_marker_keeps_its_span(bert_tokenizer: Any) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    vocabulary = {"<s>": 0, "<pad>": 1, "<unk>": 2, "<mask>": 3, "Ġ": 4, "##o": 5, "a": 6, "b": 7}
    backend = Tokenizer(models.WordPiece(vocabulary, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    hf = type(bert_tokenizer)(tokenizer_object=backend, unk_token="<unk>", pad_token="<pad>", mask_token="<mask>")
    assert TextTokenizer(hf).pieces(["Ġo Ġ"])[0].spans == [(0, 1), (1, 2), (3, 4)]


def test_the_frame_is_the_tokenizers_own(family: Any) -> None:
    tokens = TextTokenizer(family)
    first, second = "the cat", "кошка видит"
    one, two = plain(family, first), plain(family, second)
    assert tokens.single(one) == list(family(first)["input_ids"])
    coded = family(first, second, return_token_type_ids=True)
    assert tokens.pair(one, two) == (list(coded["input_ids"]), list(coded["token_type_ids"]))
    assert tokens.pair([], [])[0] == [*tokens.before, *tokens._pair[1], *tokens._pair[2]]
    assert len(tokens.pair([], [])[0]) == len(tokens.pair([], [])[1])


def test_types_are_used_only_where_the_model_reads_them(family: Any, bert_tokenizer: Any) -> None:
    assert TextTokenizer(bert_tokenizer).has_types
    assert TextTokenizer(family).has_types == ("token_type_ids" in family.model_input_names)


def test_types_that_are_all_zero_are_not_used(tiny_model: Any) -> None:
    """XLM-R has one type; a tokenizer saved with `token_type_ids` must not lead to a second."""
    from transformers import AutoTokenizer

    names = ["input_ids", "token_type_ids", "attention_mask"]
    tokens = TextTokenizer(AutoTokenizer.from_pretrained(tiny_model, model_input_names=names))
    assert not tokens.has_types
    assert set(tokens.pair([5], [6])[1]) == {0}


def test_special_tokens_in_a_text_are_plain_text(family: Any) -> None:
    tokens = TextTokenizer(family)
    for name in family.all_special_tokens:
        pieces = tokens.pieces([f"cat {name} house", name])
        for piece in pieces:
            assert not (set(piece.ids) & tokens.special_ids) - {tokens.unk_id}
        assert pieces[0].spans[0][0] == 0
        assert pieces[0].spans[-1][1] == len(f"cat {name} house")
    assert family.mask_token_id in family(f"cat {family.mask_token}")["input_ids"]  # its own reading is unharmed


def test_nothing_in_nothing_out(family: Any) -> None:
    tokens = TextTokenizer(family)
    assert tokens.pieces([]) == []
    assert tokens.pieces([""])[0].ids == []
    assert all(start == end for start, end in tokens.pieces(["   "])[0].spans)


def test_check_accepts_every_family_that_knows_the_scripts(tiny_encoder: Any) -> None:
    tiny_encoder.tokens.check()


def test_check_refuses_a_tokenizer_that_deletes_text(bert_tokenizer: Any, tmp_path: Path) -> None:
    from tokenizers import Regex, normalizers
    from transformers import AutoTokenizer

    bert_tokenizer.save_pretrained(tmp_path)
    hf = AutoTokenizer.from_pretrained(tmp_path)
    hf.backend_tokenizer.normalizer = normalizers.Replace(Regex("[а-я]"), "")
    with pytest.raises(DataError, match=r"lose 'в' of 'Два слова\.'"):
        TextTokenizer(hf).check()


def test_a_slow_tokenizer_is_refused() -> None:
    slow = SimpleNamespace(is_fast=False, pad_token_id=0)
    with pytest.raises(UsageError, match="not a fast one"):
        TextTokenizer(slow)


def test_a_tokenizer_without_padding_is_refused(bert_tokenizer: Any) -> None:
    from transformers import PreTrainedTokenizerFast

    hf = PreTrainedTokenizerFast(tokenizer_object=bert_tokenizer.backend_tokenizer, unk_token="[UNK]")
    with pytest.raises(UsageError, match="no padding token"):
        TextTokenizer(hf)


def test_a_frame_that_changes_the_text_is_refused() -> None:
    def read(text: str, other: str | None = None, **settings: Any) -> dict[str, list[int]]:
        ids = [7] if settings.get("add_special_tokens", True) else [5]
        return {"input_ids": ids, "token_type_ids": [0]}

    odd = type("Odd", (), {"__call__": lambda self, *texts, **settings: read(*texts, **settings)})()
    odd.is_fast, odd.pad_token_id, odd.mask_token_id, odd.unk_token_id = True, 0, 1, 2
    odd.all_special_ids, odd.model_input_names = [0, 1, 2], ["input_ids"]
    odd.convert_tokens_to_ids = lambda tokens: [2 for _ in tokens]
    with pytest.raises(UsageError, match="changes a sentence's sub-words"):
        TextTokenizer(odd)


@st.composite
def layouts(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Pieces in text order, which may overlap or be empty, and units that do not overlap."""
    starts = sorted(draw(st.lists(st.integers(0, 20), max_size=12)))
    pieces = [(start, start + draw(st.integers(0, 5))) for start in starts]
    cuts = sorted(draw(st.sets(st.integers(0, 26), max_size=12)))
    units = list(zip(cuts[::2], cuts[1::2], strict=False))
    return pieces, units


@given(layouts())
def test_assign_equals_brute_force(layout: tuple[list[tuple[int, int]], list[tuple[int, int]]]) -> None:
    pieces, units = layout
    expected = []
    for start, end in pieces:
        overlaps = [max(0, min(end, b) - max(start, a)) for a, b in units]
        best = max(overlaps, default=0)
        expected.append(overlaps.index(best) if best else -1)
    assert assign(pieces, units) == expected


def test_assign_by_hand() -> None:
    assert assign([(0, 2), (2, 6), (6, 7), (7, 7)], [(0, 3), (3, 6)]) == [0, 1, -1, -1]
    assert assign([(0, 2)], [(0, 1), (1, 2)]) == [0]  # the first wins a tie


def test_words_own_their_sub_words(family: Any, texts: dict[str, str]) -> None:
    tokens = TextTokenizer(family)
    words = [[match.span() for match in re.finditer(r"\S+", text)] for text in texts.values()]
    running = tokens.in_words(list(texts.values()), words, cut=False)
    apart = tokens.in_words(list(texts.values()), words, cut=True)
    for spans, text, *both in zip(words, texts.values(), running, apart, strict=True):
        for piece in both:
            assert len(piece.ids) == len(piece.owners)
            assert piece.owners == sorted(piece.owners)
            assert set(piece.owners) == set(range(len(spans))), text


def test_words_of_nothing(bert_tokenizer: Any) -> None:
    tokens = TextTokenizer(bert_tokenizer)
    for cut in (False, True):
        assert [piece.ids for piece in tokens.in_words(["", "  "], [[], []], cut=cut)] == [[], []]
    assert tokens.in_words([], [], cut=True) == []
    [alone] = tokens.in_words(["a !"], [[(0, 1)]], cut=False)
    assert alone.owners == [0, -1]


def test_special_tokens_written_out_are_text_also_word_by_word(bert_tokenizer: Any) -> None:
    [found] = TextTokenizer(bert_tokenizer).in_words(["[MASK] a"], [[(0, 6), (7, 8)]], cut=True)
    assert bert_tokenizer.mask_token_id not in found.ids


def test_a_tokenizer_that_takes_no_words_sees_the_text(bert_tokenizer: Any) -> None:
    class Stubborn:
        def __init__(self) -> None:
            self.is_fast = True

        def __getattr__(self, name: str) -> Any:
            return getattr(bert_tokenizer, name)

        def __call__(self, *given: Any, **settings: Any) -> Any:
            assert not settings.get("is_split_into_words"), "needs add_prefix_space=True"
            return bert_tokenizer(*given, **settings)

    spans = [[(0, 3), (4, 9)]]
    expected = TextTokenizer(bert_tokenizer).in_words(["the house"], spans, cut=False)
    assert TextTokenizer(Stubborn()).in_words(["the house"], spans, cut=True) == expected

"""Text -> sub-words with character offsets, for any fast Hugging Face tokenizer."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from vecocli.errors import DataError, UsageError

Span = tuple[int, int]

_MARKERS = ("▁", "Ġ")  # pieces of nothing but the space before a word: SentencePiece's and byte-level BPE's

_PROBES = (
    "Two words, don't they?",
    "Zwei Wörter: größer.",
    "Два слова.",
    "दो शब्द",
    "كلمتان اثنتان",
    "두 단어",
    "我喜欢你。",
)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The sub-words of one text, without special tokens.

    Args:
        ids: Vocabulary ids.
        spans: Code-point offsets [start, end) in the text, without the space a sub-word may begin with.
    """

    ids: list[int]
    spans: list[Span]


@dataclass(frozen=True, slots=True)
class WordPieces:
    """The sub-words of one sentence whose words are known, without special tokens.

    Args:
        ids: Vocabulary ids.
        owners: Index of the word that each sub-word belongs to; -1 for none (punctuation, where that is no word).
    """

    ids: list[int]
    owners: list[int]


class TextTokenizer:
    """A Hugging Face tokenizer that knows where its sub-words stand and which special tokens frame them.

    Args:
        tokenizer: A fast tokenizer (`PreTrainedTokenizerFast` or what `AutoTokenizer` returns).

    Raises:
        UsageError: The tokenizer gives no offsets or has no padding token.
    """

    def __init__(self, tokenizer: Any) -> None:
        if not getattr(tokenizer, "is_fast", False):
            raise UsageError("the tokenizer is not a fast one and gives no offsets", "Convert it to tokenizer.json.")
        if tokenizer.pad_token_id is None:
            raise UsageError("the tokenizer has no padding token", "Set pad_token in tokenizer_config.json.")
        self.hf = tokenizer
        self.pad_id: int = tokenizer.pad_token_id
        self.mask_id: int | None = tokenizer.mask_token_id
        self.unk_id: int | None = tokenizer.unk_token_id
        self.special_ids = frozenset(tokenizer.all_special_ids)
        self._markers = frozenset(tokenizer.convert_tokens_to_ids(list(_MARKERS))) - {self.unk_id, None}
        self._frame()

    def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        """Cut texts into sub-words; special tokens written out in a text are read as plain text."""
        if not texts:
            return []
        coded = self._coded(list(texts), return_offsets_mapping=True)
        rows = zip(texts, coded["input_ids"], coded["offset_mapping"], strict=True)
        return [Pieces(self._plain(ids), self._spans(text, ids, spans)) for text, ids, spans in rows]

    def in_words(self, texts: Sequence[str], words: Sequence[Sequence[Span]], *, cut: bool) -> list[WordPieces]:
        """Cut sentences into sub-words and say which word each belongs to.

        Args:
            texts: N sentences.
            words: Spans of their words, in text order, not overlapping.
            cut: The tokenizer sees the words one by one, as it should where they were cut before; else it sees the
                running text, and a sub-word belongs to the word that it overlaps most.
        """
        if cut:
            with suppress(AssertionError):  # a byte-level tokenizer that cannot take words
                return self._word_by_word([[text[a:b] for a, b in row] for text, row in zip(texts, words, strict=True)])
        rows = zip(self.pieces(texts), words, strict=True)
        return [WordPieces(piece.ids, _owners(piece.spans, spans)) for piece, spans in rows]

    def _word_by_word(self, sentences: list[list[str]]) -> list[WordPieces]:
        found = [WordPieces([], []) for _ in sentences]
        full = [row for row, words in enumerate(sentences) if words]
        if full:
            coded = self._coded([sentences[row] for row in full], is_split_into_words=True)
            for slot, row in enumerate(full):
                found[row] = WordPieces(self._plain(coded["input_ids"][slot]), coded.word_ids(slot))
        return found

    def _coded(self, given: list[Any], **settings: Any) -> Any:
        """Let the tokenizer cut texts, or words, and frame nothing."""
        return self.hf(
            given,
            add_special_tokens=False,
            return_attention_mask=False,
            return_token_type_ids=False,
            split_special_tokens=True,
            verbose=False,
            **settings,
        )

    def _spans(self, text: str, ids: list[int], spans: list[Span]) -> list[Span]:
        """A space marker that no space stands for claims the letter of the piece after it: it gets an empty span."""
        return [
            (span[0], span[0]) if token in self._markers and span[0] == after[0] else _trim(text, span)
            for token, span, after in zip(ids, spans, [*spans[1:], (-1, -1)], strict=False)
        ]

    def _plain(self, ids: list[int]) -> list[int]:
        """A unigram vocabulary lists `<s>` and `<mask>` as pieces: in a text they mean nothing special."""
        if self.unk_id is None or self.special_ids.isdisjoint(ids):
            return ids
        return [self.unk_id if token in self.special_ids else token for token in ids]

    def single(self, ids: Sequence[int]) -> list[int]:
        """Frame one sentence with the model's special tokens."""
        return [*self.before, *ids, *self.after]

    def pair(self, first: Sequence[int], second: Sequence[int]) -> tuple[list[int], list[int]]:
        """Frame two sentences as one input; returns ids and segment (token type) ids."""
        begin, middle, end = self._pair
        before, left, between, right, after = self._kinds
        kinds = [*before, *left[:1] * len(first), *between, *right[:1] * len(second), *after]
        return [*begin, *first, *middle, *second, *end], kinds

    def second(self, first: Sequence[int]) -> int:
        """Return where the second sentence of a pair begins."""
        begin, middle, _ = self._pair
        return len(begin) + len(first) + len(middle)

    def _frame(self) -> None:
        """Read the special tokens off the tokenizer's own output, so that every model family is served."""
        a, b = (self.hf(text, add_special_tokens=False)["input_ids"] for text in ("a", "b"))
        single = list(self.hf("a")["input_ids"])
        both = self.hf("a", "b", return_token_type_ids=True)
        pair = list(both["input_ids"])
        at = _find(single, a)
        self.before, self.after = single[:at], single[at + len(a) :]
        first = _find(pair, a)
        second = first + len(a) + _find(pair[first + len(a) :], b)
        parts = (0, first, first + len(a), second, second + len(b), len(pair))
        self._pair = (pair[: parts[1]], pair[parts[2] : parts[3]], pair[parts[4] :])
        kinds = list(both["token_type_ids"])
        self.has_types = "token_type_ids" in self.hf.model_input_names and any(kinds)
        self._kinds = [kinds[start:end] for start, end in pairwise(parts)]

    def check(self) -> None:
        """Check on seven scripts that every word gets sub-words through the offsets.

        Raises:
            DataError: The offsets do not lead back to the text.
        """
        for text, pieces in zip(_PROBES, self.pieces(_PROBES), strict=True):
            covered = {at for start, end in pieces.spans for at in range(start, end)}
            letters = {at for at, char in enumerate(text) if char.isalnum()}
            if not letters <= covered:
                lost = text[min(letters - covered)]
                raise DataError(
                    f"the tokenizer's offsets lose {lost!r} of {text!r}", "Its normaliser deletes text; use another."
                )


def assign(pieces: Sequence[Span], units: Sequence[Span]) -> list[int]:
    """Map each sub-word to the unit (word or phrase) that it overlaps most.

    Args:
        pieces: Sub-word spans in text order.
        units: Non-overlapping unit spans in text order.

    Returns:
        One unit index per sub-word, -1 where it overlaps none (punctuation, lone space markers). The first unit wins
        a tie. A unit may end up without sub-words when the tokenizer joins it to a longer neighbour.
    """
    result, at = [], 0
    for start, end in pieces:
        while at < len(units) and units[at][1] <= start:
            at += 1
        best, most, look = -1, 0, at
        while look < len(units) and units[look][0] < end:
            overlap = min(end, units[look][1]) - max(start, units[look][0])
            if overlap > most:
                best, most = look, overlap
            look += 1
        result.append(best)
    return result


def _owners(pieces: Sequence[Span], words: Sequence[Span]) -> list[int]:
    """The word of each sub-word; a lone word-begin marker, which has no width, belongs to the word behind it."""
    return assign([(start, max(end, start + 1)) for start, end in pieces], words)


def _trim(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    return start, end


def _find(ids: Sequence[int], part: Sequence[int]) -> int:
    for at in range(len(ids) - len(part) + 1):
        if list(ids[at : at + len(part)]) == list(part):
            return at
    raise UsageError("the tokenizer changes a sentence's sub-words when it adds special tokens", "Use another one.")

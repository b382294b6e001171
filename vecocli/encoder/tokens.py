"""Text -> sub-words with character offsets, for any fast Hugging Face tokenizer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vecocli.errors import DataError, UsageError

Span = tuple[int, int]

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
        self.has_types = "token_type_ids" in tokenizer.model_input_names
        self._frame()

    def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        """Cut texts into sub-words; special tokens written out in a text are read as plain text."""
        if not texts:
            return []
        coded = self.hf(
            list(texts),
            add_special_tokens=False,
            return_offsets_mapping=True,
            return_attention_mask=False,
            return_token_type_ids=False,
            split_special_tokens=True,
            verbose=False,
        )
        rows = zip(texts, coded["input_ids"], coded["offset_mapping"], strict=True)
        return [Pieces(self._plain(ids), [_trim(text, span) for span in spans]) for text, ids, spans in rows]

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
        ids = [*begin, *first, *middle, *second, *end]
        split = len(begin) + len(first) + self._middle_in_first
        return ids, [0] * split + [int(self.has_types)] * (len(ids) - split)

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
        self._pair = (pair[:first], pair[first + len(a) : second], pair[second + len(b) :])
        kinds = list(both["token_type_ids"])
        self._middle_in_first = sum(kind == 0 for kind in kinds[first + len(a) : second]) if self.has_types else 0

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

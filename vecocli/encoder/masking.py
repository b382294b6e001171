"""Which sub-words are hidden from the model, and behind what.

What happens to a sub-word follows from its row's key and its place in the row alone: not from the rows beside it, from
padding, or from how many processes share a batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from vecocli.encoder.buckets import Row
from vecocli.encoder.tokens import TextTokenizer
from vecocli.errors import UsageError

Sides = Literal["both", "one"]
Keys = npt.NDArray[np.uint64]
Uniform = npt.NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_CHOICE, _FATE, _WORD, _SIDE, SWITCH, TRANSLATION = range(6)  # streams of random numbers


@dataclass(frozen=True)
class Masker:
    """Chooses positions at random and corrupts them: 80 % mask token, 10 % a random sub-word, 10 % left as they are.

    Args:
        tokens: The model's tokenizer.

    Raises:
        UsageError: The tokenizer has no mask token.

    Source: BERT's 80/10/10 rule.
    """

    tokens: TextTokenizer

    def __post_init__(self) -> None:
        if self.tokens.mask_id is None:
            raise UsageError("the tokenizer has no mask token", "Leave out mlm, tlm and aligned-mlm.")

    @property
    def mask_id(self) -> int:
        """Id of the mask token."""
        assert self.tokens.mask_id is not None
        return self.tokens.mask_id

    def corrupt(
        self,
        rows: Sequence[Row],
        keys: Keys,
        rate: float,
        seconds: Sequence[int] | None = None,
    ) -> list[Row]:
        """Hide sub-words of some rows.

        Args:
            rows: R rows.
            keys: [R] what their draws follow from.
            rate: Share of the sub-words to predict, in (0, 1).
            seconds: [R] where each row's second sentence begins, to hide sub-words of one sentence only, now the first
                and now the second; None hides them everywhere.

        Returns:
            The rows, corrupted, with labels.
        """
        lengths = np.array([len(row.ids) for row in rows], np.int64)
        ids = np.concatenate([np.asarray(row.ids, np.int64) for row in rows]) if len(rows) else np.empty(0, np.int64)
        owner = np.repeat(np.arange(len(rows)), lengths)
        place = np.arange(len(ids)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        chosen = (draw(keys[owner], place, _CHOICE) < rate) & ~np.isin(ids, self._framing)
        if seconds is not None:
            second = place >= np.asarray(seconds, np.int64)[owner]
            chosen &= second == (draw(keys, np.zeros(len(keys), np.int64), _SIDE) < 0.5)[owner]
        fate = draw(keys[owner], place, _FATE)
        word = (draw(keys[owner], place, _WORD) * len(self.tokens.hf)).astype(np.int64)
        hidden = np.where(fate < 0.8, self.mask_id, np.where(fate < 0.9, word, ids))
        shown, labels = np.where(chosen, hidden, ids), np.where(chosen, ids, -100)
        ends = np.cumsum(lengths)
        return [
            replace(row, ids=shown[end - length : end].tolist(), labels=labels[end - length : end].tolist())
            for row, end, length in zip(rows, ends.tolist(), lengths.tolist(), strict=True)
        ]

    @cached_property
    def _framing(self) -> npt.NDArray[np.int64]:
        """Special tokens that are no text; an unknown sub-word is."""
        return np.array(sorted(self.tokens.special_ids - {self.tokens.unk_id}), np.int64)


def draw(keys: Keys, places: npt.NDArray[np.int64], stream: int) -> Uniform:
    """Draw numbers in [0, 1), each a function of key, place and stream.

    Args:
        keys: [N] of rows.
        places: [N] what is drawn for in a row.
        stream: Tells draws apart that have the same keys and places.
    """
    # mixed before the stream is added: keys of rows are neighbours
    return _mixed(_mixed(_mixed(keys) + np.uint64(stream)) + places.astype(np.uint64) * _GOLDEN) / 2.0**64


def row_keys(seed: int, step: int, places: Sequence[int], kind: int) -> Keys:
    """Make the keys of rows.

    Args:
        seed: Of the run.
        step: Of the run.
        places: [R] the rows' places in the step's batch, counted over all processes.
        kind: Tells passes apart that read the same rows.

    Source: this project's choice.
    """
    start = np.random.SeedSequence([seed, step, kind]).generate_state(1, np.uint64)[0]
    return _mixed(start + np.asarray(places, np.uint64) * _GOLDEN)


def _mixed(values: Keys) -> Keys:
    """Scatter numbers.

    Source: the output function of SplitMix64 (Steele, Lea and Flood 2014, figure 16).
    """
    values = (values ^ (values >> np.uint64(30))) * _FIRST
    values = (values ^ (values >> np.uint64(27))) * _SECOND
    return values ^ (values >> np.uint64(31))

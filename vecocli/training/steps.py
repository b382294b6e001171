"""What each step reads: this process's share of the step's contrastive batches, cut into parts of one pass each."""

from collections.abc import Sequence
from itertools import pairwise

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.batches import AlignedBatch, Masks, Pass, collate
from vecocli.encoder.buckets import ON_CPU
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.masking import Masker, row_keys
from vecocli.encoder.pairs import TokenisedPair, tokenise
from vecocli.text.shards import ShardFolder
from vecocli.training.gather import process, processes
from vecocli.training.mono import MonoText
from vecocli.training.mixture import Mixture

PAIRS, MONO = range(2)  # kinds of rows, which draw apart


class StepBatches:
    """Step -> contrastive batches -> parts; a function of the seed and the step alone.

    Args:
        config: The run's settings.
        encoder: Its tokenizer cuts the text.
        shards: The mined pairs.
        mono: Monolingual text; a step reads two sentences of it for each pair.
        passes: What is read.
    """

    def __init__(
        self,
        config: PretrainConfig,
        encoder: Encoder,
        shards: ShardFolder,
        mono: MonoText | None,
        passes: frozenset[Pass],
    ) -> None:
        self._config, self._tokens, self._passes = config, encoder.tokens, passes
        self._shards, self._mono = shards, mono
        self._masker = Masker(encoder.tokens) if passes - {"clean"} else None
        self._places = ON_CPU if encoder.device.type == "cpu" else config.tokens_per_batch
        self._framing = len(encoder.tokens.single([]))
        fitting = self._framing + (encoder.max_length - len(encoder.tokens.pair([], [])[0])) // 2
        self._longest = min(config.max_length, fitting if "joint" in passes else encoder.max_length)
        self._pairs = Mixture(shards.sizes, config.sampling_alpha, config.seed)
        self._lines = Mixture(mono.sizes, config.sampling_alpha, config.seed + 1) if mono else None

    def __call__(self, step: int) -> list[list[AlignedBatch]]:
        """Return the parts of each of a step's contrastive batches."""
        size = self._config.batch_size
        count = -(-size // self._config.contrastive_size)
        return [
            self._batch(step, first, last) for first, last in pairwise(size * at // count for at in range(count + 1))
        ]

    def _batch(self, step: int, first: int, last: int) -> list[AlignedBatch]:
        """Read this process's share of places `first` to `last` of a step, in parts."""
        places = _share(range(first, last))
        rows = self._shards.numbers(*self._pairs.take(step * self._config.batch_size + places.start, len(places)))
        pairs = tokenise(self._tokens, self._shards.rows(rows), self._longest)
        lines = _share(range(2 * first, 2 * last)) if self._mono else range(0)
        mono = self._sentences(step, lines)
        parts = _parts([self._cost(pair) for pair in pairs], self._config.tokens_per_batch)
        made = []
        for number, part in enumerate(parts):
            some = slice(len(mono) * number // len(parts), len(mono) * (number + 1) // len(parts))
            masks = self._masks(step, [places[at] for at in part], list(lines[some]))
            chosen = [pairs[at] for at in part]
            made.append(collate(self._tokens, chosen, self._passes, masks, mono[some], self._places))
        return made

    def _sentences(self, step: int, places: range) -> list[list[int]]:
        """Read monolingual sentences as sub-words."""
        if self._mono is None or self._lines is None:
            return []
        drawn = self._lines.take(2 * step * self._config.batch_size + places.start, len(places))
        rows = self._mono.numbers(*drawn)
        pieces = self._tokens.pieces([self._mono[row] for row in rows])
        return [piece.ids[: self._longest - self._framing] for piece in pieces]

    def _cost(self, pair: TokenisedPair) -> int:
        """Positions that a pair takes in a pass."""
        return len(pair.source.ids) + len(pair.target.ids) + 2 * self._framing

    def _masks(self, step: int, pairs: Sequence[int], lines: Sequence[int]) -> Masks | None:
        if self._masker is None:
            return None
        config = self._config
        return Masks(
            self._masker,
            config.mlm_rate,
            config.tlm_rate,
            config.tlm_sides,
            row_keys(config.seed, step, pairs, PAIRS),
            row_keys(config.seed, step, lines, MONO),
        )


def _share(places: range) -> range:
    """Return this process's part of some places."""
    rank, count = process(), processes()
    return places[len(places) * rank // count : len(places) * (rank + 1) // count]


def _parts(costs: Sequence[int], most: int) -> list[list[int]]:
    """Cut rows into parts of about equal cost, those of like cost together; a part has at least one row."""
    order = sorted(range(len(costs)), key=lambda at: costs[at], reverse=True)
    parts: list[list[int]] = [[]]
    held = 0
    for at in order:
        if parts[-1] and held + costs[at] > most:
            parts.append([])
            held = 0
        parts[-1].append(at)
        held += costs[at]
    return parts

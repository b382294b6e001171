"""What each step reads: this process's share of the step's contrastive batches, cut into parts of one pass each."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.batches import AlignedBatch, Masks, Pass, Rates, collate
from vecocli.encoder.buckets import ON_CPU
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.masking import Masker, row_keys
from vecocli.encoder.pairs import TokenisedPair, tokenise
from vecocli.text.shards import ShardFolder
from vecocli.training.codeswitch import CodeSwitch
from vecocli.training.gather import process, processes
from vecocli.training.mixture import Mixture
from vecocli.training.mono import MonoText
from vecocli.training.order import generator
from vecocli.training.parts import parts_of

PAIRS, MONO = range(2)  # kinds of rows, which draw apart
POOL_ROWS = 4096
POOL_STEPS = 32
"""Rows and steps at most whose rows are sorted by length together, so that a step's are of like length."""
_MOST_ROWS = 12  # that a message names
BEFORE = 2**40  # the first of the steps that only fill a queue
_ARRANGED = 5  # purpose of a random generator, next to those of `order` and `mixture`


class Drawn(NamedTuple):
    """Where a pair comes from.

    Args:
        languages: Place in the shards' language pairs.
        row: Row inside the language pair.
    """

    languages: int
    row: int


class Corpus(NamedTuple):
    """A language pair, or a file of monolingual text, in a run.

    Args:
        name: `en-de`, or the file.
        rows: Sentence pairs, or sentences, in it.
        share: Its share of what is read, 0 to 1.
        planned: How many of its rows the run is to read by that share, repetitions counted.
        read: How many it does read.
        epochs: How often that is each of them.
    """

    name: str
    rows: int
    share: float
    planned: int
    read: int
    epochs: float


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
        self.longest = min(config.max_length, fitting if "joint" in passes else encoder.max_length)
        """Most sub-words of a sentence, special tokens included."""
        self._steps = max(1, min(POOL_STEPS, POOL_ROWS // config.batch_size, len(shards) // config.batch_size))
        self._pooled = lru_cache(maxsize=2)(self._read)
        self._pairs = Mixture(shards.sizes, config.sampling_alpha, config.seed)
        self._lines = Mixture(mono.sizes, config.sampling_alpha, config.seed + 1) if mono else None
        switching = mono is not None and config.code_switch > 0
        self._switch = CodeSwitch(shards.folders, config.mono_language, config.code_switch) if switching else None

    def __call__(self, step: int) -> list[list[AlignedBatch]]:
        """Return the parts of each of a step's contrastive batches."""
        size, count = self._config.batch_size, self._config.contrastive_batches
        return [
            self._batch(step, first, last) for first, last in pairwise(size * at // count for at in range(count + 1))
        ]

    def corpora(self, steps: int) -> tuple[list["Corpus"], list["Corpus"]]:
        """Return the language pairs and the files of monolingual text, and what a run of so many steps reads of them.

        Shares hold over the rows that are drawn; a step takes its own from those of several steps, so that what was
        read may differ from what was planned by these.
        """
        pairs = steps * self._config.batch_size
        names = ["-".join(languages) for languages in self._shards.languages]
        found = _corpora(names, self._shards.sizes, self._pairs, self._pairs.planned(pairs), self._read_by(steps))
        if self._mono is None or self._lines is None:
            return found, []
        planned, files = self._lines.planned(2 * pairs), list(map(str, self._config.mono))
        return found, _corpora(files, self._mono.sizes, self._lines, planned, planned)

    @property
    def rows(self) -> dict[str, int]:
        """How many rows each language pair has, and each file of monolingual text."""
        pairs, files = self.corpora(0)
        numbered = {f"{Path(one.name).name} ({at})": one.rows for at, one in enumerate(files, 1)}
        return {one.name: one.rows for one in pairs} | numbered

    def _read_by(self, steps: int) -> list[int]:
        """Count the pairs of each language pair that the first steps read."""
        pool, slots = divmod(steps, self._steps)
        counts = self._pairs.planned(pool * self._steps * self._config.batch_size)
        for slot in range(slots):
            for place, _ in self._pooled(pool)[slot]:
                counts[place.languages] += 1
        return counts

    def describe(self, step: int) -> str:
        """Say what a step reads: the rows of each language pair, counted from 0 over its shards."""
        pool, slot = divmod(step, self._steps)
        rows: dict[int, list[int]] = {}
        for place, _ in self._pooled(pool)[slot]:
            rows.setdefault(place.languages, []).append(place.row)
        return "; ".join(f"{'-'.join(self._shards.languages[pair])} {_listed(rows[pair])}" for pair in sorted(rows))

    def before(self, pairs: int) -> Iterator[AlignedBatch]:
        """Return the parts of steps that no run gets to, for at least so many pairs of all processes together."""
        for step in range(-(-pairs // self._config.batch_size)):
            for parts in self(BEFORE + step):
                yield from parts

    def _batch(self, step: int, first: int, last: int) -> list[AlignedBatch]:
        """Read this process's share of places `first` to `last` of a step, in parts."""
        places = _share(range(first, last))
        pool, slot = divmod(step, self._steps)
        pairs = [pair for _, pair in self._pooled(pool)[slot][places.start : places.stop]]
        lines = _share(range(2 * first, 2 * last)) if self._mono else range(0)
        mono = self._sentences(step, lines)
        made = []
        for part, some in self._cut(pairs, mono):
            masks = self._masks(step, [places[at] for at in part], [lines[at] for at in some])
            chosen, texts = [pairs[at] for at in part], [mono[at] for at in some]
            made.append(collate(self._tokens, chosen, self._passes, masks, texts, self._places))
        return made

    def _cut(
        self, pairs: Sequence[TokenisedPair], mono: Sequence[Sequence[int]]
    ) -> Iterator[tuple[list[int], list[int]]]:
        """Cut pairs and monolingual sentences into as many parts, neither over what a forward pass may hold."""
        most = self._config.tokens_per_batch
        costs, lines = [self._cost(pair) for pair in pairs], [len(text) + self._framing for text in mono]
        count = min(len(pairs), max(len(parts_of(costs, most)), len(parts_of(lines, most))))
        return zip(parts_of(costs, most, count), parts_of(lines, most, count), strict=True)

    def _read(self, pool: int) -> list[list[tuple[Drawn, TokenisedPair]]]:
        """Read the pairs of some steps, those of like length into one step."""
        size = self._config.batch_size
        drawn = self._pairs.take(pool * self._steps * size, self._steps * size)
        rows = self._shards.rows(self._shards.numbers(*drawn))
        read = tokenise(self._tokens, rows, self.longest, self._config.token_units)
        places = map(Drawn, drawn.corpora.tolist(), drawn.rows.tolist())
        pairs = sorted(zip(places, read, strict=True), key=lambda placed: len(placed[1]))
        dice = generator(self._config.seed, _ARRANGED, pool)
        steps = [pairs[slot * size : (slot + 1) * size] for slot in dice.permutation(self._steps)]
        return [[step[at] for at in dice.permutation(size)] for step in steps]

    def _sentences(self, step: int, places: range) -> list[list[int]]:
        """Read monolingual sentences as sub-words."""
        if self._mono is None or self._lines is None:
            return []
        drawn = self._lines.take(2 * step * self._config.batch_size + places.start, len(places))
        texts = [self._mono[row] for row in self._mono.numbers(*drawn)]
        if self._switch is not None:
            spoken = [self._config.mono_language[file] for file in drawn.corpora]
            texts = self._switch(texts, spoken, row_keys(self._config.seed, step, places, MONO))
        pieces = self._tokens.pieces(texts)
        return [piece.ids[: self.longest - self._framing] for piece in pieces]

    def _cost(self, pair: TokenisedPair) -> int:
        """Positions that a pair takes in a pass."""
        return len(pair.source.ids) + len(pair.target.ids) + 2 * self._framing

    def _masks(self, step: int, pairs: Sequence[int], lines: Sequence[int]) -> Masks | None:
        if self._masker is None:
            return None
        config = self._config
        return Masks(
            self._masker,
            Rates(config.mlm_rate, config.tlm_rate, config.tlm_sides, config.aligned_mlm_rate, config.code_switch),
            self.longest,
            row_keys(config.seed, step, pairs, PAIRS),
            row_keys(config.seed, step, lines, MONO),
        )


def _corpora(
    names: Sequence[str], sizes: Sequence[int], mixture: Mixture, planned: Sequence[int], read: Sequence[int]
) -> list[Corpus]:
    epochs = [round(count / max(1, size), 3) for count, size in zip(read, sizes, strict=True)]
    return list(map(Corpus, names, sizes, mixture.shares, planned, read, epochs))


def _listed(rows: Sequence[int]) -> str:
    """Name rows, as many as fit a line."""
    named = ", ".join(map(str, sorted(rows)[:_MOST_ROWS]))
    more = len(rows) - _MOST_ROWS
    return f"row{'s' * (len(rows) > 1)} {named}" + f" and {more:,} more" * (more > 0)


def _share(places: range) -> range:
    """Return this process's part of some places."""
    rank, count = process(), processes()
    return places[len(places) * rank // count : len(places) * (rank + 1) // count]

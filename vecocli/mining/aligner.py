"""Word links of sentence pairs from an encoder's similarities, in batches, with any of the methods of `aligners`.

Shapes: K layers, B sentence pairs, S and T units of the two sides, H hidden size, N links; a unit is a sub-word or a
word.

Source: SimAlign (arXiv 2004.08728), awesome-align (arXiv 2101.08231) and XLM-Align (arXiv 2106.06381); how the evidence
for a link is measured, and how a dictionary enters, is this project's choice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from veco_kernels import token_similarity
from vecocli import registry
from vecocli.encoder.devices import Precision
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.inference import PackedVectors, packed_vectors, room
from vecocli.encoder.tokens import WordPieces
from vecocli.mining.aligners import Method
from vecocli.mining.evidence import distorted, log_odds, raised
from vecocli.mining.units import Unit, Units, groups, side_of
from vecocli.mining.words import WordedPair
from vecocli.progress import Progress, silent

OnLong = Literal["window", "cut", "skip"]
METHODS = "vecocli.mining.aligners"
CHUNK = 512  # sentence pairs whose vectors are held at once
MOST_SIMILARITIES = 1 << 24  # of a pair's sub-words, 4096 by 4096: 64 MB, held a few times


class WordLink(NamedTuple):
    """A source word and a target word that belong together.

    Args:
        source: Index of the source word.
        target: Index of the target word.
        similarity: Cosine of the two words; of several sub-word pairs, that of the surest one.
        log_odds: How surely either chooses the other among the units of its sentence, as log odds; no probability yet.
    """

    source: int
    target: int
    similarity: float
    log_odds: float


Aligned = list[list[WordLink]]
"""The links of one sentence pair, by each method at each layer."""
Listed = Sequence[tuple[int, int]]
"""The word pairs of one sentence pair that a dictionary lists."""


@dataclass(frozen=True)
class AlignerSettings:
    """How sentence pairs are aligned; `vecocli.config` has the defaults of the commands.

    Args:
        methods: Names in `vecocli.mining.aligners`.
        layers: Layers of the encoder to read.
        unit: `subword` links two words if any of their sub-words are linked; `word` compares the means of the words'
            sub-words.
        distortion: How much unlike relative positions count against a pair, in [0, 1]; only with cosine methods.
        bonus: What a dictionary adds to the similarity of the words it lists, in standard deviations of the pair's
            similarities.
        on_long: What becomes of sentences beyond `max_length`: read in overlapping `window`s, `cut` (words behind the
            cut get no links), or `skip` the pair. A pair with more than 2^24 pairs of sub-words is always skipped.
        max_length: Most sub-words that the encoder reads at once, special tokens included.
        precision: Of the encoder's passes; matching is always at least fp32.
        tokens_per_batch: Padded sub-words in a batch; None for what suits the device.
    """

    methods: tuple[str, ...]
    layers: tuple[int, ...]
    unit: Unit = "subword"
    distortion: float = 0.0
    bonus: float = 0.6
    on_long: OnLong = "window"
    max_length: int = 512
    precision: Precision = "fp32"
    tokens_per_batch: int | None = None


class Aligner:
    """Aligns the words of sentence pairs, each sentence encoded by itself.

    Args:
        encoder: The encoder; put into evaluation mode.
        settings: How.

    Attributes:
        slots: (method, layer) of each list of links that `align` gives for a pair.
        long: Texts so far that were longer than the encoder reads at once.

    Raises:
        UsageError: An unknown method or a layer that the encoder lacks.
    """

    def __init__(self, encoder: Encoder, settings: AlignerSettings) -> None:
        self._encoder = encoder
        self._settings = settings
        self._layers = [encoder.layer(layer) for layer in settings.layers]
        self._methods: list[Method] = [registry.get(METHODS, name) for name in settings.methods]
        self.slots = list(product(settings.methods, self._layers))
        self._room = room(encoder, settings.max_length)
        self.long = 0

    def align(
        self,
        pairs: Sequence[WordedPair],
        listed: Sequence[Listed] | None = None,
        progress: Progress = silent,
    ) -> Iterator[tuple[int, Aligned]]:
        """Link the words of sentence pairs.

        Args:
            pairs: N sentence pairs with their words.
            listed: For each pair the word pairs that a dictionary lists; they get the bonus.
            progress: Called with (pairs done, N).

        Yields:
            (index of the pair, its links in ascending order for each of `slots`), every pair once.
        """
        for start in range(0, len(pairs), CHUNK):
            rows = range(start, min(start + CHUNK, len(pairs)))
            chosen = [pairs[row] for row in rows]
            yield from zip(rows, self._chunk(chosen, listed and [listed[row] for row in rows]), strict=True)
            progress(rows.stop, len(pairs))

    def _chunk(self, pairs: Sequence[WordedPair], listed: Sequence[Listed] | None) -> list[Aligned]:
        """Encode both sides of some pairs at once, then match them in groups of like size."""
        pieces = self._pieces(pairs)
        packed = packed_vectors(
            self._encoder,
            [piece.ids for piece in pieces],
            layers=self._layers,
            max_length=self._settings.max_length,
            tokens_per_batch=self._settings.tokens_per_batch,
            precision=self._settings.precision,
        )
        sides = [
            side_of(piece.owners, start, self._settings.unit)
            for piece, start in zip(pieces, packed.starts, strict=False)
        ]
        results: list[Aligned] = [[[] for _ in self.slots] for _ in pairs]
        for rows in groups([(len(sides[2 * row]), len(sides[2 * row + 1])) for row in range(len(pairs))]):
            x, y = (Units.of([sides[2 * row + side] for row in rows], packed.vectors.device) for side in (0, 1))
            known = None if listed is None else _listed([listed[row] for row in rows], x, y)
            for slot, links in self._match(packed, x, y, known):
                for place, found in links:
                    results[rows[place]][slot].append(found)
        return results

    def _pieces(self, pairs: Sequence[WordedPair]) -> list[WordPieces]:
        """Source and target of each pair in turn, as sub-words; what is too long is cut or emptied as set."""
        texts = [text for pair in pairs for text in (pair.source, pair.target)]
        words = [spans for pair in pairs for spans in (pair.source_words, pair.target_words)]
        cut = bool(pairs) and pairs[0].cut
        pieces = self._encoder.tokens.in_words(texts, words, cut=cut)
        long = {index for index, piece in enumerate(pieces) if len(piece.ids) > self._room}
        self.long += len(long)
        if self._settings.on_long == "cut":
            return [WordPieces(piece.ids[: self._room], piece.owners[: self._room]) for piece in pieces]
        left_out = long if self._settings.on_long == "skip" else _endless(pieces)
        empty = WordPieces([], [])
        return [empty if not {index, index ^ 1}.isdisjoint(left_out) else piece for index, piece in enumerate(pieces)]

    def _match(
        self, packed: PackedVectors, x: Units, y: Units, listed: Tensor | None
    ) -> Iterator[tuple[int, list[tuple[int, WordLink]]]]:
        """Match a group of pairs by every method at every layer; yields (slot, [(pair, link)])."""
        for number in range(len(self._layers)):
            left, right = x.gather(packed.vectors[number]), y.gather(packed.vectors[number])
            for place, method in enumerate(self._methods):
                similarity = _similarity(left, right, method)
                scores = raised(similarity, x.mask, y.mask, listed, self._settings.bonus)
                if method.SCALE == "cosine":
                    scores = distorted(scores, x.mask, y.mask, self._settings.distortion)
                links = method.links(scores, x.mask, y.mask)
                odds = log_odds(scores, x.mask, y.mask)
                yield place * len(self._layers) + number, _word_links(links, left, right, odds, x, y)


def _endless(pieces: Sequence[WordPieces]) -> set[int]:
    """The sides of pairs, one of each, whose similarities would fill the memory."""
    sizes = [len(piece.ids) for piece in pieces]
    return {index for index in range(0, len(sizes), 2) if sizes[index] * sizes[index + 1] > MOST_SIMILARITIES}


def _similarity(left: Tensor, right: Tensor, method: Method) -> Tensor:
    """[B, S, T] in the scale of the method."""
    if method.SCALE == "dot":
        return left @ right.transpose(1, 2)
    return (token_similarity(left, right) + 1) / 2


def _word_links(
    links: Tensor, left: Tensor, right: Tensor, odds: Tensor, x: Units, y: Units
) -> list[tuple[int, WordLink]]:
    """Turn links between units into links between words; of several between the same two the surest counts."""
    row, i, j = links.unbind(1)
    cosines = torch.cosine_similarity(left[row, i], right[row, j], dim=-1)
    columns = (row, x.words[row, i], y.words[row, j], cosines, odds[row, i, j])
    best: dict[tuple[int, int, int], WordLink] = {}
    for pair, source, target, cosine, sure in zip(*(column.tolist() for column in columns), strict=True):
        if source >= 0 and target >= 0:
            key = pair, source, target
            if key not in best or best[key].log_odds < sure:
                best[key] = WordLink(source, target, cosine, sure)
    return [(key[0], best[key]) for key in sorted(best)]


def _listed(pairs: Sequence[Listed], x: Units, y: Units) -> Tensor:
    """[B, S, T] bool: which units belong to words that a dictionary lists as translations."""
    words, others = int(x.words.max()) + 1, int(y.words.max()) + 1
    table = torch.zeros(len(pairs), words + 1, others + 1, dtype=torch.bool)  # the last of each: units of no word
    places = [(row, i, j) for row, listed in enumerate(pairs) for i, j in listed if i < words and j < others]
    if places:
        table[tuple(torch.tensor(places).T)] = True
    return y.spread(x.spread(table.to(x.words.device), 1), 2)

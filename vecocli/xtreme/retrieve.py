"""Sentence retrieval: is each sentence's nearest neighbour its translation?

Shapes: N sentence pairs, K layers, H hidden size.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from vecocli.encoder.devices import Precision
from vecocli.encoder.encoder import Encoder, Pooling
from vecocli.encoder.inference import sentence_vectors
from vecocli.progress import Progress, silent

BLOCK = 1024  # queries compared at once


@dataclass(frozen=True, slots=True)
class RetrievalScore:
    """How well one layer's vectors find translations.

    Args:
        layer: 0 is the embeddings.
        forward: Share of sources whose nearest target is theirs, in percent.
        backward: Share of targets whose nearest source is theirs, in percent.
        mexa: MEXA score in percent; see `score_vectors`.
        nearest: [2, N] int64: the nearest target of each source, and the nearest source of each target.
        right: [2, N] bool: whether these are right; equal sentences are interchangeable.
    """

    layer: int
    forward: float
    backward: float
    mexa: float
    nearest: Tensor = field(compare=False, repr=False)
    right: Tensor = field(compare=False, repr=False)

    @property
    def percent(self) -> tuple[float, float, float]:
        """Accuracy forward, accuracy backward, MEXA."""
        return self.forward, self.backward, self.mexa


def evaluate_retrieval(
    encoder: Encoder,
    sources: Sequence[str],
    targets: Sequence[str],
    *,
    layers: Sequence[int],
    pooling: Pooling = "mean",
    max_length: int = 512,
    precision: Precision = "fp32",
    progress: Progress = silent,
) -> list[RetrievalScore]:
    """Encode N sentence pairs in one pass and score every asked layer.

    Args:
        encoder: The encoder.
        sources: N sentences.
        targets: Their translations.
        layers: K layers, each in [0, num_layers] or negative from the end.
        pooling: `mean` over all positions (XTREME's choice) or the `first` one.
        max_length: Most sub-words a text may have, special tokens included.
        precision: Of the encoder's passes; the search is always fp32.
        progress: Called with (texts done, 2N).
    """
    numbers = [encoder.layer(layer) for layer in layers]
    vectors = sentence_vectors(
        encoder,
        [*sources, *targets],
        layers=numbers,
        pooling=pooling,
        max_length=max_length,
        precision=precision,
        progress=progress,
    )
    left, right = vectors[:, : len(sources)], vectors[:, len(sources) :]
    keys = _keys(sources), _keys(targets)
    return [score_vectors(left[slot], right[slot], *keys, layer) for slot, layer in enumerate(numbers)]


def score_vectors(
    sources: Tensor, targets: Tensor, source_keys: Tensor, target_keys: Tensor, layer: int = -1
) -> RetrievalScore:
    """Score N pairs of vectors by exact cosine search.

    Pairs that share their source or their target sentence are interchangeable: finding one for the other is right, and
    neither is the other's rival. With distinct sentences this is plain accuracy and the paper's MEXA.

    Args:
        sources: [N, H] float32.
        targets: [N, H]; row i translates row i.
        source_keys: [N] equal numbers for equal source sentences.
        target_keys: [N] the same for the targets.
        layer: Where they were read.

    Source: MEXA (arXiv 2410.05873): the share of pairs that are more alike than either side is to any other's partner,
    mu = 1/N sum_i [c_ii > max_{j != i} {c_ij, c_ji}]. The paper pools by weighted mean, for decoders; here the vectors
    are the caller's, by default the plain mean.
    """
    found, right, wins = _search(sources, targets, source_keys, target_keys)
    found_back, right_back, wins_back = _search(targets, sources, source_keys, target_keys)
    return RetrievalScore(
        layer,
        _percent(right),
        _percent(right_back),
        _percent(wins & wins_back),
        torch.stack([found, found_back]),
        torch.stack([right, right_back]),
    )


def _search(
    queries: Tensor, database: Tensor, source_keys: Tensor, target_keys: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Per query: its nearest row, whether that is right, and whether its own row beats all rivals; all [N]."""
    queries, database = F.normalize(queries, dim=-1), F.normalize(database, dim=-1)
    found, right, wins = [], [], []
    for rows in _blocks(len(queries)):
        cosines = queries[rows] @ database.T
        same = (source_keys[rows, None] == source_keys) | (target_keys[rows, None] == target_keys)
        nearest = cosines.argmax(1, keepdim=True)
        found.append(nearest.squeeze(1))
        right.append(same.gather(1, nearest).squeeze(1))
        own = cosines.gather(1, rows.unsqueeze(1)).squeeze(1)
        wins.append(own > cosines.masked_fill(same, -torch.inf).amax(1))
    return torch.cat(found), torch.cat(right), torch.cat(wins)


def _blocks(count: int) -> list[Tensor]:
    """Row numbers 0..count - 1, a block at a time."""
    return [torch.arange(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK)]


def _keys(texts: Sequence[str]) -> Tensor:
    """Number the texts so that equal ones share a number: [N] int64."""
    numbers: dict[str, int] = {}
    return torch.tensor([numbers.setdefault(text, len(numbers)) for text in texts], dtype=torch.int64)


def _percent(hits: Tensor) -> float:
    return 100 * hits.sum().item() / len(hits)

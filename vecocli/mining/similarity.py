"""Compares words of two languages by an encoder: the cosine of their mean sub-word vectors."""

from collections.abc import Sequence

import torch
from torch import Tensor

from vecocli.encoder.encoder import Encoder
from vecocli.encoder.inference import packed_vectors
from vecocli.mining.scorer import SpanQuery
from vecocli.text.segment import Span


class EncoderScorer:
    """Scores spans by one layer of an encoder.

    Args:
        encoder: The encoder.
        layer: Layer to read; 0 is the embeddings, -1 the last. Layers at two thirds of the depth align words best
            (SimAlign, arXiv 2004.08728, and awesome-align, arXiv 2101.08231: layer 8 of 12).
        name: What tells the encoder and layer apart from others in the record of a run.
    """

    def __init__(self, encoder: Encoder, layer: int, name: str) -> None:
        self._encoder = encoder
        self._layer = layer
        self.name = name

    def __call__(self, queries: Sequence[SpanQuery]) -> list[list[float]]:
        """Return the cosine of the two spans of every place; -1 where no sub-word touches a span."""
        pieces = self._encoder.tokens.pieces([text for query in queries for text in (query.source, query.target)])
        packed = packed_vectors(self._encoder, [piece.ids for piece in pieces], layers=[self._layer])
        scores = []
        for number, query in enumerate(queries):
            source, target = (
                _means(
                    packed.of(2 * number + side)[0], pieces[2 * number + side].spans, [p[side] for p in query.places]
                )
                for side in (0, 1)
            )
            cosines = torch.cosine_similarity(source, target)
            scores.append(torch.where(cosines.isnan(), -1.0, cosines.clamp(-1, 1)).tolist())
        return scores


def _means(vectors: Tensor, offsets: Sequence[Span], spans: Sequence[Span]) -> Tensor:
    """Return the mean vector [spans, H] of the sub-words that touch each span; NaN where none does."""
    starts, ends = torch.tensor(offsets, device=vectors.device).reshape(-1, 2).T
    bounds = torch.tensor(spans, device=vectors.device)
    touches = (starts < bounds[:, 1:]) & (ends > bounds[:, :1])
    weights = touches.float() / touches.sum(1, keepdim=True)
    means: Tensor = weights @ vectors
    return means

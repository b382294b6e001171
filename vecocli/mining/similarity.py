"""Compares words of two languages by an encoder: the cosine of their mean sub-word vectors."""

from collections.abc import Sequence

import torch
from torch import Tensor

from vecocli.encoder.encoder import Encoder
from vecocli.encoder.inference import TokenVectors, token_vectors
from vecocli.mining.linker import Span, SpanQuery


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
        """Return the cosine of the two spans of every place; -1 where a span was cut off with the end of its text."""
        texts = [text for query in queries for text in (query.source, query.target)]
        encoded: dict[int, TokenVectors] = {}
        scores: list[list[float]] = [[] for _ in queries]
        for vectors in token_vectors(self._encoder, texts, layers=[self._layer]):
            other = encoded.pop(vectors.index ^ 1, None)
            if other is None:
                encoded[vectors.index] = vectors
                continue
            source, target = sorted((vectors, other), key=lambda one: one.index)
            places = queries[source.index // 2].places
            rows = _means(source, [place[0] for place in places]), _means(target, [place[1] for place in places])
            cosines = torch.cosine_similarity(*rows)
            scores[source.index // 2] = torch.where(cosines.isnan(), -1.0, cosines.clamp(-1, 1)).tolist()
        return scores


def _means(text: TokenVectors, spans: Sequence[Span]) -> Tensor:
    """Return the mean vector of the sub-words that touch each span: [spans, H]; NaN where none does."""
    starts, ends = torch.tensor(text.offsets).reshape(-1, 2).T
    bounds = torch.tensor(spans)
    touches = (starts < bounds[:, 1:]) & (ends > bounds[:, :1])
    weights = touches.float() / touches.sum(1, keepdim=True)
    means: Tensor = weights @ text.vectors[0].float()
    return means

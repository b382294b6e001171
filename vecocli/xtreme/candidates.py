"""Pairs of ids that may be translations, by an encoder: what BUCC is scored on.

Shapes: N distinct foreign sentences, M distinct English ones, H hidden size, K layers.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from torch import Tensor
from torch.nn import functional as F

from veco_kernels import topk_both
from vecocli.encoder.devices import Precision
from vecocli.encoder.encoder import Encoder, Pooling
from vecocli.encoder.inference import sentence_vectors
from vecocli.progress import Progress, silent
from vecocli.xtreme.data import MixedTexts
from vecocli.xtreme.metrics.mined import Candidates
from vecocli.xtreme.mine import Retrieval, margin_pairs

NEIGHBOURS = 4
RETRIEVALS: tuple[Retrieval, ...] = ("max", "intersect")


def find_candidates(
    encoder: Encoder,
    texts: MixedTexts,
    *,
    layers: Sequence[int],
    pooling: Pooling = "mean",
    max_length: int = 512,
    precision: Precision = "fp32",
    progress: Progress = silent,
) -> list[dict[Retrieval, Candidates]]:
    """Mine pairs of ids at each layer; arguments as in `evaluate_retrieval`.

    Equal sentences are encoded once, and a sentence that has several ids is in no pair.

    Returns:
        For each layer and way to choose: (margin, (foreign id, English id)), the best first.

    Source: XTREME's run_bucc2018.py: ratio margin over 4 neighbours, `max`; `intersect` is Artetxe and Schwenk's
    (arXiv 1811.01136).
    """
    foreign, english = list(dict.fromkeys(texts.foreign.values())), list(dict.fromkeys(texts.english.values()))
    vectors = sentence_vectors(
        encoder,
        [*foreign, *english],
        layers=layers,
        pooling=pooling,
        max_length=max_length,
        precision=precision,
        progress=progress,
    )
    ids = [_ids(side, sentences) for side, sentences in ((texts.foreign, foreign), (texts.english, english))]
    return [
        _of_layer(vectors[slot, : len(foreign)], vectors[slot, len(foreign) :], *ids) for slot in range(len(layers))
    ]


def _of_layer(
    foreign: Tensor, english: Tensor, foreign_ids: Sequence[str | None], english_ids: Sequence[str | None]
) -> dict[Retrieval, Candidates]:
    both = topk_both(F.normalize(foreign, dim=-1), F.normalize(english, dim=-1), NEIGHBOURS)
    found: dict[Retrieval, Candidates] = {}
    for retrieval in RETRIEVALS:
        pairs = margin_pairs(both, retrieval=retrieval)
        rows = zip(pairs.scores.tolist(), pairs.rows.tolist(), pairs.columns.tolist(), strict=True)
        named = [(score, (foreign_ids[row], english_ids[column])) for score, row, column in rows]
        found[retrieval] = [(score, (one, other)) for score, (one, other) in named if one and other]
    return found


def _ids(side: Mapping[str, str], sentences: Sequence[str]) -> list[str | None]:
    """The id of each distinct sentence; None for one that has several."""
    counts = Counter(side.values())
    single = {sentence: name for name, sentence in side.items() if counts[sentence] == 1}
    return [single.get(sentence) for sentence in sentences]

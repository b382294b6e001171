"""Does an encoder put a word next to its synonym in the translation?

Shapes: B pairs, U units, L links, K layers, H hidden size.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from veco_kernels import token_similarity
from vecocli.encoder.batches import AlignedBatch, collate
from vecocli.encoder.devices import Precision, autocast
from vecocli.encoder.encoder import Encoder, Pooling
from vecocli.encoder.pairs import tokenise
from vecocli.encoder.passes import pool_units
from vecocli.progress import Progress, silent
from vecocli.text.shards import ShardRow

BATCH = 64  # pairs run at once


@dataclass(frozen=True, slots=True)
class SynonymScore:
    """How often one layer finds a word's synonym.

    Args:
        layer: 0 is the embeddings.
        forward: Share of source words whose nearest target word is their synonym, in percent.
        backward: The same from target to source.
        links: How many synonym pairs were asked for.
    """

    layer: int
    forward: float
    backward: float
    links: int


def evaluate_synonyms(
    encoder: Encoder,
    rows: Sequence[ShardRow],
    *,
    layers: Sequence[int],
    pooling: Pooling = "mean",
    max_length: int = 128,
    precision: Precision = "fp32",
    progress: Progress = silent,
) -> list[SynonymScore]:
    """Score mined synonym pairs: is the partner the nearest of all words of the other side, by cosine?

    Pairs of equal surface form (names, numbers) are left out: every encoder finds those. A word that stands twice in
    the other sentence is right at either place, and so is another partner of the same word.

    Args:
        encoder: The encoder; put into evaluation mode.
        rows: Mined pairs.
        layers: K layers, each in [0, num_layers] or negative from the end.
        pooling: Word vectors: `mean` of the sub-words or the `first` one.
        max_length: Most sub-words a sentence may have, special tokens included.
        precision: Of the encoder's passes.
        progress: Called with (pairs done, pairs in all).

    Source: this project's choice; the token-level counterpart of sentence retrieval.
    """
    encoder.eval()
    numbers = [encoder.layer(layer) for layer in layers]
    pairs = sorted(tokenise(encoder.tokens, rows, min(max_length, encoder.max_length)), key=len)
    hits, asked = torch.zeros(len(numbers), 2), 0
    for start in range(0, len(pairs), BATCH):
        chosen = pairs[start : start + BATCH]
        batch = collate(encoder.tokens, chosen).to(encoder.device)
        links = _worth_asking(batch)
        asked += len(links)
        for slot, units in enumerate(_units(encoder, batch, numbers, pooling, precision)):
            hits[slot] += _hits(units, batch, links)
        progress(start + len(chosen), len(pairs))
    percent = (100 * hits / max(1, asked)).tolist()
    return [
        SynonymScore(layer, forward, backward, asked)
        for layer, (forward, backward) in zip(numbers, percent, strict=True)
    ]


@torch.inference_mode()
def _units(
    encoder: Encoder, batch: AlignedBatch, layers: Sequence[int], pooling: Pooling, precision: Precision
) -> list[Tensor]:
    """Return the unit vectors of both sides at some layers, [2B, U, H] each."""
    found: list[list[Tensor]] = [[] for _ in layers]
    for bucket in batch.passes["clean"]:
        with autocast(encoder.device, precision):
            states = encoder.states_at(bucket.inputs, layers)
        assert bucket.units is not None
        for vectors, state in zip(found, states, strict=True):
            vectors.append(pool_units(state.float(), bucket.units, batch.forms.shape[1], pooling))
    order = torch.argsort(torch.cat([bucket.rows for bucket in batch.passes["clean"]]))
    return [torch.cat(vectors)[order] for vectors in found]


def _worth_asking(batch: AlignedBatch) -> Tensor:
    """Return the links [L, 3] between different surface forms."""
    source, target = batch.forms.chunk(2)
    row, i, j = batch.links.unbind(-1)
    return batch.links[source[row, i] != target[row, j]]


def _hits(units: Tensor, batch: AlignedBatch, links: Tensor) -> Tensor:
    """Count right neighbours, [forward, backward]."""
    if not len(links):
        return torch.zeros(2)
    source, target = units.chunk(2)
    source_forms, target_forms = batch.forms.chunk(2)
    similarity = token_similarity(source, target)
    forward = _right(similarity, links, batch.links, target_forms)
    back, given = links[:, [0, 2, 1]], batch.links[:, [0, 2, 1]]
    backward = _right(similarity.transpose(1, 2), back, given, source_forms)
    return torch.stack([forward, backward]).cpu()


def _right(similarity: Tensor, links: Tensor, given: Tensor, forms: Tensor) -> Tensor:
    """Count the links whose nearest candidate has the partner's surface form or is itself a partner."""
    found = similarity.masked_fill((forms == 0).unsqueeze(1), -2.0).argmax(2)
    row, i, j = links.unbind(-1)
    partners = torch.zeros_like(similarity, dtype=torch.bool)
    partners[given[:, 0], given[:, 1], given[:, 2]] = True
    answer = found[row, i]
    return ((forms[row, answer] == forms[row, j]) | partners[row, i, answer]).float().sum()

"""Vectors of many texts: length-sorted batches under a token budget, without gradients.

Shapes: N texts, K layers, S sub-words, H hidden size.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from vecocli.encoder.batches import frame
from vecocli.encoder.devices import Precision, autocast
from vecocli.encoder.encoder import Encoder, Inputs, Pooling, pool
from vecocli.encoder.tokens import Pieces, Span
from vecocli.progress import Progress, silent


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The sub-word vectors of one text.

    Args:
        index: Which of the given texts.
        offsets: Code-point span per sub-word, special tokens left out.
        vectors: [K, S, H] float32, one slice per asked layer.
    """

    index: int
    offsets: list[Span]
    vectors: Tensor


def sentence_vectors(
    encoder: Encoder,
    texts: Sequence[str],
    *,
    layers: Sequence[int],
    pooling: Pooling = "mean",
    max_length: int = 512,
    tokens_per_batch: int = 1024,
    precision: Precision = "fp32",
    progress: Progress = silent,
) -> Tensor:
    """Encode texts into sentence vectors.

    Args:
        encoder: The encoder; put into evaluation mode.
        texts: N texts; longer ones are cut to `max_length` sub-words.
        layers: K layers to read; 0 is the embeddings, -1 the last.
        pooling: `mean` over all positions or the `first` one.
        max_length: Most sub-words a text may have, special tokens included.
        tokens_per_batch: Padded sub-words in a batch; about 1,000 is best on a CPU.
        precision: `bf16` is faster where the hardware has it and moves scores in the third digit.
        progress: Called with (texts done, N).

    Returns:
        [K, N, H] float32 on the CPU, not normalised.
    """
    wanted = [encoder.layer(layer) for layer in layers]
    result = torch.zeros(len(wanted), len(texts), encoder.hidden_size)
    for rows, _, inputs, states in _batches(encoder, texts, max_length, tokens_per_batch, precision, progress):
        for slot, layer in enumerate(wanted):
            result[slot, rows] = pool(states[layer], inputs.mask, pooling).float().cpu()
    return result


def token_vectors(
    encoder: Encoder,
    texts: Sequence[str],
    *,
    layers: Sequence[int],
    max_length: int = 512,
    tokens_per_batch: int = 1024,
    precision: Precision = "fp32",
    progress: Progress = silent,
) -> Iterator[TokenVectors]:
    """Encode texts into sub-word vectors, longest batches first; arguments as in `sentence_vectors`."""
    wanted = [encoder.layer(layer) for layer in layers]
    skip = len(encoder.tokens.before)
    for rows, pieces, _, states in _batches(encoder, texts, max_length, tokens_per_batch, precision, progress):
        chosen = torch.stack([states[layer] for layer in wanted], dim=1).float().cpu()
        for slot, (row, piece) in enumerate(zip(rows, pieces, strict=True)):
            yield TokenVectors(row, piece.spans, chosen[slot, :, skip : skip + len(piece.ids)])


def _batches(
    encoder: Encoder, texts: Sequence[str], max_length: int, budget: int, precision: Precision, progress: Progress
) -> Iterator[tuple[list[int], list[Pieces], Inputs, tuple[Tensor, ...]]]:
    """Cut, sort by length, pad and run; the caller sees each text once."""
    encoder.eval()
    room = min(max_length, encoder.max_length) - len(encoder.tokens.before) - len(encoder.tokens.after)
    pieces = [Pieces(piece.ids[:room], piece.spans[:room]) for piece in encoder.tokens.pieces(texts)]
    order = sorted(range(len(texts)), key=lambda row: -len(pieces[row].ids))
    done = 0
    while done < len(order):
        width = len(encoder.tokens.single(pieces[order[done]].ids))
        rows = order[done : done + max(1, budget // width)]
        chosen = [pieces[row] for row in rows]
        inputs = frame(encoder.tokens, [piece.ids for piece in chosen]).to(encoder.device)
        with torch.inference_mode(), autocast(encoder.device, precision):
            states = encoder.hidden_states(inputs)
        yield rows, chosen, inputs, states
        done += len(rows)
        progress(done, len(order))

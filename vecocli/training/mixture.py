"""Which corpus and which of its rows every draw takes, where corpora are mixed by p ∝ rows^alpha."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from vecocli.errors import DataError
from vecocli.training.order import WINDOW, Order, generator
from vecocli.training.quotas import Quotas, nearest

BLOCK = 4096
"""Positions that are arranged together: shares are kept at every multiple of it."""
_UNIT = 2**24  # weight of one row: whole weights make every sum exact, so that all machines draw the same
_ARRANGEMENT, _CORPUS = 3, 4  # purposes of random generators, next to those of `vecocli.training.order`


class Draws(NamedTuple):
    """What successive positions take.

    Args:
        corpora: Number of the corpus, int64, [positions].
        rows: Row inside that corpus, int64, [positions].
    """

    corpora: np.ndarray
    rows: np.ndarray


class Mixture:
    """An endless sequence of draws from several corpora: each position is a function of the arguments alone.

    Corpus c has its own endless shuffled order, `orders[c]`, seeded by `corpus_seed(seed, c)`, and its draws are the
    rows of that order, one after the other. The orders shuffle windows in proportion to the shares: all corpora
    together have about as many blocks of neighbours in use as one has by itself, so that what was decoded stays cached.

    Positions come in blocks of `BLOCK`; how many of a block's draws a corpus gets is known in closed form (`Quotas`),
    and how they are arranged in the block depends on the seed and the block, so that no draw needs those before it.

    Args:
        sizes: Rows of each corpus; one without rows is never drawn from.
        alpha: 1 draws from the corpora in proportion to their rows, 0 equally often; between, small ones more often
            than they are large.
        seed: Decides the orders and the arrangement.

    Raises:
        DataError: No corpus has a row.

    Source: p ∝ rows^alpha is the sampling of XLM, section 3.1 (alpha 0.5; arXiv:1901.07291); XLM-R takes 0.3, VECO 0.5,
        InfoXLM 0.7.
    """

    def __init__(self, sizes: Sequence[int], alpha: float, seed: int) -> None:
        if not any(sizes):
            raise DataError("there are no rows to draw from")
        self._weights = [round(_UNIT * rows**alpha) if rows else 0 for rows in sizes]
        self._quotas = Quotas(self._weights, BLOCK)
        windows = [max(1, nearest(WINDOW * weight, sum(self._weights))) for weight in self._weights]
        self.orders = [
            Order(rows, corpus_seed(seed, corpus), window)
            for corpus, (rows, window) in enumerate(zip(sizes, windows, strict=True))
        ]
        self._seed = seed
        self._block = lru_cache(maxsize=2)(self._drawn_block)

    @property
    def shares(self) -> list[float]:
        """Every corpus's share of the draws, 0 to 1; they add up to 1."""
        return [weight / sum(self._weights) for weight in self._weights]

    def take(self, start: int, count: int) -> Draws:
        """Return `count` draws of the endless sequence from position `start` on."""
        parts = [np.empty((2, 0), np.int64)]
        for block in range(start // BLOCK, -(-(start + count) // BLOCK)):
            before = block * BLOCK
            parts.append(self._block(block)[:, max(0, start - before) : start + count - before])
        return Draws(*np.concatenate(parts, axis=1))

    def planned(self, positions: int) -> list[int]:
        """Return how many of the first so many draws each corpus gets."""
        block, rest = divmod(positions, BLOCK)
        drawn = np.bincount(self._block(block)[0, :rest], minlength=len(self.orders)).tolist() if rest else []
        totals = self._quotas.after(block)
        return [total + more for total, more in zip(totals, drawn, strict=True)] if rest else totals

    def _drawn_block(self, block: int) -> np.ndarray:
        """Return the corpora and the rows of a block, [2, BLOCK]."""
        before, after = self._quotas.after(block), self._quotas.after(block + 1)
        counts = [end - start for start, end in zip(before, after, strict=True)]
        rows = [order.take(start, count) for order, start, count in zip(self.orders, before, counts, strict=True)]
        corpora = generator(self._seed, _ARRANGEMENT, block).permutation(np.repeat(np.arange(len(counts)), counts))
        drawn = np.empty((2, BLOCK), np.int64)
        drawn[0] = corpora
        drawn[1, np.argsort(corpora, kind="stable")] = np.concatenate([np.array(part, np.int64) for part in rows])
        return drawn


def corpus_seed(seed: int, corpus: int) -> int:
    """Return the seed of a corpus's own order: drawn from the run's seed and the corpus's number, 0 to 2^64 - 1."""
    return int(np.random.SeedSequence([seed, _CORPUS, corpus]).generate_state(1, np.uint64)[0])

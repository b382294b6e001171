"""Which rows a step reads: a pure function of (seed, step), so that resuming needs no skipping.

Rows are shuffled in blocks of neighbours (what one disk read decodes), then within windows of blocks, so memory stays
constant whatever the size of the corpus.
"""

from functools import lru_cache

import numpy as np

BLOCK = 2048
WINDOW = 64


def generator(seed: int, *purpose: int) -> np.random.Generator:
    """A random generator that depends on nothing but its arguments."""
    return np.random.default_rng([seed, *purpose])


class Order:
    """An endless shuffled order over the rows of a corpus, epoch after epoch.

    The epochs of a corpus smaller than a block are shuffled several at once, each by itself: one at a time would cost a
    random generator for every few rows.

    Args:
        rows: How many rows there are.
        seed: Decides the order.
        window: Blocks that are shuffled together, 1 or more; None takes `WINDOW`.
    """

    def __init__(self, rows: int, seed: int, window: int | None = None) -> None:
        self.rows = rows
        self.seed = seed
        self.window = window or WINDOW
        self._together = max(1, BLOCK // rows) if rows else 1  # epochs that are shuffled at once
        self._window = lru_cache(maxsize=2)(self._shuffled_window)
        self._blocks = lru_cache(maxsize=1)(self._shuffled_blocks)

    def take(self, start: int, count: int) -> list[int]:
        """Return `count` rows of the endless order from position `start` on."""
        found: list[int] = []
        while len(found) < count:
            epochs, at = divmod(start + len(found), self.rows * self._together)
            window, inside = divmod(at, BLOCK * self.window)
            found += self._window(epochs, window)[inside : inside + count - len(found)].tolist()
        return found

    def _shuffled_window(self, epoch: int, window: int) -> np.ndarray:
        if self._together > 1:
            epochs = np.tile(np.arange(self.rows), (self._together, 1))
            return generator(self.seed, 1, epoch, window).permuted(epochs, axis=1).ravel()
        chosen = self._blocks(epoch)[window * self.window : (window + 1) * self.window]
        rows = np.concatenate([np.arange(b * BLOCK, min((b + 1) * BLOCK, self.rows)) for b in chosen])
        return generator(self.seed, 1, epoch, window).permutation(rows)

    def _shuffled_blocks(self, epoch: int) -> np.ndarray:
        whole = self.rows // BLOCK
        blocks = generator(self.seed, 0, epoch).permutation(whole)
        if self.rows % BLOCK:
            blocks = np.append(blocks, whole)  # the short block goes last: positions stay computable
        return blocks

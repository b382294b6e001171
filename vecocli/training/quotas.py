"""How many draws each of several weighted corpora has had after so many blocks of draws, in closed form."""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

Split = tuple[int, int, int]
"""A group of corpora and the two groups that it is split into."""


class Quotas:
    """Draws by block boundary: whole numbers that never fall, add up to all positions and stay near the exact shares.

    A corpus with at least one draw a block is never a whole draw away from its exact share (largest remainders; as its
    share grows by one or more a block, its total cannot fall). The rarer ones, for which largest remainders would fall
    now and then, are first handled as one corpus and then split two by two, each group's draws rounded to the nearest
    whole; splitting as Huffman's code does keeps the sum of roundings on the way to each below 1.7 draws.

    Args:
        weights: Weight of each corpus, 0 for one that is never drawn from; at least one is positive.
        block: Positions in a block.

    Source: largest remainders are Hamilton's method of apportionment; the split of rare corpora is this project's
        choice. Half the sum of p / (weight of a group that holds p) is at most half of Fibonacci's 1 + 1 + 1/2 + 1/3 +
        1/5 + ... = 3.36, as every second group on the way up a Huffman tree weighs at least its last two together.
    """

    def __init__(self, weights: Sequence[int], block: int) -> None:
        self._weights = weights
        self._sum = sum(weights)
        self._block = block
        self._frequent = [corpus for corpus, weight in enumerate(weights) if weight * block >= self._sum]
        rare = [corpus for corpus, weight in enumerate(weights) if 0 < weight * block < self._sum]
        self._rare = sum(weights[corpus] for corpus in rare)
        self._groups, self._splits, self._top = _huffman(weights, rare)

    def after(self, blocks: int) -> list[int]:
        """Return every corpus's draws in the first `blocks` blocks."""
        positions = blocks * self._block
        rare = nearest(positions * self._rare, self._sum)
        totals = self._divided(rare)
        exact = [divmod(positions * self._weights[corpus], self._sum) for corpus in self._frequent]
        missing = positions - rare - sum(whole for whole, _ in exact)
        by_remainder = sorted(range(len(exact)), key=lambda place: -exact[place][1])
        for rank, place in enumerate(by_remainder):
            totals[self._frequent[place]] = exact[place][0] + (rank < missing)
        return totals

    def _divided(self, draws: int) -> list[int]:
        """Divide draws among the rare corpora, from the group of all down to single ones; the others get none."""
        counts = [0] * len(self._groups)
        counts[self._top] = draws
        for group, left, right in self._splits:
            counts[left] = nearest(counts[group] * self._groups[left], self._groups[group])
            counts[right] = counts[group] - counts[left]
        return counts[: len(self._weights)]


def nearest(dividend: int, divisor: int) -> int:
    """Return the whole number nearest to a quotient, the lower one of two."""
    return (2 * dividend + divisor - 1) // (2 * divisor)


def _huffman(weights: Sequence[int], corpora: Sequence[int]) -> tuple[list[int], list[Split], int]:
    """Join the two lightest groups until one is left.

    Returns:
        The weight of every group, single corpora first; the splits from the last group down; the last group.
    """
    groups, splits = list(weights), []
    heap = [(weights[corpus], corpus) for corpus in corpora]
    heapify(heap)
    while len(heap) > 1:
        (light, left), (heavy, right) = heappop(heap), heappop(heap)
        splits.append((len(groups), left, right))
        heappush(heap, (light + heavy, len(groups)))
        groups.append(light + heavy)
    return groups, splits[::-1], heap[0][1] if heap else 0

"""Rows cut into parts of one forward pass each."""

from collections.abc import Sequence


def parts_of(costs: Sequence[int], most: int, count: int | None = None) -> list[list[int]]:
    """Cut rows into parts, those of like cost together; a part has at least one row.

    Args:
        costs: Of each row.
        most: Of a part, unless a single row costs more.
        count: Parts that there have to be: the largest are halved, or all cut anew where there would be more.
    """
    order = sorted(range(len(costs)), key=lambda at: costs[at], reverse=True)
    parts: list[list[int]] = [[]]
    held = 0
    for at in order:
        if parts[-1] and held + costs[at] > most:
            parts.append([])
            held = 0
        parts[-1].append(at)
        held += costs[at]
    if count is None:
        return parts
    if len(parts) > count or not costs:
        return [order[len(order) * at // count : len(order) * (at + 1) // count] for at in range(count)]
    while len(parts) < count:
        at = max(range(len(parts)), key=lambda at: len(parts[at]))
        half = len(parts[at]) // 2
        parts[at : at + 1] = [parts[at][:half], parts[at][half:]]
    return parts

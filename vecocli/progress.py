"""How the library reports that it moves on, without printing."""

from collections.abc import Callable

Progress = Callable[[int, int | None], None]
"""Called with (units done, units in all or None when unknown)."""


def silent(done: int, total: int | None) -> None:
    """Report nothing: the default of every library call."""

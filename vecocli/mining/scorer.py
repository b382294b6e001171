"""What compares words of two languages where a dictionary alone cannot choose among places."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from vecocli.text.segment import Span


class SpanQuery(NamedTuple):
    """A sentence pair and the places in it to compare: source and target span of each, in code points."""

    source: str
    target: str
    places: Sequence[tuple[Span, Span]]


class SpanScorer(Protocol):
    """Compares spans of two languages, such as by an encoder.

    Attributes:
        name: What tells two scorers apart: a run is only resumed with the same one.
    """

    name: str

    def __call__(self, queries: Sequence[SpanQuery]) -> list[list[float]]:
        """Return a similarity in [-1, 1] for every place of every query."""
        ...

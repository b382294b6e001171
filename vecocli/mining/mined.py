"""Mined pairs as columns: what was linked in a block of sentence pairs, without an object for each link."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, overload

import numpy as np
import pyarrow as pa

from vecocli.mining.block import Block
from vecocli.mining.cut import Words
from vecocli.mining.dictionary import Candidates
from vecocli.mining.ranges import Flags, Integers, Reals, first_places
from vecocli.text.corpus import SentencePair
from vecocli.text.synonyms import LINK, SCHEMA, MinedPair, to_rows


class Links(NamedTuple):
    """What was linked in a block.

    Args:
        places: N places, by pair and source word.
        score: [N] how sure the link is, in (0, 1].
        ambiguous: [N] several places matched and one was chosen.
        origin: [N] what it comes from, as a place in a list of names.
        similarity: [N] cosine of the two spans, NaN where no encoder compared them; None where none did at all.
    """

    places: Candidates
    score: Reals
    ambiguous: Flags
    origin: Integers
    similarity: Reals | None = None

    def take(self, which: Flags) -> "Links":
        """Return some of them."""
        similarity = None if self.similarity is None else self.similarity[which]
        return Links(self.places.take(which), self.score[which], self.ambiguous[which], self.origin[which], similarity)


@dataclass(frozen=True)
class MinedBlock(Sequence[MinedPair]):
    """The mined pairs of a block; an object for each link is made only where they are looked at one by one.

    Args:
        block: The sentence pairs, P, cut into words.
        links: Their links, N, in their order.
        origins: Names of what links come from.
    """

    block: Block
    links: Links
    origins: Sequence[str]

    @classmethod
    def of(cls, block: Block, found: Sequence[Links], origins: Sequence[str]) -> "MinedBlock":
        """Put together what was linked in the parts of a block, in their order; at least one part."""
        places, *columns = zip(*(one[:4] for one in found), strict=True)
        joined = Candidates(*(np.concatenate(parts) for parts in zip(*places, strict=True)))
        return cls(block, Links(joined, *map(np.concatenate, columns)), origins)

    def __len__(self) -> int:
        return len(self.block.pairs)

    @overload
    def __getitem__(self, index: int) -> MinedPair: ...
    @overload
    def __getitem__(self, index: slice) -> list[MinedPair]: ...
    def __getitem__(self, index: int | slice) -> MinedPair | list[MinedPair]:
        return self._rows[index]

    @cached_property
    def _rows(self) -> list[MinedPair]:
        return to_rows(self.table("", ""))

    def add_to(self, counts: Counter[str]) -> None:
        """Add what was linked to the counts."""
        places, _, ambiguous, origin, _ = self.links
        added = {
            "pairs": len(self),
            "pairs_with_links": int(np.count_nonzero(np.bincount(places.pair))),
            "links": len(places.pair),
            "ambiguous": int(ambiguous.sum()),
            "linked_source_words": int(_linked(places.source, places.source_length, self.block.source).sum()),
            "linked_target_words": int(_linked(places.target, places.target_length, self.block.target).sum()),
        }
        added |= dict(zip(self.origins, np.bincount(origin, minlength=len(self.origins)).tolist(), strict=True))
        counts.update({name: number for name, number in added.items() if number})

    def table(self, source_language: str, target_language: str, corpus: str = "") -> pa.Table:
        """Return the pairs as Arrow rows, as `text.synonyms.to_table` does for objects."""
        pairs: Sequence[SentencePair] = self.block.pairs
        columns = [
            pa.array([pair.number for pair in pairs], pa.int64()),
            pa.array([pair.source for pair in pairs], pa.string()),
            pa.array([pair.target for pair in pairs], pa.string()),
            pa.repeat(source_language, len(pairs)).dictionary_encode(),
            pa.repeat(target_language, len(pairs)).dictionary_encode(),
            self._link_column(),
            pa.array(self.coverage.astype(np.float32)),
            pa.repeat(corpus, len(pairs)).dictionary_encode(),
        ]
        return pa.Table.from_arrays(columns, schema=SCHEMA)

    @property
    def coverage(self) -> Reals:
        """Share of the source words of each pair that are part of a link, [P]; 0 without words."""
        places, words = self.links.places, self.block.source
        linked = first_places(_linked(places.source, places.source_length, words).astype(np.int64))[words.first]
        return (linked[1:] - linked[:-1]) / np.maximum(words.counts, 1)

    def _link_column(self) -> pa.ListArray:
        """Return the links as one list column."""
        places, score, ambiguous, origin, similarity = self.links
        parts = [
            *(pa.array(column.astype(np.int32)) for column in self.block.ends(places)),
            pa.array(score),
            pa.array(self.origins, pa.string()).take(pa.array(origin)),
            pa.array(ambiguous),
            pa.nulls(len(score), pa.float32())
            if similarity is None
            else pa.array(similarity.astype(np.float32), from_pandas=True),
        ]
        first = first_places(np.bincount(places.pair, minlength=len(self)))
        links = pa.StructArray.from_arrays(parts, fields=list(LINK))
        return pa.ListArray.from_arrays(pa.array(first.astype(np.int32)), links, type=SCHEMA.field("links").type)


def _linked(first: Integers, length: Integers, words: Words) -> Flags:
    """Return which words are part of a link, or of several, [W]; links have `length` words from `first` on, [N]."""
    size = len(words.start) + 1
    begun = np.bincount(first, minlength=size) - np.bincount(first + length, minlength=size)
    linked: Flags = np.cumsum(begun)[:-1] > 0
    return linked

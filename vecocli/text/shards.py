"""Random access to folders of mined shards of any size: only the row groups that are asked for are in memory."""

import json
from bisect import bisect_right
from collections import Counter, OrderedDict
from collections.abc import Sequence
from itertools import accumulate, chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vecocli.errors import DataError, UsageError
from vecocli.text.synonyms import METADATA, MinedPair, list_shards, sound, to_rows

CACHE_BYTES = 256 * 2**20
LINKS = "links.list.element.source_start"
"""Column of a shard that holds a value for each link."""


class ShardRow(NamedTuple):
    """One mined pair with the languages of its two sides."""

    pair: MinedPair
    source_language: str
    target_language: str


class ShardFolder:
    """The rows of one or more folders of mined shards, numbered from 0 in the order of the folders.

    The rows of a language pair may lie in several shards and folders; `sizes` and `numbers` know them pair by pair.

    Args:
        folders: Folders that mining wrote.
        cache_bytes: Decoded row groups kept for the next read, in bytes; corpora below this are decoded once.

    Attributes:
        paths: The shards.
        folders: Language pair of each folder that holds shards.
        languages: The language pairs, sorted.
        sizes: Rows of each language pair.

    Raises:
        DataError: A folder without shards, or a file that is none.
        UsageError: A folder named twice.
    """

    def __init__(self, *folders: Path, cache_bytes: int = CACHE_BYTES) -> None:
        self.paths = tuple(chain.from_iterable(map(list_shards, folders)))
        if twice := [path for path, count in Counter(path.resolve() for path in self.paths).items() if count > 1]:
            raise UsageError(f"{twice[0].parent} is named twice", "Name each mined folder once, by itself or in one.")
        self._metadata = list(map(_metadata, self.paths))
        spoken = list(map(_languages, self.paths, self._metadata))
        self.folders = {path.parent: pair for path, pair in zip(self.paths, spoken, strict=True)}
        self.languages: tuple[tuple[str, str], ...] = tuple(sorted(set(spoken)))
        self._spoken = [self.languages.index(pair) for pair in spoken]
        self._by_language = _ByLanguage(self._spoken, [facts.num_rows for facts in self._metadata])
        self.sizes = self._by_language.sizes
        self._groups = [
            (shard, group) for shard, facts in enumerate(self._metadata) for group in range(facts.num_row_groups)
        ]
        sizes = (self._metadata[shard].row_group(group).num_rows for shard, group in self._groups)
        self._starts: list[int] = list(accumulate(sizes, initial=0))
        self._cache: OrderedDict[int, pa.Table] = OrderedDict()
        self._cache_bytes = cache_bytes

    def __len__(self) -> int:
        return self._starts[-1]

    def rows(self, indices: Sequence[int]) -> list[ShardRow]:
        """Read rows by number, in the order asked for.

        Args:
            indices: Row numbers, 0 to `len(self) - 1`, in any order; near ones are read faster.

        Raises:
            IndexError: A number out of range.
        """
        wanted: dict[int, list[int]] = {}
        for place, index in enumerate(indices):
            if not 0 <= index < len(self):
                raise IndexError(f"row {index} of {len(self)}")
            wanted.setdefault(bisect_right(self._starts, index) - 1, []).append(place)
        found: dict[int, ShardRow] = {}
        for group, places in sorted(wanted.items()):
            table = self._group(group).take([indices[place] - self._starts[group] for place in places])
            with sound(self.paths[self._groups[group][0]]):
                languages = (table.column(name).to_pylist() for name in ("source_language", "target_language"))
                found.update(zip(places, map(ShardRow, to_rows(table), *languages), strict=True))
        return [found[place] for place in range(len(indices))]

    def numbers(self, pairs: np.ndarray, rows: np.ndarray) -> list[int]:
        """Return the numbers of rows that are known by language pair and place in it, for `rows`.

        Rows that are neighbours in their pair are neighbours here, but where a shard ends.

        Args:
            pairs: Places in `languages`, [rows].
            rows: Row inside the language pair, 0 to its size - 1, [rows].
        """
        return self._by_language.numbers(pairs, rows)

    def filled(self, column: str) -> list[bool]:
        """Say for each of `languages` whether a column holds anything, by the statistics in the shards' footers.

        Args:
            column: `source`, `target` or `LINKS`.
        """
        found = [False] * len(self.languages)
        for pair, facts in zip(self._spoken, self._metadata, strict=True):
            found[pair] = found[pair] or _holds(facts, column)
        return found

    def _group(self, group: int) -> pa.Table:
        """Return one decoded row group, from the cache if it was used lately."""
        if group in self._cache:
            self._cache.move_to_end(group)
            return self._cache[group]
        shard, inside = self._groups[group]
        path = self.paths[shard]
        with sound(path), pq.ParquetFile(path, metadata=self._metadata[shard], memory_map=True) as file:
            table = file.read_row_group(inside)
            _check_spans(table, path)
        self._cache[group] = table
        while len(self._cache) > 1 and sum(kept.nbytes for kept in self._cache.values()) > self._cache_bytes:
            self._cache.popitem(last=False)
        return table


class _ByLanguage:
    """Where the rows of each language pair lie, as if the shards were sorted by language pair.

    Args:
        pairs: Language pair of each shard, counted from 0.
        rows: Rows of each shard.
    """

    def __init__(self, pairs: Sequence[int], rows: Sequence[int]) -> None:
        order = np.argsort(pairs, kind="stable")
        sizes = np.array(rows)
        self._sorted_starts = np.cumsum(sizes[order]) - sizes[order]
        self._starts = (np.cumsum(sizes) - sizes)[order]
        by_pair = np.bincount(pairs, weights=sizes).astype(np.int64)
        self._pair_starts = np.cumsum(by_pair) - by_pair
        self.sizes: tuple[int, ...] = tuple(by_pair.tolist())

    def numbers(self, pairs: np.ndarray, rows: np.ndarray) -> list[int]:
        places = self._pair_starts[pairs] + rows
        shards = np.searchsorted(self._sorted_starts, places, side="right") - 1
        numbers: list[int] = (places - self._sorted_starts[shards] + self._starts[shards]).tolist()
        return numbers


def _metadata(path: Path) -> pq.FileMetaData:
    """Read a shard's footer."""
    with sound(path):
        return pq.read_metadata(path)


def _holds(facts: pq.FileMetaData, column: str) -> bool:
    """Whether a column of a shard holds a number, or text that is more than blanks; unknown counts as yes."""
    at = [facts.schema.column(number).path for number in range(facts.num_columns)].index(column)
    every = (facts.row_group(group).column(at).statistics for group in range(facts.num_row_groups))
    return any(one is None or (one.num_values > 0 and str(one.max if one.has_min_max else 0).strip()) for one in every)


def _check_spans(table: pa.Table, path: Path) -> None:
    """Look for links that leave the sentences they are of; raises `DataError`."""
    links = table.column("links").combine_chunks()
    owners, flat = pc.list_parent_indices(links), links.flatten()
    for side in ("source", "target"):
        start, end = flat.field(f"{side}_start").to_numpy(), flat.field(f"{side}_end").to_numpy()
        length = pc.utf8_length(table.column(side)).take(owners).to_numpy()
        for at in np.flatnonzero((start < 0) | (end <= start) | (end > length))[:1].tolist():
            number = table.column("number")[owners[at].as_py()]
            link = f"a link from {start[at]} to {end[at]} of its {side}, which is {length[at]} characters long"
            raise DataError(f"sentence pair {number} has {link}", "Mine the corpus again.", path=path)


def _languages(path: Path, metadata: pq.FileMetaData) -> tuple[str, str]:
    """Return the languages that a shard states."""
    with sound(path):
        details = json.loads(metadata.metadata[METADATA])
        return str(details["source_language"]), str(details["target_language"])

"""Synonym pairs at word level, the rows that carry them, and their Parquet shards.

Mining writes a folder of shards `part-00000.parquet`, ...; pre-training reads it. A row is one sentence pair, also
where nothing was linked. Offsets are code points of the sentence, so that mined files outlive a tokenizer.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, chain, repeat
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vecocli.errors import DataError
from vecocli.text.files import atomic_write

SHARDS = "part-*.parquet"
GROUP_ROWS = 2048  # what one random read decodes
METADATA = b"veco"

DICTIONARY = "dictionary:"  # origin of a link that dictionaries list; their names follow, separated by commas
IDENTICAL = "identical"  # origin of a link of equal words that no dictionary lists
ALIGNER = "aligner:"  # origin of a link that an encoder found; its method follows
_JOINT = re.compile(rf"\+(?={DICTIONARY}|{IDENTICAL}|{ALIGNER})")  # a dictionary's name may hold a + itself

NAME = pa.dictionary(pa.int32(), pa.string())
LINK = pa.struct(
    [
        pa.field("source_start", pa.int32(), nullable=False),
        pa.field("source_end", pa.int32(), nullable=False),
        pa.field("target_start", pa.int32(), nullable=False),
        pa.field("target_end", pa.int32(), nullable=False),
        pa.field("score", pa.float64(), nullable=False),
        pa.field("origin", pa.string(), nullable=False),
        pa.field("ambiguous", pa.bool_(), nullable=False),
        pa.field("similarity", pa.float32()),
    ]
)
SCHEMA = pa.schema(
    [
        pa.field("number", pa.int64(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("target", pa.string(), nullable=False),
        pa.field("source_language", NAME, nullable=False),
        pa.field("target_language", NAME, nullable=False),
        pa.field("links", pa.list_(LINK), nullable=False),
        pa.field("coverage", pa.float32(), nullable=False),
        pa.field("corpus", NAME, nullable=False),
    ]
)


class SynonymPair(NamedTuple):
    """A word or phrase and its synonym in the other language; a tuple, as mining makes millions of them.

    Args:
        source_start: First code point of the source span.
        source_end: Code point after the source span.
        target_start: First code point of the target span.
        target_end: Code point after the target span.
        score: How sure the link is, in (0, 1].
        origin: What it comes from, parts joined by `+`: `dictionary:<names>`, `identical`, `aligner:<method>`.
        ambiguous: Several places matched and one was chosen.
        similarity: Cosine of the two spans' vectors; None where no encoder compared them.
    """

    source_start: int
    source_end: int
    target_start: int
    target_end: int
    score: float
    origin: str
    ambiguous: bool
    similarity: float | None = None


class MinedPair(NamedTuple):
    """A sentence pair and its synonym pairs.

    Args:
        number: Its line or row in its corpus, from 1.
        source: Text in the source language.
        target: Text in the target language.
        links: Its synonym pairs, by source start.
        coverage: Share of the source words that are part of a link (0 to 1); 0 without words.
    """

    number: int
    source: str
    target: str
    links: tuple[SynonymPair, ...]
    coverage: float = 0.0


def origin_parts(origin: str) -> list[str]:
    """Return all that a link comes from, one part a dictionary: `dictionary:a,b+aligner:m` has three."""
    parts = []
    for part in _JOINT.split(origin):
        names = part.removeprefix(DICTIONARY).split(",") if part.startswith(DICTIONARY) else []
        parts += [DICTIONARY + name for name in names] or [part]
    return parts


def sentence_names(table: pa.Table, *, several: bool) -> pa.StringArray:
    """Return what tells each row's sentence pair: its number, behind `corpus:` where there are several corpora."""
    names = table.column("number").cast(pa.string())
    if several:
        names = pc.binary_join_element_wise(table.column("corpus").cast(pa.string()), names, ":")
    return names.combine_chunks()


def shard_path(folder: Path, index: int) -> Path:
    """Return the name of a folder's shard, counted from 0."""
    return folder / f"part-{index:05d}.parquet"


def to_table(rows: Sequence[MinedPair], source_language: str, target_language: str, corpus: str = "") -> pa.Table:
    """Turn mined pairs of two languages and one corpus into Arrow rows, the inverse of `to_rows`."""
    columns = [
        pa.array([row.number for row in rows], pa.int64()),
        pa.array([row.source for row in rows], pa.string()),
        pa.array([row.target for row in rows], pa.string()),
        _constant(source_language, len(rows)),
        _constant(target_language, len(rows)),
        _link_column(rows),
        pa.array([row.coverage for row in rows], pa.float32()),
        _constant(corpus, len(rows)),
    ]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def write_shard(path: Path, table: pa.Table, **details: Any) -> None:
    """Write one shard: equal rows give equal bytes, and the file appears whole or not at all.

    Args:
        path: The shard.
        table: Its rows, from `to_table`.
        details: Facts for the file's metadata, as JSON values: its languages, corpus, settings, counts.
    """
    metadata = {METADATA: json.dumps(details, sort_keys=True, ensure_ascii=False)}
    with atomic_write(path) as stream:
        pq.write_table(table.replace_schema_metadata(metadata), stream, compression="zstd", row_group_size=GROUP_ROWS)


def read_details(path: Path) -> dict[str, Any]:
    """Return the facts that a shard's metadata carries.

    Raises:
        DataError: Not a shard of mined pairs.
    """
    with sound(path):
        details: dict[str, Any] = dict(json.loads((pq.read_schema(path).metadata or {})[METADATA]))
    return details


@contextmanager
def sound(path: Path) -> Iterator[None]:
    """Read a shard in here: what is wrong with it is then said of it.

    Raises:
        DataError: Damaged, or not a shard of mined pairs.
    """
    try:
        yield
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        raise DataError("not a shard of mined pairs, or a damaged one", "Mine the corpus again.", path=path) from error


def read_shards(folder: Path) -> Iterator[MinedPair]:
    """Read a folder's rows in order, a row group at a time.

    Raises:
        DataError: The folder holds no shards, or a file is not one.
    """
    for path in list_shards(folder):
        yield from read_shard(path)


def read_shard(path: Path) -> Iterator[MinedPair]:
    """Read one shard's rows in order, a row group at a time; raises `DataError` if it is damaged."""
    read_details(path)
    with sound(path), pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=GROUP_ROWS):
            yield from to_rows(pa.Table.from_batches([batch]))


def list_shards(folder: Path) -> list[Path]:
    """Return a folder's shards in order, or those of its sub-folders where it has none itself.

    Raises:
        DataError: The folder holds none.
    """
    paths = sorted(folder.glob(SHARDS)) or sorted(folder.glob(f"*/{SHARDS}"))
    if not paths:
        raise DataError("no shards of mined pairs", "Run `veco mine-synonyms` into this folder first.", path=folder)
    return paths


def to_rows(table: pa.Table) -> list[MinedPair]:
    """Turn Arrow rows into mined pairs; what shards of an earlier version do not have gets its default."""
    links = table.column("links").combine_chunks()
    flat = links.flatten()
    pairs = [SynonymPair(*values) for values in zip(*(part.to_pylist() for part in flat.flatten()), strict=True)]
    ends = list(accumulate(links.value_lengths().to_pylist(), initial=0))
    texts = (table.column(name).to_pylist() for name in ("number", "source", "target"))
    shares = table.column("coverage").to_pylist() if "coverage" in table.column_names else repeat(0.0, len(table))
    return [
        MinedPair(number, source, target, tuple(pairs[start:end]), coverage)
        for number, source, target, start, end, coverage in zip(*texts, ends, ends[1:], shares, strict=False)
    ]


def _constant(value: str, length: int) -> pa.DictionaryArray:
    """Return a dictionary-encoded column of one value, such as a language."""
    return pa.DictionaryArray.from_arrays(pa.array([0] * length, pa.int32()), pa.array([value], pa.string()))


def _link_column(rows: Sequence[MinedPair]) -> pa.ListArray:
    """Return the rows' links as one list column."""
    flat = list(chain.from_iterable(row.links for row in rows))
    columns = zip(*flat, strict=True) if flat else ([] for _ in LINK)
    parts = [pa.array(values, field.type) for values, field in zip(columns, LINK, strict=True)]
    offsets = pa.array(accumulate((len(row.links) for row in rows), initial=0), pa.int32())
    return pa.ListArray.from_arrays(
        offsets, pa.StructArray.from_arrays(parts, fields=list(LINK)), type=SCHEMA.field("links").type
    )

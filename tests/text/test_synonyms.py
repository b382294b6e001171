from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vecocli.errors import DataError
from vecocli.text.shards import ShardFolder
from vecocli.text.synonyms import (
    GROUP_ROWS,
    MinedPair,
    SynonymPair,
    list_shards,
    read_details,
    read_shards,
    shard_path,
    to_rows,
    to_table,
    write_shard,
)


def pairs(count: int, first: int = 1) -> list[MinedPair]:
    def links(number: int) -> tuple[SynonymPair, ...]:
        return tuple(
            SynonymPair(
                place, place + 1, 2 * place, 2 * place + 2, 1.0 if place else 0.1234, "dictionary:a,b", not place
            )
            for place in range(number % 3 if number % 4 else 0)  # every fourth target is empty
        )

    return [MinedPair(n, f"source 🙂 {n}", f"Ziel {n}" * (n % 4), links(n)) for n in range(first, first + count)]


def write(path: Path, rows: list[MinedPair], languages: tuple[str, str] = ("en", "de")) -> None:
    source, target = languages
    write_shard(path, to_table(rows, source, target), source_language=source, target_language=target, corpus="c")


def test_rows_come_back_as_they_were_over_several_row_groups_and_shards(tmp_path: Path) -> None:
    rows = pairs(GROUP_ROWS + 10)
    write(shard_path(tmp_path, 1), rows[GROUP_ROWS + 5 :])
    write(shard_path(tmp_path, 0), rows[: GROUP_ROWS + 5])
    assert list(read_shards(tmp_path)) == rows
    assert pq.read_metadata(shard_path(tmp_path, 0)).num_row_groups == 2


def test_rows_without_links_and_empty_tables_survive() -> None:
    rows = [MinedPair(3, "", "x", ())]
    assert to_rows(to_table(rows, "en", "de")) == rows
    assert to_rows(to_table([], "en", "de")) == []


def test_equal_rows_give_equal_bytes_and_nothing_else_is_left(tmp_path: Path) -> None:
    for name in ("a.parquet", "b.parquet"):
        write(tmp_path / name, pairs(50))
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.parquet", "b.parquet"]


def test_languages_are_columns_and_metadata(tmp_path: Path) -> None:
    path = shard_path(tmp_path, 0)
    write(path, pairs(4), ("en", "sw"))
    table = pq.read_table(path)
    assert set(table.column("target_language").to_pylist()) == {"sw"}
    assert pa.types.is_dictionary(table.schema.field("source_language").type)
    assert read_details(path) == {"source_language": "en", "target_language": "sw", "corpus": "c"}


def test_a_folder_without_shards_and_a_foreign_file_are_bad_data(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no shards"):
        list(read_shards(tmp_path))
    path = shard_path(tmp_path, 0)
    path.write_bytes(b"not parquet")
    with pytest.raises(DataError, match=r"part-00000\.parquet: not a shard"):
        list(read_shards(tmp_path))
    pq.write_table(pa.table({"number": [1]}), path)
    with pytest.raises(DataError, match="not a shard"):
        list(read_shards(tmp_path))


def test_a_folder_of_mined_folders(tmp_path: Path) -> None:
    for name in ("en-fr", "en-de"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "part-00000.parquet").touch()
    assert [path.parent.name for path in list_shards(tmp_path)] == ["en-de", "en-fr"]


def test_coverage_similarity_and_corpus_are_columns() -> None:
    link = SynonymPair(0, 1, 0, 1, 1.0, "dictionary:a+aligner:itermax", False, 0.25)
    rows = [MinedPair(1, "a b", "c", (link, link._replace(similarity=None)), 0.5)]
    table = to_table(rows, "en", "de", "news")
    assert to_rows(table) == rows
    assert table.column("corpus").to_pylist() == ["news"]
    assert pa.types.is_float32(table.schema.field("coverage").type)


def test_shards_of_an_earlier_version_are_read(tmp_path: Path) -> None:
    rows = pairs(5)
    table = to_table(rows, "en", "de")
    links = table.column("links").combine_chunks()
    parts = links.flatten()
    old = pa.StructArray.from_arrays(parts.flatten()[:7], fields=[parts.type.field(index) for index in range(7)])
    table = table.select(["number", "source", "target", "source_language", "target_language"])
    table = table.append_column("links", pa.ListArray.from_arrays(links.offsets, old))
    write_shard(shard_path(tmp_path, 0), table, source_language="en", target_language="de")
    assert list(read_shards(tmp_path)) == rows
    assert [row.pair for row in ShardFolder(tmp_path).rows([2, 0])] == [rows[2], rows[0]]

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vecocli.errors import DataError, UsageError
from vecocli.text.shards import ShardFolder, ShardRow
from vecocli.text.synonyms import GROUP_ROWS, MinedPair, SynonymPair, shard_path, to_table, write_shard


def write(folder: Path, shard: int, rows: list[MinedPair], target: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    table = to_table(rows, "en", target)
    write_shard(shard_path(folder, shard), table, source_language="en", target_language=target)


def pair(number: int) -> MinedPair:
    link = SynonymPair(0, 2, 0, 2, number / 1000, "identical", False)
    return MinedPair(number, f"s{number}", f"t{number}", (link,))


@pytest.fixture
def folder(tmp_path: Path) -> ShardFolder:
    """Two shards of en-de, the first of two row groups, then one of en-fr."""
    write(tmp_path / "de", 0, [pair(n) for n in range(GROUP_ROWS + 3)], "de")
    write(tmp_path / "de", 1, [pair(n) for n in range(GROUP_ROWS + 3, GROUP_ROWS + 5)], "de")
    write(tmp_path / "fr", 0, [pair(n) for n in range(4)], "fr")
    return ShardFolder(tmp_path / "de", tmp_path / "fr", cache_bytes=1)


def test_rows_are_numbered_through_groups_shards_and_folders(folder: ShardFolder) -> None:
    assert len(folder) == GROUP_ROWS + 9
    assert folder.languages == (("en", "de"), ("en", "fr"))
    last = len(folder) - 1
    asked = [last, 0, GROUP_ROWS, GROUP_ROWS + 4, 0, GROUP_ROWS - 1, GROUP_ROWS + 5]
    expected = [3, 0, GROUP_ROWS, GROUP_ROWS + 4, 0, GROUP_ROWS - 1, 0]
    rows = folder.rows(asked)
    assert [row.pair for row in rows] == [pair(number) for number in expected]
    assert [row.target_language for row in rows] == ["fr", "de", "de", "de", "de", "de", "fr"]
    assert folder.rows([]) == []


def test_every_row_is_read_the_same_alone_cached_and_in_another_process(folder: ShardFolder) -> None:
    roomy = ShardFolder(folder.paths[0].parent, folder.paths[2].parent)
    indices = list(range(0, len(folder), 97))
    rows = [folder.rows([index])[0] for index in indices]
    assert rows == roomy.rows(indices) == roomy.rows(indices) == pickle.loads(pickle.dumps(folder)).rows(indices)
    assert rows[1] == ShardRow(pair(97), "en", "de")


def test_a_folder_named_twice_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "mined" / "de", 0, [pair(0)], "de")
    for twice in (
        (tmp_path / "mined" / "de", tmp_path / "mined" / ".." / "mined" / "de"),
        (tmp_path / "mined", tmp_path / "mined" / "de"),
    ):
        with pytest.raises(UsageError, match="de is named twice"):
            ShardFolder(*twice)


@pytest.mark.parametrize("index", [-1, GROUP_ROWS + 9])
def test_a_number_out_of_range_is_refused(folder: ShardFolder, index: int) -> None:
    with pytest.raises(IndexError, match=str(index)):
        folder.rows([0, index])


def test_only_the_last_row_group_stays_where_the_cache_is_small(folder: ShardFolder) -> None:
    folder.rows(range(len(folder)))
    assert list(folder._cache) == [3]


def test_rows_are_known_by_language_pair(tmp_path: Path) -> None:
    write(tmp_path / "a", 0, [pair(n) for n in (0, 1, 2)], "fr")
    write(tmp_path / "a", 1, [pair(n) for n in (10, 11)], "de")
    write(tmp_path / "a", 2, [], "de")
    write(tmp_path / "b", 0, [pair(n) for n in (3, 4)], "fr")
    write(tmp_path / "b", 1, [pair(12)], "de")
    write(tmp_path / "c", 0, [], "sw")
    folder = ShardFolder(tmp_path / "a", tmp_path / "b", tmp_path / "c")
    assert (folder.languages, folder.sizes) == ((("en", "de"), ("en", "fr"), ("en", "sw")), (3, 5, 0))
    pairs, rows = np.array([0] * 3 + [1] * 5), np.array([0, 1, 2, 0, 1, 2, 3, 4])
    found = folder.rows(folder.numbers(pairs, rows))
    assert [row.pair.number for row in found] == [10, 11, 12, 0, 1, 2, 3, 4]
    assert folder.numbers(pairs[::-1], rows[::-1]) == [6, 5, 2, 1, 0, 7, 4, 3]
    assert [row.target_language for row in found] == ["de"] * 3 + ["fr"] * 5


def test_many_shards_of_many_languages(tmp_path: Path) -> None:
    for shard in range(12):
        write(tmp_path / "x", shard, [pair(100 * shard + n) for n in range(shard % 4)], "defrsw"[shard % 3 * 2 :][:2])
    folder = ShardFolder(tmp_path / "x")
    assert folder.sizes == (6, 6, 6)
    for place, languages in enumerate(folder.languages):
        rows = folder.rows(folder.numbers(np.full(6, place), np.arange(6)))
        assert {row[1:] for row in rows} == {languages}
        assert [row.pair.number for row in rows] == [
            100 * shard + n
            for shard in range(12)
            if "defrsw"[shard % 3 * 2 :][:2] == languages[1]
            for n in range(shard % 4)
        ]


def test_an_empty_folder_is_bad_data(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no shards"):
        ShardFolder(tmp_path)


def _with_metadata(path: Path, text: str) -> None:
    pq.write_table(pq.read_table(path).replace_schema_metadata({"veco": text}), path)


def _without(path: Path, column: str) -> None:
    table = pq.read_table(path)
    pq.write_table(table.drop_columns([column]), path)


def _broken_page(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:4] + b"\xff" * 40 + data[44:])


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-9] + b"\xff" + path.read_bytes()[-8:]),
        lambda path: path.write_bytes(path.read_bytes().replace(b"PAR1", b"PAR0")),
        lambda path: pq.write_table(pa.table({"a": [1]}), path),
        lambda path: _with_metadata(path, "["),
        lambda path: _with_metadata(path, "[]"),
        lambda path: _with_metadata(path, "3"),
        lambda path: _with_metadata(path, "{}"),
        lambda path: _without(path, "links"),
        lambda path: _without(path, "target_language"),
        _broken_page,
    ],
)
def test_damage_is_said_of_the_shard(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    write(tmp_path / "de", 0, [pair(1)], "de")
    path = shard_path(tmp_path / "de", 0)
    damage(path)
    with pytest.raises(DataError, match=f"{path}: not a shard of mined pairs, or a damaged one"):
        ShardFolder(tmp_path / "de").rows([0])


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ((2, 6, 0, 4), "from 2 to 6 of its source, which is 5 characters long"),
        ((0, 1, 3, 3), "from 3 to 3 of its target, which is 4 characters long"),
        ((-1, 1, 0, 4), "from -1 to 1 of its source"),
    ],
)
def test_a_link_outside_its_sentences_is_refused(tmp_path: Path, spans: tuple[int, ...], said: str) -> None:
    links = [SynonymPair(*ends, 1.0, "dictionary:test", False) for ends in ((0, 5, 0, 4), spans)]
    rows = [MinedPair(number, "größe", "size", (link,)) for number, link in enumerate(links, start=7)]
    write_shard(shard_path(tmp_path, 0), to_table(rows, "de", "en"), source_language="de", target_language="en")
    with pytest.raises(DataError, match=f"part-00000.parquet: sentence pair 8 has a link {said}"):
        ShardFolder(tmp_path).rows([0])

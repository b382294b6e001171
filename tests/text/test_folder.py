import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vecocli.errors import DataError, UsageError
from vecocli.text.corpus import open_parallel
from vecocli.text.folder import expand


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_shards_in_the_order_of_their_names(tmp_path: Path) -> None:
    write(tmp_path, "b.jsonl", "a.ndjson.gz", "c.jsonl.zst", "README.md", ".d.jsonl", "sub/e.jsonl")
    files, format = expand([tmp_path], "auto")
    assert ([file.name for file in files], format) == (["a.ndjson.gz", "b.jsonl", "c.jsonl.zst"], "jsonl")


def test_only_training_files_where_some_are_named_so(tmp_path: Path) -> None:
    write(tmp_path, "test-0.parquet", "train-1.parquet", "train-0.parquet")
    files, _ = expand([tmp_path], "auto")
    assert [file.name for file in files] == ["train-0.parquet", "train-1.parquet"]


def test_the_format_chooses_among_files(tmp_path: Path) -> None:
    write(tmp_path, "a.tsv", "b.jsonl")
    assert expand([tmp_path], "tsv") == ((tmp_path / "a.tsv",), "tsv")
    with pytest.raises(UsageError, match="has files of several formats: jsonl, tsv"):
        expand([tmp_path], "auto")
    with pytest.raises(DataError, match="a folder without files of its own of tmx"):
        expand([tmp_path], "tmx")


def test_what_is_left_to_datasets(tmp_path: Path) -> None:
    write(
        tmp_path, "saved/state.json", "dict/dataset_dict.json", "repo/x/a.parquet", "both/a.parquet", "both/state.json"
    )
    for name in ("saved", "dict", "repo", "both"):
        assert expand([tmp_path / name], "auto") == ((tmp_path / name,), "dataset")
    assert expand([tmp_path / "both"], "parquet") == ((tmp_path / "both/a.parquet",), "parquet")
    assert expand([Path("hub:a/b:c")], "auto") == ((Path("hub:a/b:c"),), "dataset")


def test_anything_else_is_left_alone(tmp_path: Path) -> None:
    for files in ([Path("a"), tmp_path], [Path("a.tsv")], []):
        assert expand(files, "auto") == (tuple(files), "auto")


def test_formats_that_do_not_fit(tmp_path: Path) -> None:
    for files in ([Path("a")], [tmp_path, tmp_path]):
        with pytest.raises(UsageError, match="format dataset needs one folder"):
            expand(files, "dataset")
    with pytest.raises(UsageError, match="hub:a has no format tsv"):
        expand([Path("hub:a")], "tsv")
    with pytest.raises(DataError, match="is a folder without files"):
        expand([tmp_path], "auto")


def test_rows_are_numbered_through(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl").write_bytes(gzip.compress(b'{"en": "a", "de": "b"}\n\n'))
    (tmp_path / "2.jsonl").write_text(json.dumps({"en": "c", "de": "d"}))
    corpus = open_parallel([tmp_path], "en", "de")
    assert (corpus.name, corpus.format, corpus.repeatable) == (tmp_path.name, "jsonl", True)
    assert list(corpus) == [(1, "a", "b", ""), (2, "", "", ""), (3, "c", "d", "")]
    (tmp_path / "2.jsonl").write_text("{")
    with pytest.raises(DataError, match=r"2\.jsonl:1: not JSON"):
        list(corpus)


def test_parquet_shards(tmp_path: Path) -> None:
    for number in (1, 0):
        pq.write_table(pa.table({"en": [f"a{number}"], "de": ["b"]}), tmp_path / f"part-{number}.parquet")
    assert list(open_parallel([tmp_path], "en", "de")) == [(1, "a0", "b", ""), (2, "a1", "b", "")]


def test_an_odd_format_in_a_folder_is_seen_early(tmp_path: Path) -> None:
    write(tmp_path, "a.tsv")
    with pytest.raises(UsageError, match="no corpus format is called"):
        open_parallel([tmp_path], "en", "de", "tvs")

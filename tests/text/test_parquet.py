from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vecocli.errors import DataError
from vecocli.text import parquet as module
from vecocli.text.parquet import parquet
from vecocli.text.readers import Columns

NAMES: Columns = (("en",), ("zh-CN", "zh"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "corpus.parquet"


def write(path: Path, table: dict[str, Any], **options: Any) -> Path:
    pq.write_table(pa.table(table), path, **options)
    return path


def test_translation_column(path: Path) -> None:
    rows = [{"en": "a", "zh": "字"}, None, {"en": None, "zh": "b"}, {"en": "\0 𠮷", "zh": ""}]
    write(path, {"id": [1, 2, 3, 4], "translation": rows})
    assert list(parquet(path, NAMES)) == [(1, "a", "字"), (2, "", ""), (3, "", "b"), (4, "\0 𠮷", "")]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_two_columns(path: Path, kind: pa.DataType) -> None:
    write(path, {"zh": ["canonical"], "en": pa.array(["a"], kind), "zh-CN": pa.array(["as given"], kind)})
    assert list(parquet(path, NAMES)) == [(1, "a", "as given")]


def test_columns_by_index_and_dotted_name(path: Path) -> None:
    write(path, {"id": ["1"], "a.b": ["dotted"], "c": ["c"]})
    assert list(parquet(path, ((2,), (1,)))) == [(1, "c", "dotted")]
    write(path, {"translation": [{"en": "a", "de": "b"}]})
    assert list(parquet(path, (("translation.de",), ("en",)))) == [(1, "b", "a")]


def test_rows_are_numbered_across_batches_and_row_groups(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_ROWS", 3)
    texts = [str(number) for number in range(1, 12)]
    write(path, {"en": texts, "zh": texts}, row_group_size=5)
    assert list(parquet(path, NAMES)) == [(number, str(number), str(number)) for number in range(1, 12)]


def test_early_end_closes_the_file(path: Path) -> None:
    rows = parquet(write(path, {"en": ["a"], "zh": ["b"]}), NAMES)
    assert next(rows) == (1, "a", "b")
    del rows  # a file left open would be a ResourceWarning


@pytest.mark.parametrize(
    ("table", "message", "hint"),
    [
        ({"en": ["a"], "de": ["b"]}, "no column is called zh-CN or zh", "It has: en, de."),
        ({"translation": [{"en": "a"}]}, "no column is called zh-CN or zh", "translation, translation.en"),
        ({"en": ["a"], "zh": [1]}, "column 'zh' holds int64, not text", "two columns of text"),
        ({"en": ["a"], "zh": [b"b"]}, "column 'zh' holds binary, not text", "two columns of text"),
        ({"en": pa.array([], pa.string()), "zh": pa.array([], pa.string())}, "no rows in it", ""),
    ],
)
def test_unfit_tables(path: Path, table: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        list(parquet(write(path, table), NAMES))
    assert caught.value.path == path
    assert hint in caught.value.hint


def test_index_out_of_range(path: Path) -> None:
    with pytest.raises(DataError, match="no column is called 7"):
        list(parquet(write(path, {"en": ["a"], "zh": ["b"]}), ((0,), (7,))))


def test_not_utf8_names_the_row(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_ROWS", 2)
    bad = pa.array([b"a", b"b", b"c", b"caf\xe9"]).view(pa.string())
    with pytest.raises(DataError, match="row 4: column 'zh' is not UTF-8"):
        list(parquet(write(path, {"en": ["a"] * 4, "zh": bad}), NAMES))


def test_no_parquet(path: Path) -> None:
    path.write_bytes(b"PAR1 and then nothing")
    with pytest.raises(DataError, match="not a sound Parquet file"):
        list(parquet(path, NAMES))


def test_damage_inside_names_the_row(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_ROWS", 100)
    texts = [f"text {number * 7919 % 1000}" for number in range(1000)]
    write(path, {"en": texts, "zh": texts}, row_group_size=100, compression="zstd", use_dictionary=False)
    data = bytearray(path.read_bytes())
    start = pq.read_metadata(path).row_group(5).column(0).data_page_offset
    data[start + 40 : start + 80] = bytes(40)
    path.write_bytes(data)
    with pytest.raises(DataError, match="row 501 or later cannot be read"):
        list(parquet(path, NAMES))

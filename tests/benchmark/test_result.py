import io
import json

import numpy as np
import pytest

from vecocli.benchmark.result import measured, place, read, read_all, read_counts
from vecocli.errors import DataError
from vecocli.xtreme.score import Measure


def one_array():
    """What `numpy.save` writes: an array where there should be several."""
    stream = io.BytesIO()
    np.save(stream, np.zeros(3))
    return stream.getvalue()


@pytest.fixture
def path(folder, make):
    return place(folder("run", [make("xquad", "de", 1)]), "xquad", "de", 1)


def test_a_result_is_read_as_it_was_written(folder, make):
    results = [make("udpos", "de", 2), make("panx", "sw"), make("udpos", "de", 1)]
    assert read_all(folder("run", results)) == [results[1], results[2], results[0]]


def test_counts_are_read_with_their_scores(folder, make):
    result = make("xquad", "de", 1)
    found = read_counts(place(folder("run", [result]), "xquad", "de", 1), "sane")
    assert list(found) == ["f1", "exact_match"]
    for name, one in found.items():
        assert (one.value, one.of) == (result.scores["sane"][name], "mean")
        assert np.array_equal(one.counts, result.measures["sane"][name].counts)


def test_what_cannot_be_taken_apart_has_no_interval():
    assert measured(Measure(50.0)) is None


@pytest.mark.parametrize(
    "change",
    [
        {"task": None},
        {"seed": "1"},
        {"n": True},
        {"data": []},
        {"versions": None},
        {"scores": {}},
        {"scores": {"xtreme": {}, "sane": {}}},
        {"scores": {"xtreme": {"f1": "x"}, "sane": {"f1": 1.0}}},
        {"shown": {"xtreme": 1.0}},
        {"shown": {"xtreme": None, "sane": 1.0}},
        {"intervals": {}},
        {"intervals": {"xtreme": [1.0], "sane": [1.0, 2.0]}},
        {"intervals": {"xtreme": [1.0, float("nan")], "sane": [1.0, 2.0]}},
        {"unknown": 1},
    ],
    ids=str,
)
def test_a_file_with_a_field_of_another_kind_is_no_result(path, change):
    document = json.loads(path.read_text(encoding="utf-8")) | change
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DataError, match=r"de-1\.json: not a result"):
        read(path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"5", b"{}", b"[" * 100_000])
def test_a_damaged_file_is_no_result(path, content):
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"de-1\.json: not a result"):
        read(path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"hello",
        lambda data: data[:200],
        lambda data: data[:90] + data[110:],
        lambda data: data[:120] + bytes(40) + data[160:],
        lambda data: one_array(),
    ],
    ids=["empty", "text", "half", "gap", "zeros", "one array"],
)
def test_damaged_counts_are_named(path, damage):
    file = path.with_suffix(".npz")
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(DataError, match=r"de-1\.npz: not the counts of a result"):
        read_counts(path, "xtreme")

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vecocli.mining.ranges import first_places, runs, spread_out


@given(st.lists(st.tuples(st.integers(-5, 50), st.integers(0, 4))))
def test_ranges_are_written_out_one_after_the_other(ranges: list[tuple[int, int]]) -> None:
    starts, counts = (np.array(column, np.int64) for column in (zip(*ranges, strict=True) if ranges else ([], [])))
    owners, members = spread_out(starts, counts)
    expected = [
        (owner, member) for owner, (start, count) in enumerate(ranges) for member in range(start, start + count)
    ]
    assert list(zip(owners.tolist(), members.tolist(), strict=True)) == expected


def test_first_places_are_the_sums_before() -> None:
    assert first_places(np.array([2, 0, 3])).tolist() == [0, 2, 2, 5]


@given(st.lists(st.integers(0, 9)), st.integers(1, 12))
def test_runs_follow_each_other_and_are_as_long_as_they_may_be(weights: list[int], most: int) -> None:
    found = list(runs(np.array(weights, np.int64), most))
    assert [begin for begin, _ in found] == [0, *(end for _, end in found[:-1])]
    assert found[-1][1] == max(1, len(weights))
    for begin, end in found:
        assert sum(weights[begin:end]) <= most or end == begin + 1
        assert end >= len(weights) or sum(weights[begin : end + 1]) > most

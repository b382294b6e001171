import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from vecocli.text.spans import slices

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=6)


@given(TEXTS, st.lists(st.tuples(*[st.integers(0, 1000)] * 3), max_size=8), st.integers(0, 3))
def test_the_same_as_slices_of_each_text(texts: list[str], picks: list[tuple[int, int, int]], skipped: int) -> None:
    texts = texts[skipped:] and texts
    kept = texts[skipped:]
    spans = []
    for row, one, other in picks if kept else []:
        length = len(kept[row % len(kept)]) + 1
        spans.append((row % len(kept), *sorted((one % length, other % length))))
    rows, starts, ends = np.array(spans, np.int64).reshape(-1, 3).T
    found = slices(pa.array(texts, pa.string())[skipped:], rows, starts, ends)
    assert found.to_pylist() == [kept[row][start:end] for row, start, end in spans]

import pytest

from vecocli.encoder.windows import Window, windows


@pytest.mark.parametrize("room", [2, 3, 4, 7, 10])
@pytest.mark.parametrize("length", [0, 1, 2, 9, 10, 11, 19, 20, 21, 57])
def test_every_position_is_kept_once(length, room):
    found = list(windows(length, room))
    assert [at for one in found for at in range(one.keep_start, one.keep_end)] == list(range(length))
    for one in found:
        assert 0 <= one.start <= one.keep_start < one.keep_end <= one.end <= length
        assert one.end - one.start == min(room, length)


def test_what_fits_is_one_window():
    assert list(windows(5, 10)) == [Window(0, 5, 0, 5)]
    assert list(windows(0, 10)) == []


def test_windows_overlap_by_half_and_keep_a_quarter_of_context():
    assert list(windows(20, 8)) == [
        Window(0, 8, 0, 6),
        Window(4, 12, 6, 10),
        Window(8, 16, 10, 14),
        Window(12, 20, 14, 20),
    ]

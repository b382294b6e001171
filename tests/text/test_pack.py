from pathlib import Path

import pytest

from vecocli.text.files import read_lines
from vecocli.text.pack import packed_write


@pytest.mark.parametrize("ending", [".gz", ".xz", ".zst", ".txt", ""])
def test_what_is_written_is_read_and_the_same_bytes_each_time(tmp_path: Path, ending: str) -> None:
    for name in ("a", "b"):
        with packed_write(tmp_path / name, ending) as stream:
            stream.write("größer\n")
            stream.writelines(["x\n"] * 1000)
    assert list(read_lines(tmp_path / "a")) == ["größer", *["x"] * 1000]
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    small = (tmp_path / "a").stat().st_size < 1000
    assert small == (ending in (".gz", ".xz", ".zst"))


def test_a_block_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), packed_write(tmp_path / "a", ".zst") as stream:
        stream.write("x" * (1 / 0).__int__())
    assert not list(tmp_path.iterdir())

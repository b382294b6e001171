from pathlib import Path

import pytest

from vecocli.errors import DataError, Interrupted, MissingError, UsageError, VecoError


@pytest.mark.parametrize(
    ("kind", "code"), [(VecoError, 1), (UsageError, 2), (DataError, 3), (MissingError, 4), (Interrupted, 130)]
)
def test_exit_codes(kind: type[VecoError], code: int) -> None:
    error = kind("what", "how")
    assert isinstance(error, VecoError)
    assert (error.exit_code, error.message, error.hint, str(error)) == (code, "what", "how", "what")


@pytest.mark.parametrize(
    ("path", "line", "message"),
    [
        (Path("a/b.tsv"), 3, "a/b.tsv:3: bad"),
        ("-", None, "-: bad"),
        (None, None, "bad"),
    ],
)
def test_data_errors_say_where(path: Path | str | None, line: int | None, message: str) -> None:
    error = DataError("bad", path=path, line=line)
    assert error.message == str(error) == message
    assert (error.path, error.line) == (path, line)

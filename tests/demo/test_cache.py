import sys
from pathlib import Path

import pytest

from vecocli.demo.cache import build_once, cache_folder, ready_folder
from vecocli.errors import UsageError


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VECO_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)


def test_the_users_own_choice_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert cache_folder() == tmp_path / ".cache" / "veco"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == tmp_path / ".cache" / "veco"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "veco"
    monkeypatch.setenv("VECO_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"


def test_windows_has_its_own_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "win32")
    assert cache_folder() == tmp_path / "veco"


def test_a_folder_that_cannot_be_made_names_the_variable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot make the cache folder") as raised:
        ready_folder(tmp_path / "file" / "veco")
    assert "VECO_CACHE" in raised.value.hint


def test_a_folder_is_built_once_and_whole(tmp_path: Path) -> None:
    built: list[Path] = []

    def build(folder: Path) -> None:
        built.append(folder)
        (folder / "a").write_text("1")

    folder = tmp_path / "cache" / "data"
    assert build_once(folder, build) == folder
    assert build_once(folder, build) == folder
    assert len(built) == 1
    assert built[0] != folder
    assert (folder / "a").read_text() == "1"
    assert [path.name for path in folder.parent.iterdir()] == ["data"]


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def build(folder: Path) -> None:
        (folder / "a").touch()
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        build_once(tmp_path / "data", build)
    assert list(tmp_path.iterdir()) == []


def test_another_process_may_finish_first(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    def build(unfinished: Path) -> None:
        (unfinished / "mine").touch()
        folder.mkdir()
        (folder / "theirs").touch()

    build_once(folder, build)
    assert [path.name for path in folder.iterdir()] == ["theirs"]


def test_a_failing_rename_is_not_hidden(tmp_path: Path) -> None:
    def build(unfinished: Path) -> None:
        unfinished.rmdir()

    with pytest.raises(FileNotFoundError):
        build_once(tmp_path / "data", build)

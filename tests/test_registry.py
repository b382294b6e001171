import sys
from pathlib import Path

import pytest

from vecocli import registry
from vecocli.errors import UsageError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A registry of two things, a private file and a folder."""
    package = tmp_path / "some_things"
    (package / "inner").mkdir(parents=True)
    for name in ("__init__", "first_thing", "second", "_private"):
        (package / f"{name}.py").write_text(f"NAME = {name!r}\n", encoding="utf-8")
    (package / "notes.txt").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "some_things", raising=False)
    return "some_things"


def test_names_are_files_and_nothing_is_imported(folder: str) -> None:
    assert registry.names(folder) == ["first-thing", "second"]
    assert "some_things.second" not in sys.modules


def test_an_unknown_folder_offers_nothing() -> None:
    assert registry.names("no_such_package") == []


def test_get_imports_one_file(folder: str) -> None:
    assert registry.get(folder, "first-thing").NAME == "first_thing"
    assert "some_things.second" not in sys.modules


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("first", "Did you mean first-thing?"),
        ("secnod", "Did you mean second?"),
        ("xyz", "Known: first-thing, second."),
        ("_private", "Known: first-thing, second."),
        ("../evil", "Known: first-thing, second."),
    ],
)
def test_get_refuses_unknown_names(folder: str, name: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        registry.get(folder, name)
    assert caught.value.message == f"no some thing is called {name!r}"
    assert caught.value.hint == hint


def test_did_you_mean_offers_at_most_three() -> None:
    known = ["aaaa1", "aaaa2", "aaaa3", "aaaa4", "zzzz"]
    hint = registry.did_you_mean("aaaa", known)
    assert hint.count("aaaa") == 3 and "zzzz" not in hint

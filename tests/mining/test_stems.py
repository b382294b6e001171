import builtins
from typing import Any

import pytest

from vecocli.errors import MissingError
from vecocli.mining import stems
from vecocli.mining.stems import STEMMED_LANGUAGES, Stems, stemmed
from vecocli.text.thesaurus import Thesaurus


@pytest.mark.parametrize(
    ("language", "words", "stem"),
    [("en", ["Houses", "house"], "hous"), ("de", ["Häuser", "HÄUSER", "Häusern"], "haus"), ("sw", ["Watu"], "watu")],
)
def test_forms_of_a_word_have_one_stem(language: str, words: list[str], stem: str) -> None:
    found = Stems(language)
    assert [found[word] for word in words] == [stem] * len(words)


def test_every_language_named_has_a_stemmer() -> None:
    for language in STEMMED_LANGUAGES:
        assert Stems(language)["ab"]


def test_stems_are_forgotten_when_they_grow_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stems, "MOST", 2)
    found = Stems("en")
    for word in ("cats", "dogs", "birds"):
        assert found[word] == word[:-1]
    assert dict(found) == {"birds": "bird"}


def test_single_words_of_a_dictionary_are_merged_by_their_stems() -> None:
    entries = {
        ("house",): {("haus",): ("a",), ("das", "haus"): ("a",)},
        ("houses",): {("häuser",): ("b",)},
        ("give", "up"): {("aufgeben",): ("a",)},
    }
    found = stemmed(Thesaurus("en", "de", entries), Stems("en"), Stems("de"))
    assert found.entries == {("hous",): {("haus",): ("stem:a", "stem:b")}}


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = builtins.__import__

    def without(name: str, *others: Any, **more: Any) -> Any:
        if name == "snowballstemmer":
            raise ImportError(name)
        return whole(name, *others, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingError, match="snowballstemmer") as caught:
        Stems("en")
    assert "vecocli[stem]" in caught.value.hint

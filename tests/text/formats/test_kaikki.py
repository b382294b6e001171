import json
from pathlib import Path
from typing import Any

import pytest

from vecocli.errors import DataError
from vecocli.text.formats import Entry
from vecocli.text.formats.kaikki import entries, likeness, read

PATH = Path("kaikki.jsonl")


def pairs(entry: dict[str, Any], source: str = "en", target: str = "de") -> list[tuple[str, str]]:
    return [found[:2] for found in entries([json.dumps(entry)], PATH, (source, target))]


def test_both_names_of_the_language_are_read_and_other_languages_passed_over() -> None:
    translations = [
        {"lang": "German", "code": "de", "word": "Haus (n)", "sense": "abode", "roman": "x", "tags": ["neuter"]},
        {"lang": "German", "lang_code": "de", "code": "fr", "word": "Heim"},
        {"lang_code": "fr", "word": "maison"},
        {"lang_code": "cmn", "word": "房子 / 屋子／家"},
        {"lang_code": "de", "note": "no word"},
        {"lang_code": "de", "word": "(none)"},
    ]
    entry = {"word": "house", "lang_code": "en", "pos": "noun", "translations": translations}
    assert pairs(entry) == [("house", "Haus"), ("house", "Heim")]
    assert pairs(entry, "de", "en") == [("Haus", "house"), ("Heim", "house")]
    assert pairs(entry, "zh", "en") == [("房子", "house"), ("屋子", "house"), ("家", "house")]
    assert pairs(entry, "fr", "de") == []


def test_translations_of_senses_count_in_any_edition() -> None:
    item = {"lang_code": "en", "word": "house"}
    senses = [{"glosses": ["x"]}, {"translations": [item]}, "odd"]
    assert pairs({"word": "Haus", "lang_code": "deu", "lang": "Deutsch", "senses": senses}) == [("house", "Haus")]


def test_short_glosses_of_the_english_edition_are_translations() -> None:
    senses = [
        {"glosses": ["tongue (organ)"], "tags": ["feminine"]},
        {"glosses": ["tongue (organ)", "speech, talking"], "raw_glosses": ["tongue", "(figurative) speech, talking"]},
        {"glosses": ["to speak; the dialect of a small region"]},
        {"glosses": ["plural of another word"], "tags": ["form-of", "plural"]},
        {"tags": ["no-gloss"]},
        {"glosses": "odd"},
        "odd",
    ]
    entry = {"word": "gjuhë", "lang": "Albanian", "lang_code": "sq", "senses": senses}
    found = [("gjuhë", "tongue"), ("gjuhë", "speech"), ("gjuhë", "talking"), ("gjuhë", "speak")]
    assert pairs(entry, "sq", "en") == found
    assert pairs(entry, "en", "sq") == [pair[::-1] for pair in found]
    assert pairs(entry, "sq", "de") == []
    assert pairs(entry | {"lang": "Albanisch"}, "sq", "en") == []  # another edition: its glosses are not English
    assert pairs({"word": 1, "lang": "Albanian", "senses": senses}, "sq", "en") == []
    assert pairs({"word": "x", "lang": "Albanian", "senses": 1}, "sq", "en") == []


@pytest.mark.parametrize(
    "entry",
    [
        {"word": "x", "translations": []},
        {"word": 1, "lang_code": "en", "translations": [{"code": "de", "word": "y"}]},
        {"word": "x", "lang_code": 1, "translations": [{"code": "de", "word": "y"}]},
        {"word": "x", "lang_code": "en", "translations": {"code": "de"}, "senses": "s"},
        {
            "word": "x",
            "lang_code": "en",
            "translations": ["y", {"code": ["de"], "word": "y"}, {"code": "de", "word": 1}],
        },
    ],
)
def test_entries_of_another_shape_are_passed_over(entry: dict[str, Any]) -> None:
    assert pairs(entry) == []


@pytest.mark.parametrize(
    ("line", "message"), [('{"translations": [', "not JSON"), ('["translations"]', "not a JSON obj")]
)
def test_a_malformed_line_is_named(line: str, message: str) -> None:
    with pytest.raises(DataError, match=rf"^kaikki\.jsonl:3: {message}"):
        list(entries(['{"word": "x"}', "", line], PATH, ("en", "de")))


def test_the_file_serves_the_languages_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "k.jsonl"
    path.write_text('{"word": "a", "lang_code": "en", "translations": [{"code": "de", "word": "b"}]}\n')
    content = read(path, ("en", "de"))
    assert (content.languages, list(content.entries)) == (("en", "de"), [Entry("a", "b")])


def test_objects_with_a_word_and_a_language_tell_the_format() -> None:
    assert likeness(['{"word": "a", "lang_code": "en"}', '{"en": "a"}'], PATH) == 0.5
    assert likeness([], PATH) == 0

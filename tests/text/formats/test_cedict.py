from pathlib import Path

import pytest

from vecocli.errors import DataError
from vecocli.text.formats.cedict import entries, likeness, read

PATH = Path("cedict_ts.u8")


def targets(glosses: str, language: str = "en") -> list[str]:
    return [entry.target for entry in entries([f"一 一 [yi1] /{glosses}/"], PATH, language)]


def test_both_scripts_are_source_words() -> None:
    found = list(entries(["# note", "", "中國 中国 [Zhong1 guo2] /China/", "人 人 [ren2] /person/"], PATH, "en"))
    assert [entry[:2] for entry in found] == [("中國", "China"), ("中国", "China"), ("人", "person")]


@pytest.mark.parametrize(
    ("glosses", "words"),
    [
        ("to eat (a meal)/CL:個|个[ge4]", ["to eat", "eat"]),
        ("can't help; involuntarily (idiom)", ["can't help", "involuntarily"]),
        ("surname Wang/king", ["king"]),
        ("see 不知好歹[bu4 zhi1]/variant of 癒|愈[yu4]/old variant of x/also pr. [x]/abbr. for USA", []),
        ("lit. horse horse/fig. careless/not so 的", ["careless"]),
        ("eat/to eat", ["eat", "to eat"]),
        ("(coll.)", []),
    ],
)
def test_notes_and_references_are_no_translations(glosses: str, words: list[str]) -> None:
    assert targets(glosses) == words


def test_only_english_verbs_lose_their_to() -> None:
    assert targets("to eat", "de") == ["to eat"]


@pytest.mark.parametrize("line", ["中國 [x] /China/", "中國 中国 [x] China", "中國\t中国"])
def test_a_malformed_line_is_named(line: str) -> None:
    with pytest.raises(DataError, match=r"^cedict_ts\.u8:2: not an entry of CC-CEDICT"):
        list(entries(["人 人 [ren2] /person/", line], PATH, "en"))


def test_the_head_says_licence_and_language(tmp_path: Path) -> None:
    path = tmp_path / "c.u8"
    path.write_text("# CC-CEDICT\n#! license=https://cc.org/by-sa\n人 人 [[ren2]] /person/\n", encoding="utf-8")
    content = read(path, ("zh", "de"))
    assert (content.languages, content.licence) == (("zh", "en"), "https://cc.org/by-sa")
    assert [entry[:2] for entry in content.entries] == [("人", "person")]
    path.write_text("人 人 [ren2] /CEDICT/\n", encoding="utf-8")
    assert read(path, ("de", "zh")).languages == ("zh", "de")
    assert read(path, ("de", "fr")).languages == ("zh", "en")
    assert read(path.rename(tmp_path / "cedict_ts.u8"), ("zh", "de")).languages == ("zh", "en")


def test_entries_tell_the_format() -> None:
    assert likeness(["# x", "人 人 [ren2] /person/", "a\tb"], PATH) == 0.5
    assert likeness(["# x"], PATH) == 0

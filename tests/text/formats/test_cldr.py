import sys
from pathlib import Path

import pytest

from vecocli.errors import DataError, MissingError
from vecocli.text.formats import Word
from vecocli.text.formats.cldr import likeness, read
from vecocli.text.thesaurus import Thesaurus


def test_names_are_paired_by_their_codes() -> None:
    thesaurus = Thesaurus.load([Path("cldr")], "en", "de")
    for word, name in [("Germany", "deutschland"), ("Thursday", "donnerstag"), ("Japanese", "japanisch")]:
        assert thesaurus.translations(word)[(name,)] == ("cldr",)
    assert ("schweizer", "franken") in thesaurus.translations("Swiss Franc")
    assert thesaurus.licences == {"cldr": "Unicode License v3 <https://www.unicode.org/license.txt>"}
    assert thesaurus.names == ("cldr",)


def test_months_come_in_the_form_of_a_date_too() -> None:
    words = set(read(Path("cldr"), ("en", "ru")).words)
    assert {Word("ru", "months/1", "января"), Word("ru", "months/1", "январь")} <= words


def test_chinese_has_both_scripts_and_notes_in_brackets_go() -> None:
    words = set(read(Path("cldr"), ("zh", "en")).words)
    assert {Word("zh", "territories/DE", "德国"), Word("zh", "territories/DE", "德國")} <= words
    assert Word("en", "territories/MM", "Myanmar") in words


def test_a_file_named_alike_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cldr").write_text("cat\tKatze\n")
    assert len(Thesaurus.load([Path("cldr")], "en", "de")) == 1


def test_other_dictionaries_may_have_a_named_format(tmp_path: Path) -> None:
    path = tmp_path / "d.txt"
    path.write_text("cat katze\n")
    thesaurus = Thesaurus.load([Path("cldr"), path], "en", "de", format="muse")
    assert thesaurus.translations("cat") == {("katze",): ("d",)}
    assert thesaurus.translations("Germany") == {("deutschland",): ("cldr",)}


def test_a_language_without_names_is_refused() -> None:
    with pytest.raises(DataError, match="CLDR has no names in the language xxa"):
        read(Path("cldr"), ("en", "xxa"))


def test_without_babel_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "babel", None)
    with pytest.raises(MissingError, match="Babel") as caught:
        read(Path("cldr"), ("en", "de"))
    assert "vecocli[cldr]" in caught.value.hint


def test_no_file_is_told_to_be_cldr() -> None:
    assert likeness(["cldr"], Path("cldr")) == 0

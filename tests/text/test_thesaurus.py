import gzip
from pathlib import Path

import pytest

from vecocli import registry
from vecocli.errors import DataError, UsageError
from vecocli.text.formats import Entry
from vecocli.text.thesaurus import FORMATS, Thesaurus, phrase


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_entries_are_cut_and_folded_like_running_text(tmp_path: Path) -> None:
    path = write(tmp_path / "d.tsv", "Give  UP\tAufgeben\nnai\u0308ve\tnaïf\nthe man\tl\u2019homme\n")
    thesaurus = Thesaurus.load([path], "eng", "fr")
    assert thesaurus.languages == ("en", "fr")
    assert thesaurus.entries[("give", "up")] == {("aufgeben",): ("d",)}
    assert ("na\u00efve",) in thesaurus.entries
    assert list(thesaurus.entries[("the", "man")]) == [phrase("L'HOMME", "fr")]
    assert len(phrase("l'homme", "fr")) == 2


@pytest.mark.parametrize(
    ("language", "entry", "sentence"),
    [
        ("zh", "维基百科", "我喜欢维基百科。"),
        ("ja", "東京都", "東京都に住む。"),
        ("th", "สวัสดี", "สวัสดีครับ"),
        ("hi", "दुनिया", "दुनिया बड़ी है।"),
    ],
)
def test_entries_of_unspaced_and_indic_scripts_are_found_in_a_sentence(
    language: str, entry: str, sentence: str
) -> None:
    key, words = phrase(entry, language), phrase(sentence, language)
    assert any(words[start : start + len(key)] == key for start in range(len(words)))


def test_files_are_merged_with_the_names_of_all_who_list_a_pair(tmp_path: Path) -> None:
    one = write(tmp_path / "one.tsv", "house\tHaus\twiktionary,freedict\nHouse\tHaus\tcldr\nhouse\tHeim\n")
    two = tmp_path / "muse.en-de.txt.gz"
    two.write_bytes(gzip.compress(b"house haus\ncat katze\n"))
    thesaurus = Thesaurus.load([one, two], "en", "de")
    assert thesaurus.translations("HOUSE") == {
        ("haus",): ("cldr", "freedict", "muse.en-de", "wiktionary"),
        ("heim",): ("one",),
    }
    assert thesaurus.translations("dog") == {}
    assert len(thesaurus) == 3
    assert thesaurus.names == ("one.tsv", "muse.en-de.txt.gz")


def test_reverse_reads_target_words_first_and_reversed_turns_it_round(tmp_path: Path) -> None:
    path = write(tmp_path / "de-en.tsv", "Haus\thouse\nHeim\thouse\naufgeben\tgive up\n")
    thesaurus = Thesaurus.load([path], "en", "de", reverse=True)
    assert set(thesaurus.translations("house")) == {("haus",), ("heim",)}
    turned = thesaurus.reversed()
    assert turned.languages == ("de", "en")
    assert turned.translations("Aufgeben") == {("give", "up"): ("de-en",)}
    assert turned.reversed().entries == thesaurus.entries


def test_the_format_is_told_from_the_content_and_can_be_named(tmp_path: Path) -> None:
    spaced = write(tmp_path / "a.dict", "\n" + "house haus\n" * 3)
    assert set(Thesaurus.load([spaced], "en", "de").entries) == {("house",)}
    assert set(Thesaurus.load([spaced], "en", "de", format="muse").entries) == {("house",)}
    with pytest.raises(DataError, match=r"a\.dict:2: a dictionary line with 1 column: 'house haus'"):
        Thesaurus.load([spaced], "en", "de", format="tsv")
    with pytest.raises(UsageError, match="musee"):
        Thesaurus.load([spaced], "en", "de", format="musee")


def test_a_format_that_cannot_be_told_is_said_with_the_known_ones(tmp_path: Path) -> None:
    path = write(tmp_path / "prose.txt", "This is some prose.\nIt is no dictionary at all.\n")
    with pytest.raises(DataError, match=r"prose\.txt:1: ") as caught:
        Thesaurus.load([path], "en", "de")
    assert all(name in caught.value.hint for name in registry.names(FORMATS))


@pytest.mark.parametrize("text", ["\n\n", "!\t?\n"])
def test_a_dictionary_without_entries_is_bad_data(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match="dictionary"):
        Thesaurus.load([write(tmp_path / "d.tsv", text)], "en", "de")


def test_entries_in_memory_carry_the_given_name() -> None:
    thesaurus = Thesaurus.from_entries([Entry("cat", "Katze"), Entry("cat", "Kater", ("w",))], "en", "de", "mine")
    assert thesaurus.translations("cat") == {("katze",): ("mine",), ("kater",): ("w",)}


def test_the_digest_tells_languages_entries_and_sources_apart() -> None:
    def digest(entry: Entry, target: str = "de") -> str:
        return Thesaurus.from_entries([entry], "en", target, "x").digest()

    same = digest(Entry("cat", "Katze"))
    assert same == digest(Entry("Cat", "KATZE"))
    others = [digest(Entry("cat", "Katze"), "nl"), digest(Entry("cat", "Kater")), digest(Entry("cat", "Katze", ("w",)))]
    assert len({same, *others}) == 4


def test_a_file_that_states_its_languages_is_turned_round_or_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "cedict_ts.u8", "# CC-CEDICT\n#! license=CC BY-SA 4.0\n人 人 [ren2] /person/\n")
    thesaurus = Thesaurus.load([path], "en", "zh")
    assert thesaurus.translations("Person") == {("人",): ("cedict_ts",)}
    assert thesaurus.licences == {"cedict_ts": "CC BY-SA 4.0"}
    assert Thesaurus.load([path], "zh", "en", reverse=True).entries == thesaurus.reversed().entries
    with pytest.raises(DataError, match=r"cedict_ts\.u8: a dictionary of Chinese \(zh\) and English \(en\)"):
        Thesaurus.load([path], "de", "en")


def test_every_format_offers_the_two_functions() -> None:
    assert registry.names(FORMATS) == [
        "cedict",
        "cldr",
        "dictd",
        "kaikki",
        "lmf",
        "muse",
        "omw",
        "panlex",
        "tei",
        "tsv",
    ]
    for name in registry.names(FORMATS):
        module = registry.get(FORMATS, name)
        assert module.likeness(["this is prose"], Path("x")) == 0
        assert callable(module.read)


def test_words_may_be_kept_as_written() -> None:
    thesaurus = Thesaurus.from_entries(
        [Entry("Polish", "polnisch"), Entry("polish", "polieren")], "en", "de", "d", True
    )
    assert thesaurus.written
    assert thesaurus.entries == {("Polish",): {("polnisch",): ("d",)}, ("polish",): {("polieren",): ("d",)}}
    assert thesaurus.translations("Polish") == {("polnisch",): ("d",)}
    assert thesaurus.reversed().written

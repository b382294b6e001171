import pytest

from vecocli.errors import DataError, MissingError
from vecocli.xtreme.tasks.tatoeba import TASK, read

GERMAN = ("Hallo.", "Katze", "Noch ein Hallo.", "Ärger", "ähnlich")
ENGLISH = ("Hi.", "cat", "Hi.", "Trouble", "\U0001f600 alike")


def put(folder, name, lines):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def test_has_the_36_languages_of_xtreme():
    assert len(TASK.languages) == 36
    assert not {"en", "ms", "my", "yo"} & set(TASK.languages)
    assert (TASK.name, TASK.kind, TASK.metric) == ("tatoeba", "retrieve", "accuracy")


@pytest.mark.parametrize("place", ["", "tatoeba"])
def test_reads_lasers_files(tmp_path, place):
    put(tmp_path / place, "tatoeba.deu-eng.deu", GERMAN)
    put(tmp_path / place, "tatoeba.deu-eng.eng", [f" {line} \r" for line in ENGLISH])
    texts = read(tmp_path, "de")
    assert (texts.english, texts.foreign, texts.layout) == (ENGLISH, GERMAN, "laser")


@pytest.mark.parametrize(("language", "iso3"), [("zh", "cmn"), ("sw", "swh"), ("fa", "pes"), ("et", "est")])
def test_knows_lasers_language_codes(tmp_path, language, iso3):
    put(tmp_path, f"tatoeba.{iso3}-eng.{iso3}", ["x"])
    put(tmp_path, f"tatoeba.{iso3}-eng.eng", ["y"])
    assert read(tmp_path, language).foreign == ("x",)


def test_restores_the_order_of_xtremes_sorted_copy(tmp_path):
    put(tmp_path, "de-en.de", GERMAN)
    put(tmp_path, "de-en.en", sorted(ENGLISH))
    put(tmp_path, "tatoeba.deu-eng.eng", [f"{line} " for line in ENGLISH])
    texts = read(tmp_path, "de")
    assert (texts.english, texts.foreign, texts.layout) == (ENGLISH, GERMAN, "xtreme, sorted")


def test_a_sorted_copy_alone_cannot_be_scored(tmp_path):
    put(tmp_path, "de-en.de", GERMAN)
    put(tmp_path, "de-en.en", sorted(ENGLISH))
    with pytest.raises(MissingError, match="sorted") as caught:
        read(tmp_path, "de")
    assert "tatoeba.deu-eng.eng" in caught.value.hint


def test_an_original_with_other_lines_is_refused(tmp_path):
    put(tmp_path, "de-en.de", GERMAN)
    put(tmp_path, "de-en.en", sorted(ENGLISH))
    put(tmp_path, "tatoeba.deu-eng.eng", [*ENGLISH[:-1], "alike"])
    with pytest.raises(DataError, match=r"eng: its lines are not those of de-en\.en, sorted"):
        read(tmp_path, "de")


def test_lines_that_are_not_sorted_are_aligned(tmp_path):
    put(tmp_path, "de-en.de", GERMAN)
    put(tmp_path, "de-en.en", ENGLISH)
    texts = read(tmp_path, "de")
    assert (texts.english, texts.layout) == (ENGLISH, "xtreme, not sorted")


def test_unequal_files_are_refused_with_both_counts(tmp_path):
    put(tmp_path, "tatoeba.deu-eng.deu", GERMAN)
    put(tmp_path, "tatoeba.deu-eng.eng", ENGLISH[:4])
    with pytest.raises(DataError, match=r"deu: 5 lines, but tatoeba\.deu-eng\.eng has 4"):
        read(tmp_path, "de")


@pytest.mark.parametrize("names", [(), ("tatoeba.deu-eng.deu",), ("de-en.en",)])
def test_says_which_files_it_needs(tmp_path, names):
    for name in names:
        put(tmp_path, name, ENGLISH)
    with pytest.raises(MissingError, match="no pair of Tatoeba files for de") as caught:
        read(tmp_path, "de")
    assert "tatoeba.deu-eng.deu and tatoeba.deu-eng.eng, or de-en.de and de-en.en" in caught.value.hint

from pathlib import Path

import pytest

from vecocli.errors import DataError, UsageError
from vecocli.text.formats import Entry
from vecocli.text.sources import Source, join, pairs_of

EN_DE = ("en", "de")


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_languages_written_behind_a_name_count_first(tmp_path: Path) -> None:
    path = write(tmp_path / "fr-it.tsv", "cat\tKatze\n")
    source = Source(Path(f"{path}:eng-de"), EN_DE, "auto")
    assert (source.path, source.name, source.languages) == (path, "fr-it", EN_DE)
    assert list(pairs_of(source, EN_DE, reverse=True, by_name=False) or ()) == [Entry("cat", "Katze")]
    turned = Source(Path(f"{path}:en-de"), ("de", "en"), "auto")
    assert list(pairs_of(turned, ("de", "en"), reverse=False, by_name=True) or ()) == [Entry("Katze", "cat")]
    assert pairs_of(source, ("de", "fr"), reverse=False, by_name=True) is None
    literal = write(tmp_path / "d.tsv:en-de", "cat\tKatze\n")
    assert Source(literal, EN_DE, "auto").languages is None
    with pytest.raises(UsageError, match="'x1'"):
        Source(Path(f"{path}:en-de"), EN_DE, "x1")


@pytest.mark.parametrize(
    ("name", "languages"),
    [
        ("en-fr.tsv.gz", ("en", "fr")),
        ("freedict-eng-deu.tei", ("en", "de")),
        ("muse.en_de.txt", ("en", "de")),
        ("words.tsv", None),
        ("en-de.5000-6500.txt", None),
    ],
)
def test_a_name_may_say_the_languages(tmp_path: Path, name: str, languages: tuple[str, str] | None) -> None:
    source = Source(write(tmp_path / name, "a\tb\n"), EN_DE, "tsv")
    assert source.languages is None
    assert source.languages_by_name == languages
    assert (pairs_of(source, ("en", "fr"), reverse=False, by_name=True) is not None) == (languages == ("en", "fr"))


def test_words_of_the_same_concept_are_joined_across_files(tmp_path: Path) -> None:
    fra = write(tmp_path / "wn-fra.tab", "# F\tfra\tu\tl\n00000001-n\tfra:lemma\tchat\n00000002-n\tfra:lemma\tchien\n")
    rows = "00000001-n\tita:lemma\tgatto\n00000001-n\tita:lemma\tmicio\n00000003-n\tita:lemma\tluna\n"
    ita = write(tmp_path / "wn-ita.tab", f"# I\tita\tu\tl\n{rows}")
    pair = ("it", "fr")
    sources = [Source(path, pair, "auto") for path in (fra, ita)]
    names = ("wn-fra", "wn-ita")
    assert list(join(sources, pair)) == [Entry("gatto", "chat", names), Entry("micio", "chat", names)]


def test_a_pipe_needs_its_format_named() -> None:
    with pytest.raises(UsageError, match="only once"):
        Source(Path("-"), EN_DE, "auto")


def test_binary_files_are_no_dictionaries(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_bytes(b"PK\x03\x04\xff\xfe\x00")
    with pytest.raises(DataError, match=r"x\.tsv:1: not UTF-8"):
        Source(path, EN_DE, "auto")

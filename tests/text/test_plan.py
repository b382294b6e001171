import json
import re
from pathlib import Path

import pytest

from vecocli.errors import DataError, UsageError
from vecocli.text.plan import count, language_pairs, open_mixed, per_pair, share

EN_DE, EN_FR = ("en", "de"), ("en", "fr")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_language_pairs() -> None:
    assert language_pairs("en", "pt_BR", ()) == (("en", "pt_BR"),)
    assert language_pairs(None, None, ["en-de", "en-pt-BR", "en-pt"]) == (EN_DE, ("en", "pt-BR"), ("en", "pt"))


@pytest.mark.parametrize(
    ("source", "target", "languages", "message"),
    [
        (None, None, (), "no languages given"),
        ("en", None, (), "--target is missing"),
        (None, "en", (), "--source is missing"),
        ("en", "de", ("en-de",), "both --languages and --source"),
        (None, "de", ("en-de",), "both --languages and --source"),
        (None, None, ("en-de", "en-fr", "EN-de"), "en-de is given twice"),
        (None, None, ("en-pt_BR", "en-pt-BR"), "en-pt-br is given twice"),
        (None, None, ("ende",), "'ende' is not a pair of languages"),
    ],
)
def test_languages_that_do_not_work(
    source: str | None, target: str | None, languages: tuple[str, ...], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        language_pairs(source, target, languages)


def test_per_pair() -> None:
    pairs = (EN_DE, EN_FR, ("en", "pt_BR"))
    assert per_pair((), pairs, count, "--limit") == {}
    assert per_pair(["7"], pairs, count, "--limit") == dict.fromkeys(pairs, 7)
    assert per_pair(["en-fr=3", "7", "en-pt_BR = 2"], pairs, count, "--limit") == {
        EN_DE: 7,
        EN_FR: 3,
        ("en", "pt_BR"): 2,
    }
    assert per_pair(["en-de=0.25"], pairs, share, "--sample") == {EN_DE: 0.25}
    assert per_pair(["5000"], (EN_DE,), share, "--sample") == {EN_DE: 5000}


@pytest.mark.parametrize("text", ["9" * 5000, "0", "-1", "1.5", "x", "", "en-de=x", "en-de="])
def test_no_count(text: str) -> None:
    with pytest.raises(UsageError, match=f"--limit {text}: not a whole number above 0"):
        per_pair([text], [EN_DE], count, "--limit")


@pytest.mark.parametrize("text", ["9" * 5000, "0", "-0.1", "1.5", "x", "", "nan", "inf"])
def test_no_share(text: str) -> None:
    with pytest.raises(UsageError, match=f"--sample {text}: not a share"):
        per_pair([text], [EN_DE], share, "--sample")


def test_a_number_for_another_pair() -> None:
    with pytest.raises(UsageError, match="the run has no such language pair") as caught:
        per_pair(["de-en=3"], [EN_DE, EN_FR], count, "--limit")
    assert caught.value.hint == "It has: en-de, en-fr."


def test_two_paths_are_line_aligned(folder: Path) -> None:
    for name in ("c.en", "c.de", "c.tsv"):
        (folder / name).write_text(f"{name}\n")
    (corpus,) = open_mixed(["c.en", folder / "c.de"], [EN_DE])
    assert [*corpus] == [(1, "c.en", "c.de", "c.en+c.de")]
    (corpus,) = open_mixed(["c.en", "c.tsv"], [EN_DE])
    assert [*corpus] == [(1, "c.en", "c.tsv", "c.en+c.tsv")]
    (corpus,) = open_mixed(["c.{source}", "c.{target}"], [EN_DE])
    assert [*corpus] == [(1, "c.en", "c.de", "c.en+c.de")]


def test_several_corpora(folder: Path) -> None:
    (folder / "c.en").write_text("1\n")
    (folder / "c.de").write_text("2\n")
    (folder / "c.tsv").write_text("3\t4\n")
    (folder / "d.jsonl").write_text('{"en": "5", "de": "6"}\n')
    (folder / "x,y").write_text("7 ||| 8\n")
    (corpus,) = open_mixed(["c.tsv", "d.jsonl", "c.en,c.de", Path("x,y")], [EN_DE])
    assert [*corpus] == [
        (1, "3", "4", "c.tsv"),
        (1, "5", "6", "d.jsonl"),
        (1, "1", "2", "c.en+c.de"),
        (1, "7", "8", "x,y"),
    ]
    (corpus,) = open_mixed(["c.tsv", "d.jsonl"], [EN_DE])
    assert corpus.names == ("c.tsv", "d.jsonl")
    (folder / "e").write_text("9\t0\n")
    (corpus,) = open_mixed(["c.tsv", "e"], [EN_DE], "tsv")
    assert corpus.names == ("c.tsv", "e")


def test_two_folders_are_two_corpora(folder: Path) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "1.tsv").write_text(f"{name}\tx\n")
    (corpus,) = open_mixed(["a", "b"], [EN_DE])
    assert [*corpus] == [(1, "a", "x", "a"), (1, "b", "x", "b")]
    assert open_mixed(["hub:some/name", "b"], [EN_DE])[0].names == ("hub:some/name", "b")


def test_corpora_of_one_name(folder: Path) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "c.tsv").write_text(f"{name}\tx\n")
    (corpus,) = open_mixed(["a/c.tsv", "b/c.tsv"], [EN_DE])
    assert [*corpus] == [(1, "a", "x", "a/c.tsv"), (1, "b", "x", "b/c.tsv")]
    with pytest.raises(UsageError, match=r"a/c\.tsv is given twice"):
        open_mixed(["a/c.tsv", "a/c.tsv"], [EN_DE])


def test_placeholders_take_the_codes_as_written(folder: Path) -> None:
    (folder / "en-pt_BR.tsv").write_text("a\tb\n")
    (folder / "eng-deu.tsv").write_text("c\td\n")
    corpora = open_mixed(["{source}-{target}.tsv"], [("en", "pt_BR"), ("eng", "deu")])
    assert [corpus.label for corpus in corpora] == ["en-pt_BR", "eng-deu"]
    assert [[*corpus] for corpus in corpora] == [[(1, "a", "b", "en-pt_BR.tsv")], [(1, "c", "d", "eng-deu.tsv")]]
    with pytest.raises(DataError, match=r"en-fr\.tsv: no such file"):
        open_mixed(["{source}-{target}.tsv"], [EN_FR])


def test_one_corpus_of_many_languages(folder: Path) -> None:
    (folder / "c.jsonl").write_text(json.dumps({"en": "a", "de": "b", "fr": "c"}))
    german, french = open_mixed(["c.jsonl"], [EN_DE, EN_FR])
    assert ([*german], [*french]) == ([(1, "a", "b", "c.jsonl")], [(1, "a", "c", "c.jsonl")])


def test_columns_with_placeholders(folder: Path) -> None:
    (folder / "c.tsv").write_text("en\tde\tfr\na\tb\tc\n")
    german, french = open_mixed(["c.tsv"], [EN_DE, EN_FR], columns=["{source}", "{target}"])
    assert ([*german], [*french]) == ([(2, "a", "b", "c.tsv")], [(2, "a", "c", "c.tsv")])


@pytest.mark.parametrize(
    ("name", "columns"), [("c.tsv", None), ("c.tsv", (0, 1)), ("c.jsonl", ("a", "b")), ("c,c", None)]
)
def test_a_corpus_that_does_not_say_its_languages(
    folder: Path, name: str, columns: tuple[str | int, ...] | None
) -> None:
    for file in name.split(","):
        (folder / file).write_text("a\tb\n")
    shown = re.escape(name.replace(",", "+"))
    with pytest.raises(UsageError, match=f"{shown} would be read the same for each language pair"):
        open_mixed([name], [EN_DE, EN_FR], columns=columns)
    assert len(open_mixed([name], [EN_DE], columns=columns)) == 1


def test_limits_and_samples_of_pairs(folder: Path) -> None:
    (folder / "c.jsonl").write_text('{"en": "a", "de": "b", "fr": "c"}\n' * 9)
    german, french = open_mixed(["c.jsonl"], [EN_DE, EN_FR], limits={EN_DE: 2}, samples={EN_FR: 0.5}, seed=3)
    assert len([*german]) == 2
    assert (french.limit, french.sample, french.seed) == (None, 0.5, 3)


def test_standard_input_is_read_once(folder: Path) -> None:
    (folder / "c.de").write_text("x\n")
    assert open_mixed(["-", "c.de"], [EN_DE])[0].parts[0].format == "moses"
    with pytest.raises(UsageError, match="standard input can be read only once"):
        open_mixed(["-", "-,c.de", "c.de,-"], [EN_DE])

import json

import pytest

from vecocli.mining.lexicon import COLUMNS

ROWS = (
    ("cat", "katze", "3", "0.9000", "1", "1", "aligner:argmax dictionary:words", "1"),
    ("house", "hund", "1", "0.5000", "1", "1", "aligner:argmax", "2"),
)


@pytest.fixture
def mined(tmp_path):
    folder = tmp_path / "mined"
    folder.mkdir()
    lines = ["\t".join(row) for row in (COLUMNS, *ROWS)]
    (folder / "lexicon.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "summary.json").write_text('{"source_language": "en", "target_language": "de"}', encoding="utf-8")
    return folder


@pytest.fixture
def words(tmp_path):
    file = tmp_path / "words.tsv"
    file.write_text("cat\tKatze\nhouse\tHaus\ndog\tHund\ntree\tBaum\n", encoding="utf-8")
    return file


def test_the_document(veco, mined, words, tmp_path):
    out = tmp_path / "scores" / "lexicon.json"
    result = veco("lexicon", mined, "--dictionary", words, "--out", out, "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document == json.loads(out.read_text(encoding="utf-8"))
    assert (document["pairs"], document["measured"], document["by_dictionary"]) == (2, 2, 50.0)
    assert (document["shared_dictionaries"], document["lexicon"]) == (["words"], [str(mined / "lexicon.tsv")])
    forward, backward = document["directions"]["en->de"], document["directions"]["de->en"]
    assert forward["bands"][0] == {
        "band": "all",
        "words": 2,
        "asked": 2,
        "precision_at_1": 50.0,
        "precision_at_5": 50.0,
        "pairs": 1,
        "recall": 100.0,
    }
    assert (forward["coverage"], backward["coverage"], backward["covered"]) == (50.0, 50.0, 2)
    assert "model" not in document and "veco" in document["versions"]


def test_the_tables_and_what_they_are_worth(veco, mined, words):
    shown = veco("lexicon", mined, "--dictionary", words).stdout
    assert "Lexicon, en->de" in shown and "Lexicon, de->en" in shown
    assert "Coverage en->de: 2 of the dictionary's 4 words and phrases have a mined translation (50.0 %)" in shown
    assert "50.0 % of them were mined with a dictionary. words served, and was measured against." in shown


def test_a_lexicon_that_no_dictionary_served_needs_no_warning(veco, mined, words):
    lexicon = mined / "lexicon.tsv"
    lexicon.write_text(lexicon.read_text(encoding="utf-8").replace(" dictionary:words", ""), encoding="utf-8")
    shown = veco("lexicon", mined, "--dictionary", words).stdout
    assert "2 of 2 word pairs were measured" in shown and "were mined with a dictionary" not in shown


def test_another_dictionary_is_not_named(veco, mined, words):
    shown = veco("lexicon", mined, "--dictionary", words.rename(words.with_name("others.tsv"))).stdout
    assert "50.0 % of them were mined with a dictionary. The more" in shown


def test_a_turned_dictionary_and_pairs_left_out(veco, mined, words):
    words.write_text("Katze\tcat\nHaus\thouse\n", encoding="utf-8")
    flags = [
        "--reverse-dictionary",
        "--min-count",
        "2",
        "--min-score",
        "0.8",
        "--only-origin",
        "dictionary:w",
        "--json",
    ]
    document = json.loads(veco("lexicon", mined, "--dictionary", words, *flags).stdout)
    assert (document["measured"], document["directions"]["en->de"]["covered"]) == (1, 1)


def test_several_lexicons_are_added_up(veco, mined, words):
    second = mined / "second.tsv"
    second.write_text((mined / "lexicon.tsv").read_text(encoding="utf-8"), encoding="utf-8")
    document = json.loads(veco("lexicon", mined, second, "--dictionary", words, "--json").stdout)
    bands = {band["band"]: band["words"] for band in document["directions"]["en->de"]["bands"]}
    assert (document["pairs"], bands) == (2, {"all": 2, "1": 0, "2-4": 1, "5-9": 1, "10-49": 0, "50+": 0})


def test_languages_of_a_file_alone(veco, mined, words):
    (mined / "summary.json").unlink()
    without = veco("lexicon", mined / "lexicon.tsv", "--dictionary", words)
    assert (without.exit_code, "--source and --target" in without.stderr) == (2, True)
    given = veco("lexicon", mined / "lexicon.tsv", "--dictionary", words, "--source", "eng", "--target", "de-AT")
    assert "Lexicon, en->de" in given.stdout


def test_other_languages_than_the_summary_says_are_refused(veco, mined, words):
    result = veco("lexicon", mined, "--dictionary", words, "--source", "de", "--target", "en")
    assert (result.exit_code, "several language pairs: de-en, en-de" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("flags", "said"), [(["--min-count", "9"], "none of its 2 word pairs"), (["--only-origin", "x"], "none of its 2")]
)
def test_nothing_left_to_measure(veco, mined, words, flags, said):
    result = veco("lexicon", mined, "--dictionary", words, *flags)
    assert (result.exit_code, said in result.stderr) == (3, True)


def test_a_folder_without_a_lexicon(veco, mined, words, tmp_path):
    result = veco("lexicon", mined, tmp_path, "--dictionary", words)
    assert (result.exit_code, f"{tmp_path / 'lexicon.tsv'}: no lexicon" in result.stderr) == (3, True)


def test_a_dictionary_of_other_words(veco, mined, words):
    words.write_text("tree\tBaum\n", encoding="utf-8")
    result = veco("lexicon", mined, "--dictionary", words)
    assert (result.exit_code, "the dictionary has none of its words" in result.stderr) == (3, True)


def test_a_result_is_not_replaced(veco, mined, words):
    result = veco("lexicon", mined, "--dictionary", words, "--out", words)
    assert (result.exit_code, "exists" in result.stderr) == (2, True)

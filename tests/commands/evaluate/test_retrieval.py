import json

import pytest

GERMAN = ("Die Katze sieht das Haus .", "Zwei Wörter", "Wir mögen das Haus", "Das alte Haus")
ENGLISH = ("The cat sees the house .", "Two words", "We like the house", "The old house")


def test_scores_both_directions_of_any_corpus(veco, tmp_path, tiny_model):
    files = (tmp_path / "text.de", tmp_path / "text.en")
    files[0].write_text("\n".join(("", *ENGLISH[:2], "", *ENGLISH[3:])), encoding="utf-8")
    files[1].write_text("\n".join(("The first", *ENGLISH)), encoding="utf-8")
    flags = ("--source", "de", "--target", "en", "--layer", "all", "--limit", "3", "--pooling", "first")
    document = json.loads(veco("retrieval", tiny_model, *files, *flags, "--json").stdout)
    assert (document["n"], document["skipped"], document["pooling"]) == (3, 2, "first")
    assert [set(row) for row in document["layers"]] == [{"layer", "de->en", "en->de", "mexa"}] * 3
    last = document["layers"][-1]
    assert (last["de->en"], last["en->de"], last["mexa"]) == (100, 100, 100)
    assert document["mexa_mean"] == pytest.approx(sum(row["mexa"] for row in document["layers"]) / 3)
    assert document["best"]["by"] == "mean accuracy"


def test_reads_chosen_columns(veco, tmp_path, tiny_model):
    corpus = tmp_path / "pairs.tsv"
    rows = enumerate(zip(ENGLISH, GERMAN, strict=True))
    corpus.write_text("".join(f"{i}\t{en}\t{de}\n" for i, (en, de) in rows), encoding="utf-8")
    with corpus.open("a", encoding="utf-8") as stream:
        stream.write("4\t\tOhne Quelle\n")
    flags = ("--source", "en", "--target", "de", "--columns", "1,2", "--max-length", 8)
    result = veco("retrieval", tiny_model, corpus, *flags)
    assert result.exit_code == 0, result.output
    assert "Retrieval among 4 pairs" in result.output
    assert "1 pairs without text on a side were skipped." in result.output
    assert "texts were too long" in result.output


def test_needs_two_pairs(veco, tmp_path, tiny_model):
    corpus = tmp_path / "pairs.tsv"
    corpus.write_text("a\tb\n\nc\t\n", encoding="utf-8")
    result = veco("retrieval", tiny_model, corpus, "--source", "en", "--target", "de")
    assert result.exit_code == 3
    assert "fewer than two pairs" in result.output

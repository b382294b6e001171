"""The measuring commands as a user types them."""

import json

import pytest
from typer.testing import CliRunner

from vecocli.app import build
from vecocli.mining import evaluate as mining

GERMAN = ("Die Katze sieht das Haus .", "Zwei Wörter", "Wir mögen das Haus", "Das alte Haus")
ENGLISH = ("The cat sees the house .", "Two words", "We like the house", "The old house")


@pytest.fixture
def veco():
    runner, app = CliRunner(), build()
    return lambda *words: runner.invoke(app, ["evaluate", *map(str, words)])


@pytest.fixture
def gold(tmp_path):
    sentences, links = tmp_path / "de-en.src-tgt", tmp_path / "de-en.gold"
    rows = zip(GERMAN, ENGLISH, strict=True)
    sentences.write_text("".join(f"{de} ||| {en}\n" for de, en in rows), encoding="utf-8")
    links.write_text("1-1 2-2 3-3 4p4 5-5 6-6 9-9\n1-1 2-2\n1-1 2-2 3-3 4-4\n1-1 2-2\n", encoding="utf-8")
    return sentences, links


@pytest.fixture
def tatoeba(tmp_path):
    (tmp_path / "tatoeba.deu-eng.deu").write_text("\n".join(GERMAN), encoding="utf-8")
    (tmp_path / "tatoeba.deu-eng.eng").write_text("\n".join(ENGLISH), encoding="utf-8")
    return tmp_path


def test_alignment_writes_one_document(veco, gold, tiny_model, tmp_path):
    out = tmp_path / "new" / "result.json"
    flags = ("--source", "de", "--target", "en", "--out", out)
    result = veco("alignment", tiny_model, *gold, *flags, "--json", "--max-length", 8)
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document == json.loads(out.read_text(encoding="utf-8"))
    assert [row["layer"] for row in document["layers"]] == [0, 1, 2]
    assert document["gold_links"]["base"] == 1
    assert document["gold_links"]["sure"] == 13
    assert document["gold_links"]["sure_or_possible"] == 14
    assert document["gold_links"]["dropped"] == 1
    assert (document["n"], document["truncated"], document["unit"], document["dtype"]) == (4, 5, "subword", "fp32")
    best = min(document["layers"], key=lambda row: row["aer"])
    assert document["best"]["layer"] == best["layer"]
    assert document["best"]["chosen_on"] == "the scored data itself"
    assert {"veco", "torch", "transformers"} <= set(document["versions"])


def test_alignment_shows_a_table_and_what_it_found_out(veco, gold, tiny_model):
    result = veco("alignment", tiny_model, *gold, "--source", "de", "--target", "en", "--max-length", 8)
    for words in (
        "4 sentence pairs",
        "AER",
        "Best layer by AER",
        "counts words from 1",
        "1 of its links",
        "5 of 8 texts",
    ):
        assert words in result.output


def test_alignment_passes_its_switches_on(veco, gold, tiny_model, monkeypatch):
    seen = {}
    whole = mining.evaluate_alignment
    monkeypatch.setattr(mining, "evaluate_alignment", lambda *a, **k: seen.update(k) or whole(*a, **k))
    flags = ("--layer", "2,0,-1", "--unit", "word", "--base", "1", "--precision", "bf16", "--max-length", "64")
    document = json.loads(
        veco("alignment", tiny_model, *gold, "--source", "de", "--target", "en", "--json", *flags, "--quiet").stdout
    )
    assert (seen["layers"], seen["unit"], seen["precision"], seen["max_length"]) == ([2, 0], "word", "bf16", 64)
    assert (document["gold_links"]["base_from"], document["unit"]) == ("given", "word")


def test_one_layer_is_not_a_choice(veco, gold, tiny_model):
    result = veco("alignment", tiny_model, *gold, "--source", "de", "--target", "en", "--json", "--layer", "last")
    document = json.loads(result.stdout)
    assert document["best"] is None
    assert [row["layer"] for row in document["layers"]] == [2]


def test_a_result_is_not_replaced_unless_asked(veco, gold, tiny_model, tmp_path):
    out = tmp_path / "result.json"
    out.write_text("mine", encoding="utf-8")
    words = ("alignment", tiny_model, *gold, "--source", "de", "--target", "en", "--layer", "0", "--out", out)
    refused = veco(*words)
    assert (refused.exit_code, out.read_text(encoding="utf-8")) == (2, "mine")
    assert "--overwrite" in refused.output
    assert veco(*words, "--overwrite").exit_code == 0
    assert json.loads(out.read_text(encoding="utf-8"))["layer"] == "0"


def test_retrieval_scores_both_directions_of_any_corpus(veco, tatoeba, tiny_model):
    files = (tatoeba / "tatoeba.eng-eng.eng", tatoeba / "tatoeba.deu-eng.eng")
    files[0].write_text("\n".join((*ENGLISH[:2], "", *ENGLISH[3:])), encoding="utf-8")
    flags = ("--source", "de", "--target", "en", "--layer", "all", "--limit", "3", "--pooling", "first")
    document = json.loads(veco("retrieval", tiny_model, *files, *flags, "--json").stdout)
    assert (document["n"], document["skipped"], document["pooling"]) == (3, 1, "first")
    assert [set(row) for row in document["layers"]] == [{"layer", "de->en", "en->de", "mexa"}] * 3
    last = document["layers"][-1]
    assert (last["de->en"], last["en->de"], last["mexa"]) == (100, 100, 100)
    assert document["mexa_mean"] == pytest.approx(sum(row["mexa"] for row in document["layers"]) / 3)
    assert document["best"]["by"] == "mean accuracy"


def test_retrieval_reads_chosen_columns(veco, tmp_path, tiny_model):
    corpus = tmp_path / "pairs.tsv"
    rows = enumerate(zip(ENGLISH, GERMAN, strict=True))
    corpus.write_text("".join(f"{i}\t{en}\t{de}\n" for i, (en, de) in rows), encoding="utf-8")
    flags = ("--source", "en", "--target", "de", "--columns", "1,2", "--max-length", 8)
    result = veco("retrieval", tiny_model, corpus, *flags)
    assert result.exit_code == 0, result.output
    assert "Retrieval among 4 pairs" in result.output
    assert "texts were too long" in result.output


def test_retrieval_needs_two_pairs(veco, tmp_path, tiny_model):
    corpus = tmp_path / "pairs.tsv"
    corpus.write_text("a\tb\n\nc\t\n", encoding="utf-8")
    result = veco("retrieval", tiny_model, corpus, "--source", "en", "--target", "de")
    assert result.exit_code == 3
    assert "fewer than two pairs" in result.output


def test_xtreme_scores_what_is_there_and_names_what_is_not(veco, tatoeba, tiny_model):
    words = ("xtreme", tiny_model, "--tasks", "tatoeba", "--data", tatoeba, "--layer", "all")
    document = json.loads(veco(*words, "--json").stdout)["tasks"]["tatoeba"]
    assert document["languages"]["de"]["n"] == 4
    assert document["languages"]["de"]["layout"] == "laser"
    assert document["average"]["over"] == ["de"]
    assert document["average"]["layers"] == document["languages"]["de"]["layers"]
    assert set(document["average"]["layers"][0]) == {"layer", "en->xx", "xx->en", "mexa"}
    assert document["direction"] == "en->xx"
    assert len(document["missing"]) == 35
    shown = veco(*words).output
    for text in (
        "mean over 1 languages",
        "Best layer by mean accuracy",
        "want of data: af, ar",
        f"tatoeba: layer {document['best']['layer']}",
    ):
        assert text in shown


def test_xtreme_shows_one_layer(veco, tatoeba, tiny_model):
    result = veco("xtreme", tiny_model, "--tasks", "tatoeba", "--data", tatoeba, "--languages", "de", "--layer", "1")
    assert result.exit_code == 0, result.output
    assert "tatoeba: layer 1" in result.output
    assert "want of data" not in result.output
    assert "Best layer" not in result.output


@pytest.mark.parametrize(
    ("flags", "code", "message"),
    [
        (("--tasks", "tatoba"), 2, "Did you mean tatoeba?"),
        (("--tasks", "tatoeba", "--languages", "sw"), 4, "no pair of Tatoeba files for sw"),
        (("--tasks", "tatoeba", "--layer", "9"), 2, "no layer 9"),
        (("--tasks", "tatoeba", "--layer", "x"), 2, "--layer"),
    ],
)
def test_wrong_flags_are_explained(veco, tatoeba, tiny_model, flags, code, message):
    result = veco("xtreme", tiny_model, "--data", tatoeba, *flags)
    assert result.exit_code == code
    assert message in result.output

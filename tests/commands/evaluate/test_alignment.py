import json

from vecocli.mining import evaluate as mining


def test_writes_one_document(veco, gold, tiny_model, tmp_path):
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


def test_shows_a_table_and_what_it_found_out(veco, gold, tiny_model):
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


def test_passes_its_switches_on(veco, gold, tiny_model, monkeypatch):
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

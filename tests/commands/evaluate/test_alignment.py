import json

import pytest

from vecocli.mining import aligner as module
from vecocli.mining.calibration import Calibration

LANGUAGES = ("--source", "de", "--target", "en")


def test_writes_one_document(veco, gold, tiny_model, tmp_path):
    out = tmp_path / "new" / "result.json"
    result = veco("alignment", tiny_model, *gold, *LANGUAGES, "--out", out, "--json", "--max-length", 8)
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document == json.loads(out.read_text(encoding="utf-8"))
    rows = document["results"]
    methods = ("argmax", "itermax", "match", "ot", "softmax")
    assert [(row["aligner"], row["layer"]) for row in rows] == [(name, k) for name in methods for k in range(3)]
    assert document["gold_links"]["base"] == 1
    assert document["gold_links"]["sure"] == 13
    assert document["gold_links"]["sure_or_possible"] == 14
    assert document["gold_links"]["dropped"] == 1
    assert (document["n"], document["long"], document["unit"], document["dtype"]) == (4, 5, "subword", "fp32")
    best = min(rows, key=lambda row: row["aer"])
    assert document["best"] == {
        "aligner": best["aligner"], "layer": best["layer"], "by": "AER", "chosen_on": "the scored data itself"
    }  # fmt: skip
    assert {"veco", "torch", "transformers"} <= set(document["versions"])


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ((), ("4 sentence pairs: AER", "argmax", "softmax", "Best by AER")),
        (("--aligner", "match"), ("precision", "recall", "F1", "Best by AER")),
        (("--layer", "last"), ("precision", "argmax", "softmax", "Best by AER")),
    ],
)
def test_shows_a_table_and_what_it_found_out(veco, gold, tiny_model, flags, words):
    result = veco("alignment", tiny_model, *gold, *LANGUAGES, "--max-length", 8, *flags)
    for word in (*words, "counts words from 1", "1 of its links", "5 of 8 sentences were longer"):
        assert word in result.output


def test_passes_its_switches_on(veco, gold, tiny_model, monkeypatch):
    seen = []
    whole = module.AlignerSettings
    monkeypatch.setattr(module, "AlignerSettings", lambda *a, **k: seen.append(whole(*a, **k)) or seen[-1])
    flags = ("--layer", "2,0,-1", "--unit", "word", "--base", "1", "--precision", "bf16", "--max-length", "64")
    more = ("--aligner", "ot,argmax,ot", "--distortion", "0.5", "--on-long", "cut", "--bonus", "2")
    document = json.loads(veco("alignment", tiny_model, *gold, *LANGUAGES, "--json", *flags, *more, "--quiet").stdout)
    assert seen == [whole(("ot", "argmax"), (2, 0), "word", 0.5, 2.0, "cut", 64, "bf16")]
    assert (document["gold_links"]["base_from"], document["unit"]) == ("given", "word")


def test_one_layer_and_aligner_is_not_a_choice(veco, gold, tiny_model):
    flags = ("--json", "--layer", "last", "--aligner", "argmax")
    document = json.loads(veco("alignment", tiny_model, *gold, *LANGUAGES, *flags).stdout)
    assert document["best"] is None
    assert [row["layer"] for row in document["results"]] == [2]


def test_an_aligner_that_is_not_there(veco, gold, tiny_model):
    result = veco("alignment", tiny_model, *gold, *LANGUAGES, "--aligner", "argmin")
    assert (result.exit_code, "argmax" in result.output) == (2, True)


@pytest.fixture
def dictionary(tmp_path):
    path = tmp_path / "de-en.tsv"
    path.write_text("Katze\tcat\nHaus\thouse\nzwei\ttwo\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("layer", ["1", "all"])
def test_scores_a_dictionary_too(veco, gold, tiny_model, dictionary, layer):
    flags = ("--dictionary", dictionary, "--layer", layer, "--aligner", "argmax")
    result = veco("alignment", tiny_model, *gold, *LANGUAGES, *flags, "--json")
    rows = json.loads(result.stdout)["results"]
    layers = [1] if layer == "1" else [0, 1, 2]
    assert [row["aligner"] for row in rows] == [
        "dictionary",
        *["argmax"] * len(layers),
        *["argmax+dictionary"] * len(layers),
    ]
    assert rows[0]["layer"] is None
    assert (rows[0]["precision"], rows[0]["links"]) == (80.0, 5)
    shown = veco("alignment", tiny_model, *gold, *LANGUAGES, *flags).output
    assert "argmax+dictionary" in shown
    assert ("By the dictionary alone" in shown) == (layer == "all")


def test_fits_scores(veco, gold, tiny_model, tmp_path):
    path = tmp_path / "new" / "weights.json"
    flags = ("--layer", "1", "--aligner", "match", "--calibration", path)
    assert veco("alignment", tiny_model, *gold, *LANGUAGES, *flags).exit_code == 0
    assert list(Calibration.read(path).weights) == ["match"]
    again = veco("alignment", tiny_model, *gold, *LANGUAGES, *flags)
    assert (again.exit_code, "--overwrite" in again.output) == (2, True)
    refused = veco("alignment", tiny_model, *gold, *LANGUAGES, "--calibration", path, "--overwrite")
    assert (refused.exit_code, "one layer" in refused.output) == (2, True)


def test_a_result_is_not_replaced_unless_asked(veco, gold, tiny_model, tmp_path):
    out = tmp_path / "result.json"
    out.write_text("mine", encoding="utf-8")
    words = ("alignment", tiny_model, *gold, "--source", "de", "--target", "en", "--layer", "0", "--out", out)
    refused = veco(*words)
    assert (refused.exit_code, out.read_text(encoding="utf-8")) == (2, "mine")
    assert "--overwrite" in refused.output
    assert veco(*words, "--overwrite").exit_code == 0
    assert json.loads(out.read_text(encoding="utf-8"))["layer"] == "0"

import json

import pytest


def test_scores_what_is_there_and_names_what_is_not(veco, tatoeba, tiny_model):
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


def test_shows_one_layer(veco, tatoeba, tiny_model):
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

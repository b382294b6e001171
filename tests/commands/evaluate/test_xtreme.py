import json

import pytest


def test_scores_what_is_there_and_names_what_is_not(veco, tatoeba, tiny_model):
    words = ("xtreme", tiny_model, "--tasks", "tatoeba", "--data", tatoeba, "--layer", "all")
    document = json.loads(veco(*words, "--json").stdout)["tasks"]["tatoeba"]
    (german,) = document["languages"]["de"]
    assert (german["n"], german["data"]["layout"]) == (4, "laser")
    assert german["settings"]["layer"] == document["best"]["layer"]
    assert document["average"]["over"] == ["de"]
    assert document["average"]["xtreme"] == german["scores"]["xtreme"]
    best = next(row for row in document["average"]["layers"] if row["layer"] == document["best"]["layer"])
    assert set(best) == {"layer", "en->xx", "xx->en", "mexa"}
    assert german["scores"]["sane"]["accuracy"] == (best["en->xx"] + best["xx->en"]) / 2
    assert len(document["missing"]) == 35
    shown = veco(*words).output
    for text in ("mean over 1 languages", "Best layer by mean", "not in the mean: af, ar", "accuracy (xtreme)"):
        assert text in shown


def test_shows_one_layer(veco, tatoeba, tiny_model):
    result = veco("xtreme", tiny_model, "--tasks", "tatoeba", "--data", tatoeba, "--languages", "de", "--layer", "1")
    assert result.exit_code == 0, result.output
    assert "en->xx (sane)" in result.output
    assert "Not scored" not in result.output
    assert "Best layer" not in result.output


def test_reports_are_of_all_that_is_in_the_folder(veco, tatoeba, tiny_model, tmp_path):
    for language in ("fr", "sw"):
        code = {"fr": "fra", "sw": "swh"}[language]
        for ending, other in (("eng", "eng"), ("deu", code)):
            text = (tatoeba / f"tatoeba.deu-eng.{ending}").read_text(encoding="utf-8")
            (tatoeba / f"tatoeba.{code}-eng.{other}").write_text(text, encoding="utf-8")
        words = ("--tasks", "tatoeba", "--data", tatoeba, "--languages", language, "--out", tmp_path / "out")
        assert veco("xtreme", tiny_model, *words).exit_code == 0
    report = (tmp_path / "out" / "report.csv").read_text(encoding="utf-8")
    assert "tatoeba,fr,0" in report and "tatoeba,sw,0" in report
    assert (tmp_path / "out" / "report.html").exists()


def test_tasks_without_data_are_named(veco, tatoeba, tiny_model):
    result = veco("xtreme", tiny_model, "--data", tatoeba)
    assert result.exit_code == 0, result.output
    assert "xnli: not scored, for want of data." in result.output


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

import json

import numpy as np
import pytest

from vecocli.benchmark.result import Result, summarised, write
from vecocli.xtreme.score import Measure

FACTS = {"truncated": 0, "settings": {}, "key": "0", "seconds": 1.0, "versions": {}, "model": {"name": "tiny"}}


@pytest.fixture
def results(tmp_path):
    """Write a run: results("name", {("xnli", "de", 1): 0.7}) of tests of 100 examples, that share right."""

    def written(name, rights, digest="same"):
        for (task, language, seed), right in rights.items():
            hits = 100.0 * (np.arange(100) < 100 * right)
            found = {"accuracy": Measure(float(hits.mean()), hits[:, None])}
            measures = {"xtreme": found, "sane": found}
            facts = {**FACTS, "data": {"digest": f"{digest} {task} {language}"}, **summarised(measures)}
            write(tmp_path / name, Result(task, language, seed, 100, measures=measures, **facts))
        return tmp_path / name

    return written


@pytest.fixture
def base(results):
    return results("base", {("xnli", "en", 1): 0.9, ("xnli", "de", 1): 0.6, ("tatoeba", "de", 0): 0.5})


@pytest.fixture
def aligned(results):
    return results("aligned", {("xnli", "en", 1): 0.9, ("xnli", "de", 1): 0.8, ("tatoeba", "de", 0): 0.9})


def test_the_document(veco, base, aligned, tmp_path):
    out = tmp_path / "compared" / "both.json"
    result = veco("compare", aligned, base, "--out", out, "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document == json.loads(out.read_text(encoding="utf-8"))
    assert (document["first"], document["second"], document["protocol"]) == (str(aligned), str(base), "xtreme")
    german = document["tasks"]["xnli"]["languages"]["de"]
    assert (german["n"], german["first"], german["second"], german["difference"]) == (100, 80.0, 60.0, 20.0)
    assert german["low"] < 20 < german["high"] and german["significant"]
    assert german["p_holm"] == pytest.approx(2 * german["p"])
    assert german["seeds"] == [
        {"first": 1, "second": 1, **{key: german[key] for key in ("difference", "low", "high", "p")}}
    ]
    average = document["tasks"]["xnli"]["average"]
    assert (average["over"], average["difference"], average["significant"]) == (["en", "de"], 10.0, True)
    assert (document["only_first"], document["only_second"]) == ({}, {})


def test_the_tables_name_the_runs_and_mark_what_is_significant(veco, base, aligned):
    shown = veco("compare", aligned, base).stdout
    assert "xnli: aligned minus base" in shown and "tatoeba: aligned minus base" in shown
    lines = [[cell.strip() for cell in line.split("│")[1:-1]] for line in shown.split("\n") if line.startswith("│")]
    rows = {line[0]: line for line in lines}
    assert lines[0] == ["en", "100", "90.0", "90.0", "+0.0", "+0.0 to +0.0", "1.000", "1.000", ""]
    assert lines[1][:5] == ["de", "100", "80.0", "60.0", "+20.0"] and lines[1][6:] == ["0.001", "0.002", "*"]
    assert (lines[2][:2], lines[2][-2:]) == (["average", "–"], ["–", "*"])
    assert (rows["xnli"][1], rows["tatoeba"][4]) == ("2", "+40.0")
    assert "Averages over languages: aligned minus base" in shown
    assert "Compared with the same seed 1: xnli\n" in shown and "Compared with the same seed 0: tatoeba\n" in shown


def test_one_task_needs_no_table_of_averages(veco, base, aligned):
    shown = veco("compare", base, aligned, "--tasks", "xnli", "--protocol", "sane").stdout
    assert "xnli: base minus aligned" in shown and "Averages" not in shown and "tatoeba" not in shown


def test_seeds_and_what_only_one_has_are_named(veco, base, results):
    other = results("other", {("xnli", "de", 7): 0.5, ("xnli", "fr", 7): 0.5, ("pawsx", "de", 7): 0.5})
    shown = veco("compare", base, other).stdout
    assert "They share no seed; seed 1 of base is compared with seed 7 of other: xnli" in shown
    assert "Only base has: xnli en; tatoeba de" in shown and "Only other has: xnli fr; pawsx de" in shown


def test_several_seeds_are_told(veco, results):
    rights = {("xnli", "de", seed): 0.5 for seed in (1, 2, 3)}
    assert (
        "Compared with the same seeds 1, 2, 3: xnli"
        in veco("compare", results("a", rights), results("b", rights)).stdout
    )


def test_folders_of_one_name_are_told_by_their_paths(veco, results):
    one, two = (results(f"{name}/run", {("xnli", "de", 0): 0.5}) for name in ("a", "b"))
    assert f"xnli: {one} minus {two}" in veco("compare", one, two).stdout


@pytest.mark.parametrize(
    ("digest", "flags", "code", "said"),
    [
        ("other", [], 3, "different data: xnli en, xnli de, tatoeba de"),
        ("same", ["--tasks", "panx"], 2, "neither folder has results of 'panx'"),
        ("same", ["--protocol", "own"], 2, "own"),
    ],
)
def test_what_cannot_be_compared_is_refused(veco, base, results, digest, flags, code, said):
    rights = {("xnli", "en", 1): 0.9, ("xnli", "de", 1): 0.6, ("tatoeba", "de", 0): 0.5}
    result = veco("compare", base, results("other", rights, digest), *flags)
    assert (result.exit_code, said in result.stderr, result.stdout) == (code, True, "")


def test_a_folder_without_results_and_a_result_in_the_way_are_named(veco, base, tmp_path):
    nothing = veco("compare", base, tmp_path / "nothing")
    assert (nothing.exit_code, "there are no results in it" in nothing.stderr) == (3, True)
    kept = tmp_path / "kept.json"
    kept.write_text("{}", encoding="utf-8")
    assert veco("compare", base, base, "--out", kept).exit_code == 2

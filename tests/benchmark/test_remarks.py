import pytest

from vecocli.benchmark.remarks import about_average, about_part, about_task, remarks
from vecocli.benchmark.reported import run_of
from vecocli.xtreme.metrics.averages import TASKS

PLAIN = {"max_length": 128, "precision": "fp32", "split": "test", "limit": None}


def said(results):
    return " ".join(remarks(run_of("run", results)))


def test_a_whole_run_has_nothing_to_say_but_its_layouts(whole):
    run = run_of("run", [one for task in TASKS for one in whole(task, n=3)])
    assert remarks(run) == [f"Layouts of the data: xtreme ({', '.join(TASKS)})."]
    assert about_average(run.tables["xtreme"]) == about_part(run) == ""


def test_missing_tasks_are_named_with_the_average_of_the_others(make):
    table = run_of("run", [make(task, "en", right=1.0) for task in ("xnli", "pawsx")]).tables["xtreme"]
    assert about_average(table) == (
        "The average is over 2 of 9 tasks, without udpos, panx, xquad, mlqa, tydiqa, bucc2018, tatoeba: 100.0. "
        "It does not compare with averages over all of them."
    )
    assert about_task(table.tasks[1]) == "pawsx: 1 of 7 languages, without de, es, fr, ja, ko, zh."


def test_missing_languages_make_an_average_of_nine_tasks_incomparable(whole):
    results = [one for task in TASKS for one in whole(task, n=3)]
    run = run_of("run", [one for one in results if (one.task, one.language) != ("panx", "yo")])
    assert about_average(run.tables["xtreme"]).startswith("Languages are missing in panx: the average does not compare")


def test_a_part_of_the_test_and_other_data_are_named_with_their_tasks(make):
    results = [
        make("xnli", "en", settings={**PLAIN, "limit": 200}),
        make("pawsx", "en", settings={**PLAIN, "limit": 200}),
        make("udpos", "en", settings={**PLAIN, "split": "dev"}),
        make("panx", "en"),
    ]
    assert about_part(run_of("run", results)) == (
        "Scored on only the first 200 examples of a language (xnli, pawsx); dev in place of the test (udpos): "
        "not comparable with scores of the whole test."
    )
    assert "only the first 200 examples" in said(results)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"truncated": 3}, "xnli: 3 of 100 examples were too long and not read whole."),
        ({"settings": {**PLAIN, "precision": "bf16"}}, "xnli: computed in bf16"),
        ({"settings": {**PLAIN, "layers": [7, 8]}}, "xnli: the layer was chosen on the scored data itself"),
        ({"model": {"name": "other"}}, "xnli: its results are of different encoders: tiny, other."),
        ({"model": {"name": "tiny", "digest": "2"}}, "xnli: its languages were scored with different models."),
        ({"seed": 2}, "xnli: not all languages have the same seeds."),
        ({"data": {"layout": "xnli"}}, "Layouts of the data: xtreme (xnli); xnli (xnli)."),
        ({"versions": {"veco": "0.2.0"}}, "Results were made with several versions: veco 0.1.0, 0.2.0."),
    ],
)
def test_what_is_not_as_usual_is_said(make, facts, words):
    usual = make("xnli", "en")
    assert words not in said([usual, make("xnli", "de")])
    assert words in said([usual, make("xnli", "de", **facts)])


def test_texts_of_retrieval_that_were_cut_are_not_a_share_of_its_pairs(make):
    assert "tatoeba: 70 texts were too long and not read whole." in said([make("tatoeba", "de", truncated=70)])


def test_what_seeds_share_is_counted_once(make):
    results = [make("xnli", "de", seed, truncated=cut) for seed, cut in ((1, 3), (2, 4))]
    assert "xnli: 4 of 50 examples were too long and not read whole." in said(results)


@pytest.mark.parametrize(("split", "warned"), [("test", False), ("dev", True)])
def test_a_layer_of_bucc_is_chosen_on_its_development_set(make, split, warned):
    settings = {**PLAIN, "layers": [7, 8], "split": split}
    assert ("chosen on the scored data itself" in said([make("bucc2018", "de", settings=settings)])) == warned


def test_results_without_facts_are_no_trouble(make):
    bare = make("xnli", "en", model={}, data={}, settings={}, versions={})
    assert said([bare]).endswith("ur, vi, zh.")

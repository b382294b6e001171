import pytest

from vecocli.benchmark.grids import (
    MEASURES,
    NOTHING,
    TITLES,
    categories,
    category_cell,
    languages,
    measure,
    overview,
    row_cell,
    same_in_both,
    task_cell,
)
from vecocli.benchmark.reported import run_of
from vecocli.xtreme.metrics.averages import TASKS
from vecocli.xtreme.score import Measure


def fixed(value, exact=None):
    found = {"accuracy": Measure(value)} if exact is None else {"f1": Measure(value), "exact_match": Measure(exact)}
    return {"xtreme": found, "sane": found}


@pytest.fixture
def run(make):
    values = {("en", 1): 80.0, ("en", 2): 84.0, ("de", 1): 70.0, ("de", 2): 70.0}
    pairs = [make("xnli", code, seed, measures=fixed(value)) for (code, seed), value in values.items()]
    return run_of("run", [*pairs, make("mlqa", "en", measures=fixed(81.25, 60.0))])


def test_the_overview_has_all_tasks_and_the_average_only_if_all_are_there(run):
    grid = overview([run], "xtreme")
    assert grid.head == ("", *(TITLES[task] for task in TASKS), "average")
    assert grid.rows == (
        ("run", "76.0*", *[NOTHING] * 4, "81.2/60.0*", *[NOTHING] * 4),
        ("±", "1.4", *[""] * 9),
    )
    assert [note.partition(":")[0] for note in grid.notes] == ["±", "*", "F1/exact match"]


def test_a_whole_run_has_an_average_without_a_mark(whole):
    results = [one for task in TASKS for one in whole(task, n=4)]
    run = run_of("whole", results)
    average = run.tables["xtreme"].average.value
    assert overview([run], "xtreme").rows[0][-1] == f"{average:.1f}"
    assert categories([run], "sane").rows[0][-1] == f"{run.tables['sane'].by_category.value:.1f}"
    part = run_of("part", [one for one in results if (one.task, one.language) != ("xnli", "ar")])
    assert overview([part], "xtreme").rows[0][-1].endswith("*")
    assert categories([part], "xtreme").rows[0][-1].endswith("*")
    assert [cell[-1] == "*" for cell in categories([part], "xtreme").rows[0][1:-1]] == [True, False, False, False]


def test_categories_are_marked_where_a_task_is_missing(run):
    grid = categories([run], "xtreme")
    assert grid.head[1:] == ("classification", "structured", "questions", "retrieval", "average of the four")
    assert grid.rows == (("run", "76.0*", NOTHING, "70.6*", NOTHING, NOTHING),)
    assert category_cell(run.tables["xtreme"], "retrieval") == NOTHING


def test_a_task_has_its_languages_as_columns_then_average_and_gap(run, make):
    other = run_of("other", [make("xnli", "de", measures=fixed(50.0))])
    grid = languages([run, other, run_of("none", [make("panx", "de")])], "xnli", "xtreme")
    assert grid.title == "XNLI: accuracy, protocol xtreme"
    assert grid.head == ("", "en", "de", "average", "gap")
    assert grid.rows == (
        ("run", "82.0", "70.0", "76.0*", "12.0"),
        ("±", "2.8", "0.0", "1.4", ""),
        ("other", NOTHING, "50.0", "50.0*", NOTHING),
    )


def test_every_task_has_a_title_and_says_what_its_scores_are():
    assert list(TITLES) == list(TASKS)
    assert set(MEASURES) == set(TASKS)
    assert (measure("udpos", "xtreme"), measure("udpos", "sane")) == MEASURES["udpos"]


def test_retrieval_has_no_gap(make):
    assert languages([run_of("run", [make("tatoeba", "de")])], "tatoeba", "sane").head == ("", "de", "average")


def test_cells_of_questions_have_both_scores(run):
    task = run.tables["xtreme"].tasks[1]
    assert (row_cell(task.rows[0]), task_cell(task)) == ("81.2/60.0", "81.2/60.0*")


def test_protocols_may_show_the_same(make):
    assert same_in_both([run_of("run", [make("xnli", "de")])], "xnli")
    assert not same_in_both([run_of("run", [make("udpos", "de")])], "udpos")

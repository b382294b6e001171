import pytest

from vecocli.benchmark.table import Score, tabulate
from vecocli.errors import DataError, UsageError
from vecocli.xtreme.metrics.averages import TASKS, Average
from vecocli.xtreme.score import Measure


def of(value):
    """Measures that show one value in both protocols."""
    return {"xtreme": {"accuracy": Measure(value)}, "sane": {"accuracy": Measure(value - 1)}}


def test_a_language_has_the_mean_and_the_deviation_over_its_seeds(make):
    results = [make("xnli", "de", seed, measures=of(value)) for seed, value in ((3, 64.0), (1, 60.0), (2, 62.0))]
    row = tabulate(results, "xtreme").tasks[0].rows[0]
    assert row.score == Score(62.0, (1, 2, 3), 2.0, None)
    assert row.score.ends == (60.0, 64.0)
    assert tabulate(results, "sane").tasks[0].rows[0].score.value == 61.0


def test_one_seed_has_the_interval_of_its_examples(make):
    result = make("xnli", "de", seed=4)
    score = tabulate([result], "xtreme").tasks[0].rows[0].score
    assert (score.seeds, score.deviation) == ((4,), None)
    assert score.interval == score.ends == result.intervals["xtreme"]
    assert score.interval[0] < score.value < score.interval[1]


def test_english_comes_first_and_the_others_by_code(make):
    table = tabulate([make("xnli", code) for code in ("zh", "en", "ar")], "xtreme")
    assert [row.language for row in table.tasks[0].rows] == ["en", "ar", "zh"]


def test_an_average_says_which_languages_it_lacks(make):
    results = [make("pawsx", code, measures=of(value)) for code, value in (("en", 90.0), ("de", 80.0), ("ja", 70.0))]
    task = tabulate(results, "xtreme").tasks[0]
    assert task.average == Average(80.0, ("de", "en", "ja"), ("es", "fr", "ko", "zh"))
    assert task.gap == Average(15.0, ("de", "ja"), ("es", "fr", "ko", "zh"))
    assert task.answers is None


def test_questions_show_the_mean_of_both_scores_and_carry_each(make):
    both = {"f1": Measure(80.0), "exact_match": Measure(60.0)}
    lower = {"f1": Measure(70.0), "exact_match": Measure(30.0)}
    results = [make("mlqa", code, measures={"xtreme": one, "sane": one}) for code, one in (("en", both), ("de", lower))]
    task = tabulate(results, "xtreme").tasks[0]
    assert (task.average.value, task.answers) == (60.0, (75.0, 45.0))
    assert task.rows[0].metrics == {"f1": 80.0, "exact_match": 60.0}
    assert task.gap is not None and task.gap.value == 20.0


@pytest.mark.parametrize(
    ("task", "codes"), [("tatoeba", ("de", "fr")), ("xnli", ("de", "fr")), ("xnli", ("en",))], ids=str
)
def test_there_is_no_gap_in_retrieval_nor_without_english_and_another(make, task, codes):
    assert tabulate([make(task, code) for code in codes], "xtreme").tasks[0].gap is None


def test_the_deviation_of_an_average_is_over_the_seeds_that_all_languages_have(make):
    values = {("en", 1): 80.0, ("en", 2): 90.0, ("de", 1): 60.0, ("de", 2): 70.0, ("de", 3): 10.0}
    results = [make("xnli", code, seed, measures=of(value)) for (code, seed), value in values.items()]
    task = tabulate(results, "xtreme").tasks[0]
    assert task.deviation == pytest.approx(50**0.5)  # of 70 and 80
    alone = [one for one in results if one.seed != 2]
    assert tabulate(alone, "xtreme").tasks[0].deviation is None


def test_all_nine_tasks_have_an_average(whole):
    table = tabulate([one for task in TASKS for one in whole(task, n=5)], "xtreme")
    assert [task.name for task in table.tasks] == list(TASKS)
    assert table.comparable
    assert table.overall == pytest.approx(sum(task.average.value for task in table.tasks) / 9)
    assert set(table.categories) == {"classification", "structured", "qa", "retrieval"}
    assert table.by_category.complete


def test_a_missing_language_makes_the_average_incomparable(whole):
    results = [one for task in TASKS for one in whole(task, n=5)]
    table = tabulate([one for one in results if (one.task, one.language) != ("panx", "yo")], "xtreme")
    assert (table.overall is None, table.comparable) == (False, False)


def test_a_missing_task_leaves_no_average_but_says_over_what_there_is_one(make):
    table = tabulate([make("xnli", "en", measures=of(80.0)), make("udpos", "en", measures=of(60.0))], "xtreme")
    assert table.overall is None
    assert (table.average.value, table.average.over) == (70.0, ("xnli", "udpos"))
    assert "bucc2018" in table.average.missing
    assert table.categories["structured"] == Average(60.0, ("udpos",), ("panx",))


def test_a_table_knows_its_tasks(make):
    table = tabulate([make("xnli", "en")], "xtreme")
    assert table.task("xnli") is table.tasks[0]
    assert table.task("panx") is None


def test_counts_of_what_was_cut_are_of_the_seed_with_the_most(make):
    results = [make("xnli", "de", seed, truncated=cut) for seed, cut in ((1, 4), (2, 7))]
    row = tabulate(results, "xtreme").tasks[0].rows[0]
    assert (row.truncated, row.n) == (7, 50)


def test_what_only_one_seed_measured_is_no_metric_of_the_row(make):
    results = [make("xnli", "de", 1), make("xnli", "de", 2, measures={**of(60.0)})]
    assert set(tabulate(results, "sane").tasks[0].rows[0].metrics) == {"accuracy"}


def test_results_that_cannot_be_summed_up_are_refused(make):
    with pytest.raises(DataError, match="nothing to average"):
        tabulate([], "xtreme")
    with pytest.raises(DataError, match="xnli has two results of de with one seed"):
        tabulate([make("xnli", "de"), make("xnli", "de")], "xtreme")
    with pytest.raises(UsageError, match="'xx'"):
        tabulate([make("xnli", "xx")], "xtreme")
    with pytest.raises(UsageError, match="'xnl1'"):
        tabulate([make("xnl1", "de")], "xtreme")

import pytest

from vecocli.errors import DataError, UsageError
from vecocli.xtreme.metrics.averages import (
    CATEGORIES,
    TASKS,
    Average,
    answer_mean,
    category_mean,
    category_means,
    mean,
    task_mean,
    transfer_gap,
)

COLUMNS = ["xnli", "pawsx", "udpos", "panx", "xquad", "mlqa", "tydiqa", "bucc2018", "tatoeba"]


def scores(row):
    """Scores by task from a row of a published table, where answers are F1/EM and - is not published."""
    cells = dict(zip(COLUMNS, row.split(), strict=True))
    return {
        task: sum(map(float, cell.split("/"))) / len(cell.split("/")) for task, cell in cells.items() if cell != "-"
    }


@pytest.mark.parametrize(
    ("row", "published"),
    [
        ("67.4 81.3 73.5 58.3 64.4/46.2 60.3/41.4 58.1/43.8 59.8 37.9", 59.5),  # MMTE
        ("65.4 81.9 70.3 62.2 64.5/49.4 61.4/44.2 59.7/43.9 56.7 38.7", 59.6),  # mBERT
        ("69.1 80.9 70.1 61.2 59.8/44.3 48.5/32.6 43.6/29.1 56.8 32.6", 55.5),  # XLM
        ("79.2 86.4 72.6 65.4 76.6/60.8 71.6/53.2 65.1/45.0 66.0 57.3", 68.1),  # XLM-R large
        ("82.8 90.2 72.6 65.4 80.0/65.8 73.0/54.3 74.5/58.3 80.2 75.2", 74.4),  # XLM-R large, all translations
        ("83.0 91.1 75.1 65.7 79.9/66.3 73.1/54.9 75.0/58.9 89.3 86.9", 77.2),  # VECO_out, all translations
        ("84.3 92.8 79.8 71.0 83.9/70.9 77.5/59.3 79.4/63.7 92.6 91.1", 81.0),  # VECO_in, all translations
    ],
)
def test_published_averages_come_out(row, published):
    average = task_mean(scores(row))
    assert round(average.value, 1) == published
    assert average.complete
    assert set(average.over) == set(COLUMNS)


@pytest.mark.parametrize(
    ("row", "by_task", "by_category"),
    [
        ("80.0 87.9 74.9 64.0 78.7/63.3 72.4/53.7 76.0/59.5 - -", 72.7, 73.5),  # STiLTs
        ("80.8 87.5 76.5 70.1 79.6/64.0 73.1/55.0 77.0/63.0 - -", 74.4, 75.4),  # RemBERT
        ("83.0 91.1 75.1 65.7 79.9/66.3 73.1/54.9 75.0/58.9 - -", 74.1, 75.1),  # VECO_out, all translations
    ],
)
def test_published_averages_without_retrieval_come_out(row, by_task, by_category):
    for average, published in ((task_mean(scores(row)), by_task), (category_mean(scores(row)), by_category)):
        assert average.value == pytest.approx(published, abs=0.1)  # the row itself is rounded
        assert average.missing == ("bucc2018", "tatoeba")
        assert not average.complete


def test_the_two_averages_weigh_tasks_differently():
    row = dict.fromkeys(TASKS, 0.0) | {"xquad": 90.0}
    assert task_mean(row).value == pytest.approx(10)
    assert category_mean(row).value == pytest.approx(7.5)
    assert category_mean(row) == Average(pytest.approx(7.5), TASKS, ())


def test_categories_name_what_they_are_over():
    means = category_means({"panx": 60.0, "xnli": 70.0, "pawsx": 80.0})
    assert means == {
        "classification": Average(75.0, ("xnli", "pawsx"), ()),
        "structured": Average(60.0, ("panx",), ("udpos",)),
    }
    part = category_mean({"panx": 60.0, "xnli": 70.0, "pawsx": 80.0})
    assert (part.value, part.over) == (67.5, ("xnli", "pawsx", "panx"))
    assert part.missing == ("udpos", "xquad", "mlqa", "tydiqa", "bucc2018", "tatoeba")


def test_the_benchmark_has_nine_tasks_in_four_categories():
    assert len(CATEGORIES) == 4
    assert sorted(TASKS) == sorted(COLUMNS)


def test_a_mean_is_over_what_is_there_in_the_order_of_the_names():
    assert mean({"zh": 40.0, "en": 80.0}, ("en", "de", "zh")) == Average(60.0, ("en", "zh"), ("de",))


def test_answers_are_half_exact_match_and_half_f1():
    average = answer_mean({"en": 60.0, "zh": 40.0}, {"en": 80.0, "zh": 50.0}, ("en", "zh", "th"))
    assert average == Average(57.5, ("en", "zh"), ("th",))


def test_exact_match_and_f1_must_be_of_the_same_languages():
    with pytest.raises(DataError, match="only one of exact match and F1 is there for de, zh"):
        answer_mean({"en": 1.0, "de": 1.0}, {"en": 1.0, "zh": 1.0}, ("en", "de", "zh"))


def test_the_gap_is_english_less_the_mean_of_the_rest():
    gap = transfer_gap({"en": 90.0, "zh": 60.0, "de": 80.0}, ("de", "en", "sw", "zh"))
    assert gap == Average(20.0, ("de", "zh"), ("sw",))


def test_a_gap_may_be_below_zero():
    assert transfer_gap({"en": 50.0, "de": 60.0}, ("en", "de")).value == -10


@pytest.mark.parametrize("given", [{"de": 1.0}, {"en": 1.0}, {}])
def test_a_gap_needs_english_and_another_language(given):
    with pytest.raises(DataError):
        transfer_gap(given, ("en", "de"))


@pytest.mark.parametrize("average", [task_mean, category_means, category_mean])
def test_nothing_cannot_be_averaged(average):
    with pytest.raises(DataError, match="nothing to average"):
        average({})
    with pytest.raises(UsageError, match="no 'xnl1' to average") as caught:
        average({"xnl1": 1.0, "panx": 1.0})
    assert "xnli" in caught.value.hint


def test_an_unknown_language_is_refused():
    for average in (mean, transfer_gap):
        with pytest.raises(UsageError, match="no 'xx' to average"):
            average({"en": 1.0, "de": 1.0, "xx": 1.0}, ("en", "de"))

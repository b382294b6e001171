import pytest

from vecocli.benchmark.order import english_first, in_order, languages_of
from vecocli.errors import UsageError
from vecocli.xtreme.metrics.averages import TASKS


def test_tasks_stand_as_in_the_benchmark_and_unknown_ones_last():
    assert in_order(sorted(TASKS)) == list(TASKS)
    assert in_order({"zz", "aa", "tatoeba", "xnli"}) == ["xnli", "tatoeba", "aa", "zz"]


def test_english_stands_before_languages_by_code():
    assert english_first({"zh", "en", "ar"}) == ["en", "ar", "zh"]
    assert english_first(["zh", "de"]) == ["de", "zh"]


def test_every_task_of_the_benchmark_has_its_languages():
    numbers = {task: len(languages_of(task)) for task in TASKS}
    assert list(numbers.values()) == [15, 7, 33, 40, 11, 7, 9, 4, 36]
    with pytest.raises(UsageError, match="no task is called"):
        languages_of("xnl1")

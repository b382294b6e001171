import numpy as np
import pytest

from vecocli.benchmark.compare import compare
from vecocli.benchmark.result import read_counts
from vecocli.errors import DataError
from vecocli.xtreme.metrics.bootstrap import paired
from vecocli.xtreme.score import Measure


@pytest.fixture
def two(folder, make):
    """Two runs of XNLI with one seed; the second is better in Chinese alone."""
    rights = {"en": 0.9, "de": 0.7, "zh": 0.4}
    first = [make("xnli", code, right=right, n=200) for code, right in rights.items()]
    second = [make("xnli", code, right=0.8 if code == "zh" else right, n=200) for code, right in rights.items()]
    return folder("first", first), folder("second", second)


def test_a_language_is_compared_by_the_paired_bootstrap_of_its_examples(two):
    (task,) = compare(*two).tasks
    chinese = next(one for one in task.languages if one.language == "zh")
    counts = [read_counts(one / "results" / "xnli" / "zh-0.json", "xtreme")["accuracy"] for one in two]
    expected = paired(*(one.counts[:, 0] for one in counts), seed=0)
    assert chinese.comparison.difference == expected.difference
    assert chinese.comparison.p_value == expected.p_value == pytest.approx(1 / 1001)
    assert (chinese.first, chinese.second) == tuple(one.value for one in counts)
    assert (chinese.n, chinese.seeds, chinese.by_seed) == (200, ((0, 0),), ())


def test_what_differs_is_significant_and_what_does_not_is_not(two):
    (task,) = compare(*two).tasks
    assert {one.language: one.significant for one in task.languages} == {"en": False, "de": False, "zh": True}
    assert [one.comparison.p_value for one in task.languages][:2] == [1.0, 1.0]
    assert task.languages[2].adjusted == pytest.approx(3 / 1001)
    assert task.significant and task.comparison.difference.high < 0


def test_the_average_differs_by_the_mean_of_the_languages_differences(two):
    (task,) = compare(*two, "sane", resamples=200).tasks
    gaps = [one.comparison.difference.value for one in task.languages]
    assert task.comparison.difference.value == pytest.approx(np.mean(gaps)) == pytest.approx(task.first - task.second)
    assert task.comparison.difference.resamples == 200


def test_turned_round_the_difference_has_the_other_sign(two):
    (there,), (back,) = compare(*two).tasks, compare(*reversed(two)).tasks
    assert there.comparison.difference.value == -back.comparison.difference.value
    assert there.comparison.p_value == back.comparison.p_value
    assert there.comparison.difference.low == pytest.approx(-back.comparison.difference.high)


def test_a_run_does_not_differ_from_itself(two):
    (task,) = compare(two[0], two[0], resamples=50).tasks
    assert not task.significant
    assert {one.adjusted for one in task.languages} == {1.0}


def test_seeds_are_compared_one_by_one_and_together(folder, make):
    one = folder("one", [make("panx", "de", seed, right=0.5) for seed in (1, 2)])
    other = folder("other", [make("panx", "de", seed, right=0.6) for seed in (2, 1)])
    (language,) = compare(one, other, resamples=100).tasks[0].languages
    values = [found.difference.value for found in language.by_seed]
    assert language.seeds == ((1, 1), (2, 2)) and len(values) == 2
    assert language.comparison.difference.value == pytest.approx(np.mean(values))
    whole = language.comparison.difference
    assert whole.high - whole.low < max(found.difference.high - found.difference.low for found in language.by_seed)


def test_questions_are_compared_by_the_mean_of_both_scores(folder, make):
    def run(name, f1, exact):
        both = {"f1": (f1, 100.0), "exact_match": (exact, 100.0)}
        found = {key: Measure(float(np.mean(each)), np.array(each)[:, None]) for key, each in both.items()}
        return folder(name, [make("xquad", "de", n=2, measures={"xtreme": found, "sane": found})])

    (language,) = compare(run("one", 80.0, 0.0), run("two", 40.0, 20.0), resamples=20).tasks[0].languages
    assert (language.first, language.second) == (70.0, 65.0)


def test_progress_counts_languages(two):
    seen = []
    compare(*two, resamples=5, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_tasks_can_be_chosen_and_what_one_lacks_is_named(folder, make):
    one = folder("one", [make("xnli", "de"), make("panx", "de"), make("tatoeba", "fr")])
    other = folder("other", [make("panx", "de"), make("xnli", "de"), make("xnli", "en")])
    whole = compare(one, other, resamples=5)
    assert [task.task for task in whole.tasks] == ["xnli", "panx"]
    assert (whole.only_first, whole.only_second) == ({"tatoeba": ("fr",)}, {"xnli": ("en",)})
    chosen = compare(one, other, tasks=["panx"], resamples=5)
    assert ([task.task for task in chosen.tasks], chosen.only_first, chosen.only_second) == (["panx"], {}, {})


def test_other_data_are_refused(folder, make):
    with pytest.raises(DataError, match="different data: xnli de"):
        compare(folder("one", [make("xnli", "de")]), folder("two", [make("xnli", "de", n=40)]))

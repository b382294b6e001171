import numpy as np
import pytest

from vecocli.benchmark.pairing import counts_of, pair_up
from vecocli.benchmark.result import place
from vecocli.errors import DataError, UsageError
from vecocli.xtreme.score import Measure


def test_languages_that_both_have_are_paired_and_others_named(folder, make):
    one = folder("one", [make("xnli", code) for code in ("de", "en", "fr")] + [make("panx", "en")])
    two = folder("two", [make("xnli", code) for code in ("en", "zh", "de")] + [make("tatoeba", "de")])
    common = pair_up(one, two)
    assert {task: [pair.language for pair in pairs] for task, pairs in common.tasks.items()} == {"xnli": ["en", "de"]}
    assert common.only_first == {"xnli": ("fr",), "panx": ("en",)}
    assert common.only_second == {"xnli": ("zh",), "tatoeba": ("de",)}


@pytest.mark.parametrize(
    ("first", "second", "paired"),
    [
        ((1, 2), (2, 1), ((1, 1), (2, 2))),
        ((1, 2, 3), (3, 4), ((3, 3),)),
        ((1, 2), (4, 3), ((1, 3),)),
        ((0,), (0,), ((0, 0),)),
    ],
)
def test_seeds_that_both_have_are_paired_else_the_first_of_each(folder, make, first, second, paired):
    one = folder("one", [make("xnli", "de", seed) for seed in first])
    two = folder("two", [make("xnli", "de", seed) for seed in second])
    (pair,) = pair_up(one, two).tasks["xnli"]
    assert (pair.seeds, pair.n) == (paired, 50)


def test_other_data_are_refused_all_in_one_message(folder, make):
    one = folder("one", [make("xnli", "de"), make("xnli", "en"), make("panx", "de"), make("pawsx", "de")])
    other = {"layout": "xtreme", "digest": "other"}
    two = folder(
        "two", [make("xnli", "de", data=other), make("xnli", "en"), make("panx", "de", n=40), make("pawsx", "de")]
    )
    with pytest.raises(DataError, match=r"different data: xnli de, panx de$") as caught:
        pair_up(one, two)
    assert "--tasks" in caught.value.hint
    assert list(pair_up(one, two, ["pawsx"]).tasks) == ["pawsx"]


def test_a_seed_of_other_data_is_noticed_too(folder, make):
    one = folder("one", [make("xnli", "de", 1), make("xnli", "de", 2, data={"digest": "other"})])
    with pytest.raises(DataError, match="different data: xnli de"):
        pair_up(one, folder("two", [make("xnli", "de", 1)]))


def test_nothing_in_common_and_unknown_tasks_are_refused(folder, make, tmp_path):
    one, two = folder("one", [make("xnli", "de")]), folder("two", [make("xnli", "en"), make("panx", "de")])
    with pytest.raises(DataError, match="share no language"):
        pair_up(one, two)
    with pytest.raises(UsageError, match="neither folder has results of 'xnl'") as caught:
        pair_up(one, two, ["xnl"])
    assert "xnli" in caught.value.hint
    with pytest.raises(DataError, match="there are no results in it"):
        pair_up(one, tmp_path / "nothing")


def test_counts_of_all_seeds_stand_side_by_side_and_score_their_mean(folder, make):
    results = [make("udpos", "de", seed, right=0.5) for seed in (1, 2)]
    others = [make("udpos", "de", seed, right=0.8) for seed in (1, 2)]
    one, two = folder("one", results), folder("two", others)
    (pair,) = pair_up(one, two).tasks["udpos"]
    counts = counts_of(pair, one, two, "xtreme")
    assert counts.first.shape == counts.second.shape == (50, 6)
    shown = [result.shown["xtreme"] for result in results]
    assert float(counts.statistic(counts.first.sum(0))) == pytest.approx(sum(shown) / 2)
    assert float(counts.by_seed(counts.first[:, 3:].sum(0))) == pytest.approx(shown[1])
    several = counts.statistic(np.stack([counts.first.sum(0), counts.second.sum(0)]))
    assert several[1] == pytest.approx(sum(other.shown["xtreme"] for other in others) / 2)


@pytest.mark.parametrize("task", ["xnli", "xquad", "udpos", "panx", "tatoeba"])
@pytest.mark.parametrize("protocol", ["xtreme", "sane"])
def test_what_is_compared_is_what_a_table_shows(folder, make, task, protocol):
    result = make(task, "de")
    one = folder("one", [result])
    (pair,) = pair_up(one, one).tasks[task]
    counts = counts_of(pair, one, one, protocol)
    assert float(counts.statistic(counts.second.sum(0))) == pytest.approx(result.shown[protocol])


def test_counts_that_do_not_fit_or_are_not_there_are_refused(folder, make):
    short = {name: {"accuracy": Measure(50.0, np.full((7, 1), 50.0))} for name in ("xtreme", "sane")}
    one, two = folder("one", [make("xnli", "de")]), folder("two", [make("xnli", "de", measures=short)])
    (pair,) = pair_up(one, two).tasks["xnli"]
    with pytest.raises(DataError, match=r"two.results.xnli.de-0\.json: its counts are not like those in"):
        counts_of(pair, one, two, "xtreme")
    place(two, "xnli", "de", 0).with_suffix(".npz").unlink()
    with pytest.raises(DataError, match="not the counts of a result"):
        counts_of(pair, one, two, "xtreme")


def test_counts_of_examples_in_another_order_are_refused(folder, make):
    gold = np.arange(1.0, 9.0)
    runs = []
    for name, order in (("one", gold), ("two", gold[::-1])):
        found = {"f1": Measure(100.0, np.stack([order] * 3, axis=1), "f1")}
        runs.append(folder(name, [make("panx", "de", n=8, measures={"xtreme": found, "sane": found})]))
    (pair,) = pair_up(*runs).tasks["panx"]
    assert counts_of(pair, runs[0], runs[0], "sane").first.shape == (8, 3)
    with pytest.raises(DataError, match="its counts are not like those in"):
        counts_of(pair, *runs, "xtreme")


def test_a_score_that_cannot_be_taken_apart_cannot_be_compared(folder, make):
    whole = {name: {"macro_f1": Measure(50.0)} for name in ("xtreme", "sane")}
    one = folder("one", [make("xnli", "de", measures=whole)])
    (pair,) = pair_up(one, one).tasks["xnli"]
    with pytest.raises(DataError, match="does not say what each example adds to macro_f1"):
        counts_of(pair, one, one, "xtreme")

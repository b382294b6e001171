import pytest

from vecocli.benchmark.reported import distinct, open_runs, run_of, tasks_of
from vecocli.errors import DataError, UsageError


def test_runs_are_called_by_their_folders_names(folder, make):
    base, aligned = folder("base", [make("xnli", "en")]), folder("aligned", [make("xnli", "en", right=0.9)])
    runs = open_runs([base, aligned])
    assert [run.name for run in runs] == ["base", "aligned"]
    assert [len(run.results) for run in runs] == [1, 1]
    assert runs[1].tables["sane"].tasks[0].name == "xnli"


def test_runs_of_one_name_are_called_by_their_paths(folder, make):
    one, two = folder("a/run", [make("xnli", "en")]), folder("b/run", [make("xnli", "en")])
    assert [run.name for run in open_runs([one, two])] == [str(one), str(two)]


def test_a_folder_named_twice_and_one_without_results_are_refused(folder, make, tmp_path):
    base = folder("base", [make("xnli", "en")])
    with pytest.raises(UsageError, match="named twice"):
        open_runs([base, base / ".." / "base"])
    with pytest.raises(DataError, match="there are no results in it"):
        open_runs([tmp_path / "nothing"])


def test_a_run_names_its_models_and_versions(make):
    results = [
        make("xnli", "en", model={"name": "base"}),
        make("xnli", "de", model={"name": None}, versions={"veco": "0.2.0"}),
        make("tatoeba", "de", model={"name": "other"}),
    ]
    run = run_of("run", results)
    assert run.models == ["base", "other"]
    assert run.versions == {"veco": "0.1.0, 0.2.0", "torch": "2.13.0"}
    assert run.of_task("xnli") == results[:2]


def test_tasks_of_several_runs_are_in_the_benchmarks_order(make):
    runs = [run_of("a", [make("tatoeba", "de")]), run_of("b", [make("xnli", "de"), make("tatoeba", "de")])]
    assert tasks_of(runs) == ["xnli", "tatoeba"]


def test_distinct_facts_are_in_order_and_without_none(make):
    results = [make("xnli", code, n=n) for code, n in (("en", 5), ("de", 3), ("fr", 5))]
    assert distinct(results, lambda one: one.n) == ["5", "3"]
    assert distinct(results, lambda one: None) == []

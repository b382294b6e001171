from collections.abc import Callable
from pathlib import Path

import pytest

from vecocli.benchmark.run import run
from vecocli.benchmark.tuned import tests_of as read_tests
from vecocli.config.finetuning import FinetuneConfig
from vecocli.config.xtreme import XtremeConfig
from vecocli.errors import MissingError
from vecocli.training.task_data import read_task
from vecocli.xtreme.hub import either, is_hub
from vecocli.xtreme.tasks.udpos import TASK

Hub = Callable[..., str]
TAGGED = [{"tokens": [word, "."], "pos_tags": [7, 12]} for word in ("cat", "house", "dog")]


@pytest.mark.parametrize(
    ("data", "expected"),
    [("hub", True), ("hub@main", True), ("hub:/x", True), ("hub:", True)]
    + [(data, False) for data in ("hubs", "./hub", "/hub", "", "download", "HUB", "hub/x")],
)
def test_what_means_the_hub(data: str, expected: bool) -> None:
    assert is_hub(data) is expected


def test_a_reader_takes_a_folder_or_the_hub() -> None:
    def folder(path: Path, language: str) -> str:
        return f"folder {path} {language}"

    def hub(data: str, language: str) -> str:
        return f"hub {data} {language}"

    read = either(folder, hub)
    assert read("hub@x", "de") == "hub hub@x de"
    assert read("./hub", "de") == "folder hub de"
    assert read(Path("hub"), "de") == "folder hub de"


def test_the_benchmark_reads_its_tests_from_a_copy_of_the_hub(hub: Hub) -> None:
    hub("udpos.German", "test", TAGGED)
    data = hub("udpos.Thai", "test", [{"tokens": ["x"], "pos_tags": [-1]}])
    tests, missing = read_tests(TASK, XtremeConfig.resolve({"model": "none", "data": data, "limit": 2}))
    assert [(test.language, len(test.found.examples), test.scored) for test in tests] == [
        ("de", 2, True),
        ("th", 1, False),
    ]
    assert len(missing) == 31
    assert "There is no udpos.French/test-*.parquet. Fetch it" in missing["fr"]


def test_fine_tuning_reads_its_data_from_a_copy_of_the_hub(hub: Hub, tmp_path: Path) -> None:
    hub("udpos.English", "train", TAGGED)
    data = hub("udpos.English", "validation", TAGGED[:1])
    settings = {"task": "udpos", "model": "none", "data": data, "out": tmp_path / "out"}
    config = FinetuneConfig.resolve(settings)
    found = read_task(TASK, config)
    assert (found.rows, len(found.dev)) == ({"en": 3}, 1)
    assert list(config.inputs()) == [Path("none"), tmp_path / "hub"]


@pytest.mark.parametrize("tasks", ["all", "xquad", "tatoeba"])
def test_without_network_the_benchmark_says_how_to_do_without(no_cache: Path, tasks: str) -> None:
    config = XtremeConfig.resolve({"model": "none", "data": "hub", "tasks": tasks})
    with pytest.raises(MissingError, match=r"^hub has no (test )?data of ") as caught:
        run(config, pytest.fail, pytest.fail)
    assert "cannot fetch google/xtreme from the Hub" in caught.value.hint
    assert "`hf download google/xtreme --repo-type dataset --revision ec5f1f46" in caught.value.hint
    assert caught.value.exit_code == 4

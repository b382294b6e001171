import json
from collections.abc import Callable
from pathlib import Path

import pytest

from vecocli.training.best import Best


def fill(text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "model").write_text(text)


def figures(value: float, metric: str = "retrieval") -> dict[str, float]:
    return {f"eval/{metric}": value, "eval/mexa": 1.0}


def test_keeps_the_best_and_says_which(tmp_path: Path) -> None:
    best = Best(tmp_path, "retrieval")
    for step, value in ((0, 0.0), (2, 50.0), (4, 40.0), (6, 50.0)):
        if best.beaten(figures(value)):
            best.keep(step, figures(value), fill(f"step {step}"))
    assert (tmp_path / "best" / "model").read_text() == "step 2"
    record = json.loads((tmp_path / "best.json").read_text())
    assert record == {"step": 2, "metric": "retrieval", "value": 50.0, "figures": figures(50.0)} == best.record
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best", "best.json"]


def test_of_aer_less_is_better(tmp_path: Path) -> None:
    best = Best(tmp_path, "aer")
    best.keep(1, figures(30.0, "aer"), fill(""))
    assert [best.beaten(figures(value, "aer")) for value in (29.0, 30.0, 31.0)] == [True, False, False]


def test_goes_on_with_what_was_kept(tmp_path: Path) -> None:
    Best(tmp_path, "retrieval").keep(1, figures(0.0), fill(""))
    assert not Best(tmp_path, "retrieval").beaten(figures(0.0))
    assert Best(tmp_path, "retrieval").beaten(figures(0.1))


@pytest.mark.parametrize("record", ["{", "[]", "{}", '{"metric": "retrieval", "value": null}'])
def test_a_damaged_record_is_as_none(tmp_path: Path, record: str) -> None:
    (tmp_path / "best").mkdir()
    (tmp_path / "best.json").write_text(record)
    assert Best(tmp_path, "retrieval").record is None


def test_another_metric_or_a_missing_folder_begins_anew(tmp_path: Path) -> None:
    Best(tmp_path, "retrieval").keep(1, figures(90.0), fill(""))
    assert Best(tmp_path, "mexa").record is None
    (tmp_path / "best" / "model").unlink()
    (tmp_path / "best").rmdir()
    assert Best(tmp_path, "retrieval").beaten(figures(1.0))


def test_a_failed_write_leaves_the_older_model(tmp_path: Path) -> None:
    best = Best(tmp_path, "retrieval")
    best.keep(1, figures(10.0), fill("old"))

    def full(folder: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        best.keep(2, figures(20.0), full)
    assert (tmp_path / "best" / "model").read_text() == "old"
    assert Best(tmp_path, "retrieval").record == {
        "step": 1, "metric": "retrieval", "value": 10.0, "figures": figures(10.0)
    }  # fmt: skip

import json
from pathlib import Path

import pytest
import torch

from vecocli.training.metrics import MetricsFile, Running, evaluations, latest, share_of


def test_means_since_the_last_flush() -> None:
    running = Running()
    for value in (1.0, 3.0):
        running.add({"mlm": torch.tensor(value), "rate": torch.tensor(0.5)})
    assert running.flush(1.234, 0.0) == {"mlm": 2.0, "rate": 0.5, "skipped": 0, "seconds": 1.23, "data_wait": 0.0}
    running.add({"mlm": torch.tensor(7.0)})
    assert running.flush(2.234, 0.25) == {"mlm": 7.0, "skipped": 0, "seconds": 2.23, "data_wait": 0.25}


def test_skipped_steps_count_in_all_and_in_a_row() -> None:
    running = Running()
    running.skip()
    running.skip()
    assert (running.skipped, running.in_a_row) == (2, 2)
    running.add({"mlm": torch.tensor(1.0)})
    running.skip()
    assert (running.skipped, running.in_a_row) == (3, 1)
    assert running.flush(0.0, 0.0) == {"mlm": 1.0, "skipped": 3, "seconds": 0.0, "data_wait": 0.0}


def test_state_goes_on_where_it_was() -> None:
    running, whole = Running(), Running()
    for one in (running, whole):
        one.skip()
        one.flush(4.0, 1.0)
        one.add({"mlm": torch.tensor(1.0)})
    resumed = Running(**json.loads(json.dumps(running.state())))
    for one in (resumed, whole):
        one.add({"mlm": torch.tensor(4.0)})
    expected = {"mlm": 2.5, "skipped": 1, "seconds": 8.0, "data_wait": 0.5}
    assert resumed.flush(8.0, 3.0) == whole.flush(8.0, 3.0) == expected


@pytest.mark.parametrize(("part", "whole", "share"), [(1.0, 3.0, 0.3333), (2.0, 1.0, 1.0), (0.0, 0.0, 0.0)])
def test_shares(part: float, whole: float, share: float) -> None:
    assert share_of(part, whole) == share


def test_lines_after_the_step_and_torn_lines_go(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    first = MetricsFile(path, 0)
    for step in (10, 20, 30):
        first.write(step, {"mlm": step / 10})
    path.write_text(path.read_text() + '{"step": 4')
    MetricsFile(path, 20).write(25, {"mlm": 2.5})
    assert [json.loads(line)["step"] for line in path.read_text().splitlines()] == [10, 20, 25]


def test_an_evaluation_of_the_step_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    first = MetricsFile(path, 0)
    first.write(0, {"eval/mexa": 1.0})
    for step in (10, 20):
        first.write(step, {"mlm": 1.0})
        first.write(step, {"eval/mexa": float(step)})
    assert [line["eval/mexa"] for line in evaluations(path)] == [1, 10, 20]
    MetricsFile(path, 20)
    assert [line["step"] for line in evaluations(path)] == [0, 10]
    assert latest(path) == {"step": 20, "mlm": 1.0, "eval/mexa": 10}
    MetricsFile(path, 0)
    assert not evaluations(path)

import json
from pathlib import Path

import torch

from vecocli.training.metrics import MetricsFile, Running


def test_means_since_the_last_flush() -> None:
    running = Running()
    for value in (1.0, 3.0):
        running.add({"mlm": torch.tensor(value), "rate": torch.tensor(0.5)})
    assert running.flush(1.234) == {"mlm": 2.0, "rate": 0.5, "seconds": 1.23}
    running.add({"mlm": torch.tensor(7.0)})
    assert running.flush(2.0) == {"mlm": 7.0, "seconds": 2.0}


def test_state_goes_on_where_it_was() -> None:
    running, whole = Running(), Running()
    for one in (running, whole):
        one.add({"mlm": torch.tensor(1.0)})
    resumed = Running(**json.loads(json.dumps(running.state())))
    for one in (resumed, whole):
        one.add({"mlm": torch.tensor(4.0)})
    assert resumed.flush(0.0) == whole.flush(0.0) == {"mlm": 2.5, "seconds": 0.0}


def test_lines_after_the_step_and_torn_lines_go(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    first = MetricsFile(path, 0)
    for step in (10, 20, 30):
        first.write(step, {"mlm": step / 10})
    path.write_text(path.read_text() + '{"step": 4')
    MetricsFile(path, 20).write(25, {"mlm": 2.5})
    assert [json.loads(line)["step"] for line in path.read_text().splitlines()] == [10, 20, 25]

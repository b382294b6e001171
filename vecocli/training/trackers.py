"""Experiment trackers, which are told what metrics.jsonl is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from vecocli.config.running import RunSettings
from vecocli.errors import MissingError

PROJECT = "veco"
"""What the project is called where runs are shown together."""


def need_trackers(config: RunSettings) -> None:
    """Check that the trackers of a run are installed.

    Raises:
        MissingError: One is not.
    """
    for name in config.tracker:
        if find_spec(name) is None:
            raise MissingError(f"--tracker {name} needs the package {name}", f"Install it with: pip install {name}")


@contextmanager
def tracking(accelerator: Any, config: RunSettings) -> Iterator[None]:
    """Start the trackers of a run, and let them finish when the block ends, however it does.

    Args:
        accelerator: The run's, made with `log_with`.
        config: The run's settings, which the trackers show.
    """
    if config.tracker:
        settings = {name: _plain(value) for name, value in config.model_dump(mode="json").items()}
        named = {"name": config.out.resolve().name}
        accelerator.init_trackers(PROJECT, settings, {"wandb": named, "trackio": named})
    try:
        yield
    finally:
        for tracker in accelerator.trackers:
            tracker.finish()


def _plain(value: Any) -> Any:
    """What a tracker can show: texts, numbers, switches."""
    return value if isinstance(value, str | int | float | bool) else json.dumps(value)

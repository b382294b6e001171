"""The fine-tuned model of a task and seed: given, made before, or made now."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from vecocli.config.base import read_yaml
from vecocli.config.finetuning import FinetuneConfig
from vecocli.config.xtreme import XtremeConfig
from vecocli.errors import MissingError, UsageError
from vecocli.progress import Progress
from vecocli.training.finetune import finetune
from vecocli.training.loop import Report
from vecocli.xtreme.task import TunedTask

MODELS = "models"
Meter = Callable[[str], AbstractContextManager[Progress]]
"""Shows the progress of something by its name."""


class Tuned:
    """The fine-tuned model of a task and seed: given, made before, or to be made now.

    Args:
        config: Of the evaluation.
        task: The task.
        seed: Of the fine-tuning.
    """

    def __init__(self, config: XtremeConfig, task: TunedTask, seed: int) -> None:
        self._config, self._task, self._seed = config, task, seed

    def ready(self, meter: Meter, note: Callable[[str], None]) -> Path:
        """Return the model's folder, after fine-tuning it where that was not done.

        Raises:
            VecoError: Whatever stops a fine-tuning.
        """
        given = self._given()
        if given is not None:
            return given
        config = self._config
        if config.out is None or config.model is None:
            hint = f"Give its folder with --finetuned {self._task.name}=DIR, or --out DIR to fine-tune into."
            raise UsageError(f"{self._task.name} needs a fine-tuned model", hint)
        name = self._task.recipe.trained_on
        settings: dict[str, Any] = {
            **config.finetune,
            "task": self._task.recipe.task,
            "model": config.model,
            "data": config.data,
            "out": config.out / MODELS / f"{name}-{self._seed}",
            "seed": self._seed,
            "resume": "auto",
            "trust_remote_code": config.trust_remote_code,
        }
        with meter(f"fine-tuning {name}, seed {self._seed}") as progress:

            def report(steps: int, one: Report) -> None:
                progress(one.step, steps)

            return finetune(FinetuneConfig.resolve(settings), report, note).folder

    def _given(self) -> Path | None:
        """The folder that --finetuned names: a model's, or one of several seeds."""
        shared = (self._task.name, self._task.recipe.trained_on)
        named = next((self._config.finetuned[name] for name in shared if name in self._config.finetuned), None)
        if named is None:
            return None
        own = Path(named) / f"seed-{self._seed}"
        folder = own if own.is_dir() else Path(named)
        if not (folder / "config.json").is_file():
            raise MissingError(
                f"--finetuned {self._task.name}: {folder} holds no model", "Give a run of veco finetune."
            )
        if folder != own and len(self._config.seeds) > 1:
            hint = "Give the --out of `veco finetune --seeds`, or evaluate one seed."
            raise UsageError(f"--finetuned {self._task.name}: {folder} is one model, and there are several seeds", hint)
        return folder


def trained_length(folder: Path) -> int | None:
    """Return how long inputs were when a model was fine-tuned, where its run.yaml says so."""
    file = folder / "run.yaml"
    length = read_yaml(file).get("max_length") if file.exists() else None
    return length if isinstance(length, int) else None

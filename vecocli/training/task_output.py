"""All that the folder of a fine-tuned model holds, for checkpoints and the end alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import yaml
from torch import Tensor

from vecocli import __version__
from vecocli.config.finetuning import FinetuneConfig
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.opening import HEADS
from vecocli.training.lora import Adapters, write_weights
from vecocli.training.sharding import whole
from vecocli.training.start import start_facts
from vecocli.xtreme.task import TunedTask

_CARD = """\
---
{facts}---

# {name}

`{start}`, fine-tuned with veco for {task} on {data}. It opens with `{auto}.from_pretrained`.

Its score on other languages: `veco evaluate xtreme {start} --tasks {task} --finetuned {task}=FOLDER --data DIR`.

## Repeat

    veco finetune --config run.yaml --out AGAIN

Made with veco {version}.
"""
_PIPELINES = {"classify": "text-classification", "tag": "token-classification", "answer": "question-answering"}


@dataclass(frozen=True, slots=True)
class TaskOutput:
    """Writes a fine-tuned model with all that belongs to it.

    Args:
        config: The run's settings.
        task: The task.
        encoder: The model.
        adapters: Its adapters; where there are some, the model is written with them merged, and they beside it.
        rows: Training examples by language.
    """

    config: FinetuneConfig
    task: TunedTask
    encoder: Encoder
    adapters: Adapters | None
    rows: Mapping[str, int]

    def ready(self) -> Callable[[Path], None]:
        """Put the weights together, by all processes at once, and return `write` for the first of them to call."""
        return partial(self.write, weights=whole(self.encoder.model.state_dict(keep_vars=True)))

    def write(self, folder: Path, weights: Mapping[str, Tensor]) -> None:
        """Write all of it into an empty folder.

        Args:
            folder: Where to.
            weights: The model's weights, whole.
        """
        write_weights(self.encoder, self.adapters, folder, weights)
        (folder / "README.md").write_text(self._card(), encoding="utf-8")
        self.config.write(folder / "run.yaml")

    def _card(self) -> str:
        model = Path(self.config.model)
        facts = start_facts(self.config.model)
        facts |= {
            "language": sorted(self.rows),
            "pipeline_tag": _PIPELINES[self.task.kind],
            "library_name": "transformers",
        }
        return _CARD.format(
            facts=yaml.safe_dump(facts, sort_keys=False, allow_unicode=True),
            name=self.config.out.resolve().name,
            start=model.resolve().name if model.exists() else self.config.model,
            task=self.task.name,
            data=", ".join(f"{count:,} examples in {language}" for language, count in self.rows.items()),
            auto=HEADS[self.task.kind],
            version=__version__,
        )

"""An encoder with a task's head, as transformers' own classes have it: what fine-tuning trains.

Shapes: R rows, S sub-words, C classes.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import torch
from torch import Tensor, nn

from vecocli.encoder.buckets import Row, stacked
from vecocli.encoder.devices import Precision, at_least_fp32, autocast
from vecocli.encoder.encoder import Encoder, Inputs
from vecocli.encoder.inference import batched
from vecocli.encoder.opening import TaskHead
from vecocli.encoder.packing import packed
from vecocli.errors import DataError
from vecocli.progress import Progress, silent


class TaskModel(nn.Module):
    """An encoder and a head.

    Args:
        encoder: Its model is a `...ForSequenceClassification`, `...ForTokenClassification` or
            `...ForQuestionAnswering`.
        head: What the head is for.
        precision: Arithmetic of the forward pass; the logits are fp32 at least.
    """

    def __init__(self, encoder: Encoder, head: TaskHead, precision: Precision = "fp32") -> None:
        super().__init__()
        self.encoder, self.head, self.precision = encoder, head, precision

    @classmethod
    def load(cls, name: str | Path, head: TaskHead, *, trust_remote_code: bool = False) -> Self:
        """Open a model that was fine-tuned.

        Args:
            name: Its folder, or its name on the Hub.
            head: What it was fine-tuned for; its labels may stand in another order in the model.
            trust_remote_code: Run Python that the model brings along.

        Raises:
            DataError: It has no such head, or one with other labels.
        """
        own = _labels(name, trust_remote_code) if head.labels else ()
        if set(own) != set(head.labels):
            hint = "Fine-tune it with `veco finetune`, or give the folder of a run of it."
            wanted = f"{', '.join(head.labels[:4])}{', …' if len(head.labels) > 4 else ''}"
            raise DataError(f"{name} is not fine-tuned for this task: its labels are not {wanted}", hint)
        head = TaskHead(head.kind, own)
        encoder = Encoder.load(name, trust_remote_code=trust_remote_code, head=head)
        if encoder.new_head:
            hint = "Fine-tune it with `veco finetune`, or give the folder of a run of it."
            raise DataError(f"{name} is not fine-tuned for this task: it has no head for it", hint)
        return cls(encoder, head)

    def forward(self, inputs: Inputs) -> Tensor:
        """Return logits: [R, C] for `classify`, [R, S, C] for `tag`, [R, S, 2] (start, end) for `answer`."""
        types = {} if inputs.types is None else {"token_type_ids": inputs.types}
        with autocast(self.encoder.device, self.precision):
            found = self.encoder.model(input_ids=inputs.ids, attention_mask=inputs.mask.long(), **types)
        if self.head.kind == "answer":
            return at_least_fp32(torch.stack([found.start_logits, found.end_logits], dim=-1))
        return at_least_fp32(found.logits)

    def predict(
        self, rows: Sequence[Row], *, tokens_per_batch: int | None = None, progress: Progress = silent
    ) -> Iterator[tuple[list[int], Tensor]]:
        """Run rows of like length together, the longest first.

        Args:
            rows: Inputs, special tokens included.
            tokens_per_batch: Padded sub-words in a batch; None for what suits the device.
            progress: Called with (rows done, rows in all).

        Yields:
            Which rows, and their logits on the CPU, as `forward` returns them.
        """
        self.eval()
        done = 0

        def run(chosen: list[int]) -> tuple[list[int], Tensor]:
            inputs = stacked([rows[at] for at in chosen], self.encoder.tokens.pad_id).to(self.encoder.device)
            with torch.inference_mode():
                return chosen, self(inputs).cpu()

        with packed([self.encoder.model], self.precision):
            lengths = [len(row.ids) for row in rows]
            for chosen, logits in batched(run, lengths, self.encoder.device, tokens_per_batch):
                done += len(chosen)
                progress(done, len(rows))
                yield chosen, logits


def _labels(name: str | Path, trust_remote_code: bool) -> tuple[str, ...]:
    """The labels in a model's configuration, by number."""
    from transformers import AutoConfig

    from vecocli.encoder.opening import cannot_open

    try:
        config = AutoConfig.from_pretrained(name, trust_remote_code=trust_remote_code)
    except Exception as error:  # whatever its parsers raise on a damaged file
        raise cannot_open(name, "model", error) from None
    return tuple(str(config.id2label[number]) for number in sorted(config.id2label))

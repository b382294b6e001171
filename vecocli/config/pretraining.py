"""Settings of `veco pretrain`."""

from collections.abc import Iterator, Set
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic.config import JsonDict

from vecocli.config.base import Config
from vecocli.config.lora import LoraSettings
from vecocli.config.objectives import ObjectiveSettings
from vecocli.config.result import ResultSettings
from vecocli.config.running import RUN, RunFolder, RunSettings
from vecocli.config.watching import WatchSettings

ENCODER: JsonDict = {"panel": "Encoder"}
OPTIMISER: JsonDict = {"panel": "Optimiser"}


class Start(RunFolder):
    """What pre-training starts from; a class of its own so that the objectives come next where settings are listed."""

    mined: tuple[Path, ...] = Field(
        description="Folders that `veco mine-synonyms` wrote, or a folder of such folders.",
        min_length=1,
        json_schema_extra={"argument": True},
    )
    mono: tuple[Path, ...] = Field((), description="Monolingual text for MLM, one sentence a line, any compression.")
    mono_language: tuple[str, ...] = Field(
        (), description="Language of each file of --mono, in their order; --code-switch needs it."
    )

    model: str | None = Field(
        None, description="Hugging Face encoder to continue from: a folder or a Hub name.", json_schema_extra=ENCODER
    )
    from_scratch: Literal["tiny", "small", "medium", "base"] | None = Field(
        None, description="Or a new encoder of this size, its tokenizer trained on the mined text.",
        json_schema_extra=ENCODER,
    )  # fmt: skip
    vocabulary: int = Field(
        16000, ge=100, le=1_000_000, description="Sub-words of a new tokenizer.", json_schema_extra=ENCODER
    )
    dropout: float = Field(0.0, ge=0, lt=1, description="Dropout rate (InfoXLM: 0).", json_schema_extra=ENCODER)
    trust_remote_code: bool = Field(False, description="Run Python the model brings.", json_schema_extra=ENCODER)


class Optimiser(Config):
    """How long and how fast to train, and on how much at once."""

    steps: int = Field(
        10_000, ge=0, description="Optimiser steps; 0 writes the model as it starts.", json_schema_extra=OPTIMISER
    )
    minutes: float | None = Field(
        None, gt=0, description="Stop after this much time instead, evaluations and checkpoints included; the schedule "
        "then follows the clock.",
        json_schema_extra=OPTIMISER,
    )  # fmt: skip
    batch_size: int = Field(
        32, ge=1, description="Sentence pairs per optimiser step, of all processes together.",
        json_schema_extra=OPTIMISER,
    )  # fmt: skip
    contrastive_batch: int | None = Field(
        None, ge=1, description="Pairs whose sentences repel one another, of all processes together; default: all of a "
        "step. A smaller number takes less memory where a step needs several passes.", json_schema_extra=OPTIMISER,
    )  # fmt: skip
    tokens_per_batch: int = Field(
        16_384, ge=8, description="Most sub-words of the pairs in a forward pass: what memory allows. A contrastive "
        "batch of more is computed in parts, with the same gradient (GradCache).", json_schema_extra=OPTIMISER,
    )  # fmt: skip
    sampling_alpha: float = Field(
        0.5, ge=0, le=1, description="Language pairs, and files of monolingual text, are drawn in proportion to their "
        "rows to this power: 1 as large as they are, 0 equally often (XLM, VECO: 0.5; XLM-R: 0.3).",
        json_schema_extra=OPTIMISER,
    )  # fmt: skip
    gradient_checkpointing: bool = Field(
        False, description="Keep less for the backward pass and compute it again there: less memory for more time.",
        json_schema_extra=OPTIMISER,
    )  # fmt: skip
    compile: bool = Field(
        False, description="Compile the encoder's layers (torch.compile): for long runs on a GPU.",
        json_schema_extra=OPTIMISER,
    )  # fmt: skip
    max_length: int = Field(
        128, ge=8, description="Sub-words per sentence, special tokens included; the rest is cut off.",
        json_schema_extra=OPTIMISER,
    )  # fmt: skip
    learning_rate: float | None = Field(
        None, gt=0, description="Peak learning rate; default 2e-5 with --model, 2e-4 with --lora-rank (LoRA), 5e-4 "
        "from scratch.",
        json_schema_extra=OPTIMISER,
    )  # fmt: skip
    warmup: float = Field(
        0.1, ge=0, lt=1, description="Share of the run in which the rate rises linearly.", json_schema_extra=OPTIMISER
    )
    schedule: Literal["linear", "cosine", "constant"] = Field(
        "linear", description="How the rate falls after the warm-up.", json_schema_extra=OPTIMISER
    )
    weight_decay: float = Field(
        0.01, ge=0, description="AdamW's decay; biases and norms have none.", json_schema_extra=OPTIMISER
    )
    clip: float = Field(
        1.0, gt=0, allow_inf_nan=True, description="Largest gradient norm; inf leaves gradients alone.",
        json_schema_extra=OPTIMISER,
    )  # fmt: skip
    precision: Literal["auto", "bf16", "fp32"] = Field(
        "auto", description="Arithmetic of the forward pass; auto takes bf16 where the hardware has it.",
        json_schema_extra=OPTIMISER,
    )  # fmt: skip


class PretrainConfig(RunSettings, Optimiser, WatchSettings, ResultSettings, LoraSettings, ObjectiveSettings, Start):
    """Continued pre-training on mined synonym shards."""

    MARK: ClassVar[str] = "mined"
    FREE: ClassVar[frozenset[str]] = (
        RunSettings.FREE | {"eval_every", "sharding", "dry_run"} | frozenset(ResultSettings.model_fields)
    )

    sharding: Literal["none", "full"] = Field(
        "none", description="What each of several processes keeps of weights, gradients and AdamW: all of it, or, at "
        "`full`, a part (FSDP2).", json_schema_extra=RUN,
    )  # fmt: skip

    dry_run: bool = Field(
        False, description="Show what the run would read, need and take, found out by two steps; write nothing.",
        json_schema_extra=RUN,
    )  # fmt: skip

    @model_validator(mode="after")
    def _one_start(self) -> Self:
        if (self.model is None) == (self.from_scratch is None):
            raise ValueError("give either --model or --from-scratch")
        if self.lora_rank and self.model is None:
            raise ValueError("--lora-rank needs --model: random weights are not worth adapting")
        if self.lora_rank and self.sharding == "full":
            raise ValueError("--sharding full is for training all weights: leave it out, or --lora-rank")
        if self.compile and self.sharding == "full":
            raise ValueError("--compile is for whole weights: leave it out, or --sharding full")
        if not self.lora_rank and (self.lora_alpha or self.lora_targets != "all"):
            raise ValueError("--lora-alpha and --lora-targets say nothing without --lora-rank")
        if unknown := set(self.weight) - set(self.objectives.split(",")):
            raise ValueError(f"--weight names {', '.join(sorted(unknown))}, which --objectives does not train")
        return self

    @model_validator(mode="after")
    def _nothing_idle(self) -> Self:
        """Refuse what would train nothing without a word."""
        if wrong := [name for name, weight in self.weight.items() if weight <= 0]:
            raise ValueError(f"--weight of {', '.join(sorted(wrong))} must be above 0; leave out an objective for 0")
        if self.mono and "mlm" not in self.objective_names:
            raise ValueError("--mono is read by the objective mlm only, which --objectives does not train")
        if self.sequence_queue and "sequence" not in self.objective_names:
            raise ValueError(
                "--sequence-queue is read by the objective sequence only, which --objectives does not train"
            )
        if self.code_switch and "mlm" not in self.objective_names:
            raise ValueError("--code-switch is read by the objective mlm only, which --objectives does not train")
        if len(self.mono_language) not in ((len(self.mono),) if self.code_switch else (0, len(self.mono))):
            raise ValueError(f"give --mono-language once for each of the {len(self.mono)} files of --mono")
        switches = self.code_switch > 0 and not self.mono
        if self.token_units == "sub-word" and ("aligned-mlm" in self.objective_names or switches):
            what = "--code-switch" if switches else "the objective aligned-mlm"
            raise ValueError(f"{what} exchanges whole words, which --token-units sub-word takes apart; leave one out")
        if self.sequence_queue and self.sharding == "full":
            raise ValueError("--sequence-queue keeps a whole copy of the encoder: leave out --sharding full")
        if self.batch_size // self.contrastive_batches < 2 and self.comparing:
            if self.contrastive_size > 1:
                cut = f"{self.contrastive_batches} contrastive batches"
                raise ValueError(
                    f"{self.comparing[0]} compares pairs, and {self.batch_size} make no {cut} of 2 or more"
                )
            flag = "--batch-size" if self.batch_size < 2 else "--contrastive-batch"
            raise ValueError(f"{self.comparing[0]} needs {flag} 2 or more: its negatives are in the other pairs")
        return self

    def write(self, path: Path) -> None:
        """Write the settings that repeat the run; what becomes of earlier results, here or on the Hub, is not."""
        once = {"overwrite": False, "dry_run": False, "push_to_hub": None, "private": False}
        if self.resume == "auto":
            once["resume"] = None
        Config.write(self.model_copy(update=once), path)

    @property
    def plans_only(self) -> bool:
        """Whether nothing is trained and nothing written."""
        return self.dry_run

    @property
    def chosen_by(self) -> str:
        """The figure by which the best model is chosen."""
        return self.eval_metric

    def inputs(self) -> Iterator[Path]:
        """Paths that the run reads, whether they exist or not."""
        yield from (*self.mined, *self.mono, *self.eval_data, *self.eval_mined)
        yield from [self.eval_gold] if self.eval_gold else []
        yield from [Path(self.model)] if self.model else []

    def held_to(self) -> Set[str]:
        """What a checkpoint holds: adapters of these settings, and a queue of whole steps."""
        adapters = {"lora_rank", "lora_alpha", "lora_targets"} | ({"model"} if self.lora_rank else set())
        return adapters | {"sequence_queue"} | ({"batch_size"} if self.sequence_queue else set())

    def starving(self, processes: int) -> str | None:
        """Return the flag that leaves some of so many processes without a pair of every contrastive batch."""
        if self.batch_size // self.contrastive_batches >= processes:
            return None
        return "--batch-size" if self.batch_size < processes else "--contrastive-batch"

    @property
    def contrastive_size(self) -> int:
        """Pairs in a contrastive batch."""
        return min(self.contrastive_batch or self.batch_size, self.batch_size)

    @property
    def contrastive_batches(self) -> int:
        """How many of these a step has; their sizes differ by one at most."""
        return -(-self.batch_size // self.contrastive_size)

    @property
    def peak_rate(self) -> float:
        """The learning rate with its default filled in."""
        return self.learning_rate or (2e-4 if self.lora_rank else 2e-5 if self.model else 5e-4)

    @property
    def link_sources(self) -> str:
        """`token_links` with `auto` resolved."""
        return self.token_links if self.token_links != "auto" else ("both" if self.model else "dictionary")

    @property
    def fed_by_links(self) -> tuple[str, ...]:
        """What trains on mined links alone, by name."""
        links = {"token": self.link_sources, "self-training": self.self_training_links}
        fed = {"aligned-mlm", "ranking", *(name for name, source in links.items() if source == "dictionary")}
        names = [name for name in self.objective_names if name in fed]
        return (*names, *["--code-switch"] * (self.code_switch > 0 and not self.mono))

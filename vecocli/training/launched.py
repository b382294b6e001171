"""The processes that a launcher (torchrun, `accelerate launch`, srun) started for one run."""

from typing import Any

from vecocli.config.running import RunSettings
from vecocli.encoder.devices import best_device
from vecocli.errors import UsageError
from vecocli.training.trackers import need_trackers

LOGS = "logs"
"""Folder of a run for trackers that keep files."""
OTHERS = frozenset({"DEEPSPEED", "FSDP", "MEGATRON_LM"})
"""What accelerate calls the ways of its own to cut up a model."""


def join(config: RunSettings) -> Any:
    """Let a run's processes find one another; returns accelerate's `Accelerator`.

    What a run computes is said by its own settings alone: those of an accelerate configuration for mixed precision and
    gradient accumulation do not count.

    Raises:
        UsageError: The launcher asks for another kind of parallelism, or there are more processes than pairs.
        MissingError: A tracker is not installed.
    """
    need_trackers(config)
    from accelerate import Accelerator
    from accelerate.utils import GradientAccumulationPlugin

    accelerator = Accelerator(
        cpu=best_device().type == "cpu",  # said, or several processes on CPUs would not find one another
        mixed_precision="no",
        gradient_accumulation_plugin=GradientAccumulationPlugin(num_steps=1),
        log_with=list(config.tracker) or None,
        project_dir=config.out / LOGS,
    )
    kind = accelerator.distributed_type.value
    if kind in OTHERS:
        hint = "Use a configuration with distributed_type MULTI_GPU; --sharding full gives FSDP2."
        raise UsageError(f"accelerate is configured for {kind}", hint)
    count = accelerator.num_processes
    if flag := config.starving(count):
        message = f"{flag} leaves some of the {count} processes without anything to read"
        raise UsageError(message, f"It counts what all processes read together: give {count} or more.")
    return accelerator


def leave() -> None:
    """Part from the other processes at the end of a command, before the interpreter takes what connects them apart."""
    from torch import distributed

    if distributed.is_available() and distributed.is_initialized():
        distributed.destroy_process_group()

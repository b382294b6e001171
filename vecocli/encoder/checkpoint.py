"""A Hugging Face folder on disk: weights, tokenizer, model card, run.yaml; whole or not there at all."""

import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from vecocli.encoder.encoder import Encoder
from vecocli.errors import DataError

STATE = "training_state"
_NAME = re.compile(r"checkpoint-(\d+)")


def save_model(encoder: Encoder, folder: Path) -> None:
    """Write weights (safetensors), configuration and tokenizer; `AutoModel.from_pretrained` opens the folder."""
    encoder.model.save_pretrained(folder)
    encoder.tokens.hf.save_pretrained(folder)


def write_checkpoint(
    folder: Path, fill: Callable[[Path], None], tensors: Mapping[str, Tensor], facts: Mapping[str, Any]
) -> None:
    """Write a checkpoint so that a kill at any instant leaves either all of it or nothing.

    Args:
        folder: `checkpoint-000500`, for instance.
        fill: Writes the model's files into the folder it is given.
        tensors: The optimiser's tensors by name.
        facts: What else resuming needs, as JSON values.
    """
    from safetensors.torch import save_file

    temporary = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    (temporary / STATE).mkdir(parents=True)
    fill(temporary)
    save_file(dict(tensors), temporary / STATE / "optimizer.safetensors")
    (temporary / STATE / "state.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
    _sync(temporary)
    if folder.exists():
        _remove(folder)
    temporary.rename(folder)


def replace_files(folder: Path, fill: Callable[[Path], None]) -> None:
    """Write files into a folder that may hold older ones; each is replaced whole, once all are written."""
    temporary = folder / ".new"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    fill(temporary)
    _sync(temporary)
    for path in temporary.iterdir():
        path.replace(folder / path.name)
    temporary.rmdir()


def read_state(folder: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read what `write_checkpoint` wrote beside the model.

    Raises:
        DataError: The folder is not a checkpoint of a run.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    state = folder / STATE
    try:
        facts = json.loads((state / "state.json").read_text(encoding="utf-8"))
        return load_file(state / "optimizer.safetensors"), facts
    except (OSError, ValueError, SafetensorError) as error:
        raise DataError(
            f"not a training checkpoint: {error}", "Give a checkpoint-NNNNNN folder.", path=folder
        ) from None


def checkpoints(run: Path) -> list[Path]:
    """Return a run's checkpoints, oldest first."""
    found = [path for path in run.glob("checkpoint-*") if _NAME.fullmatch(path.name) and path.is_dir()]
    return sorted(found, key=lambda path: int(path.name.partition("-")[2]))


def prune(run: Path, keep: int) -> None:
    """Remove all but the newest checkpoints."""
    for path in checkpoints(run)[:-keep]:
        _remove(path)


def _remove(folder: Path) -> None:
    """Take a checkpoint's name away first: a kill in between must not leave half of one under its name."""
    nameless = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(nameless, ignore_errors=True)
    shutil.rmtree(folder.rename(nameless))


def _sync(folder: Path) -> None:
    """Make sure that the bytes are on the disk before the folder gets its name."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())

"""A Hugging Face folder on disk: weights, tokenizer, model card, run.yaml; whole or not there at all."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch import Tensor

from vecocli.encoder.encoder import Encoder
from vecocli.errors import DataError, VecoError

STATE = "training_state"
FACTS = {"step": int, "seconds": int | float, "waited": int | float, "figures": dict, "rows": dict}
"""What `state.json` holds at least."""
OLDER = "Go on from an older one with --resume FOLDER, or remove this one: --resume auto then takes the one before it."
"""How to go on where a checkpoint is damaged."""
_NAME = re.compile(r"checkpoint-(\d+)")


def save_model(encoder: Encoder, folder: Path, model: Any = None, weights: Mapping[str, Tensor] | None = None) -> None:
    """Write weights (safetensors), configuration and tokenizer; `AutoModel.from_pretrained` opens the folder.

    Args:
        encoder: The encoder.
        folder: Where to.
        model: What to write in place of its model.
        weights: The model's weights by name, where it does not hold them whole.
    """
    state = None if weights is None else dict(weights)  # of which the callee takes out what it has written
    (model or encoder.model).save_pretrained(folder, state_dict=state)
    encoder.tokens.hf.save_pretrained(folder)


def write_checkpoint(
    folder: Path, fill: Callable[[Path], None], tensors: Mapping[str, Tensor], facts: Mapping[str, Any]
) -> None:
    """Write a checkpoint so that a kill at any instant leaves either all of it or nothing.

    Args:
        folder: `checkpoint-000500`, for instance.
        fill: Writes the model's files into the folder it is given.
        tensors: The optimiser's tensors by name.
        facts: What else resuming needs, as JSON values; at least those of `FACTS`.

    Raises:
        VecoError: The disk is full or cannot be written to; what was there stays.
    """
    from safetensors.torch import save_file

    with _new(folder.with_name(f".{folder.name}.tmp")) as temporary:
        (temporary / STATE).mkdir()
        fill(temporary)
        save_file(dict(tensors), temporary / STATE / "optimizer.safetensors")
        (temporary / STATE / "state.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
        _sync(temporary)
    _place(temporary, folder)


def write_model(folder: Path, fill: Callable[[Path], None]) -> None:
    """Write a model's folder anew so that a kill at any instant leaves the older one, the new one or none, but whole.

    Args:
        folder: Its name says nothing else; what it holds goes.
        fill: Writes the model's files into the folder it is given.

    Raises:
        VecoError: The disk is full or cannot be written to; what was there stays.
    """
    with _new(folder.with_name(f".{folder.name}.tmp")) as temporary:
        fill(temporary)
        _sync(temporary)
    _place(temporary, folder)


def replace_files(folder: Path, fill: Callable[[Path], None]) -> None:
    """Write files and folders into a folder that may hold older ones; each is replaced whole, once all are written.

    Raises:
        VecoError: The disk is full or cannot be written to; the older files stay.
    """
    with _new(folder / ".new") as temporary:
        fill(temporary)
        _sync(temporary)
    for path in temporary.iterdir():
        if path.is_dir():
            shutil.rmtree(folder / path.name, ignore_errors=True)
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
        if not isinstance(facts, dict) or not all(isinstance(facts.get(name), kind) for name, kind in FACTS.items()):
            raise ValueError(f"state.json lacks {', '.join(sorted(FACTS))}")
        return load_file(state / "optimizer.safetensors"), facts
    except (OSError, ValueError, SafetensorError) as error:
        raise DataError(f"not a training checkpoint: {error}", OLDER, path=folder) from None


def checkpoints(run: Path) -> list[Path]:
    """Return a run's checkpoints, oldest first."""
    found = [path for path in run.glob("checkpoint-*") if _NAME.fullmatch(path.name) and path.is_dir()]
    return sorted(found, key=_step)


def _step(checkpoint: Path) -> int:
    return int(checkpoint.name.partition("-")[2])


def set_aside(run: Path, step: int) -> list[str]:
    """Rename the checkpoints behind a step, from which their run is to go on.

    Returns:
        Their new names.
    """
    aside = []
    for path in checkpoints(run):
        if _step(path) > step:
            left = path.with_name(f"left-{path.name}")
            shutil.rmtree(left, ignore_errors=True)
            aside.append(path.rename(left).name)
    return aside


def prune(run: Path, keep: int) -> None:
    """Remove all but the newest checkpoints, and what a killed run left of others."""
    for torn in [*run.glob(".checkpoint-*"), *run.glob(".*.old")]:
        shutil.rmtree(torn, ignore_errors=True)
    for path in checkpoints(run)[:-keep]:
        _remove(path)


@contextmanager
def _new(folder: Path) -> Iterator[Path]:
    """Make a folder anew to write into; what fails leaves none, so that a full disk is not left fuller.

    Raises:
        VecoError: It cannot be written to.
    """
    from safetensors import SafetensorError

    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        yield folder
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError | SafetensorError) or type(error) is Exception:  # the last is of tokenizers
            way = "begin again"
            if kept := checkpoints(folder.parent):
                way = f"the checkpoint before, {kept[-1].name}, is whole: --resume auto goes on from it"
            raise VecoError(f"cannot write the model to {folder.parent}: {error}", f"Make room; {way}.") from error
        raise


def _place(temporary: Path, folder: Path) -> None:
    """Give a folder that is whole its name."""
    if folder.exists():
        _remove(folder)
    temporary.rename(folder)


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

"""What the measuring commands share: opening the encoder, layers, the JSON document and its file."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vecocli.config.evaluation import EvaluateConfig, OutputConfig
from vecocli.console import Screen
from vecocli.errors import UsageError
from vecocli.provenance import versions

if TYPE_CHECKING:
    from vecocli.encoder.encoder import Encoder
    from vecocli.xtreme.retrieve import RetrievalScore

THEMSELVES = "the scored data itself"


def check_out(config: OutputConfig) -> None:
    """Refuse to replace a result, or a place where none can be written, before any work is done.

    Raises:
        UsageError: The file exists, is a folder, or would lie in something that is no folder.
    """
    check_file("--out", config.out, overwrite=config.overwrite)


def check_file(flag: str, path: Path | None, *, overwrite: bool) -> None:
    """Refuse what `check_out` refuses, of any file that a flag names."""
    if path is None:
        return
    if path.is_dir():
        raise UsageError(f"{flag} {path} is a folder", "Name a file in it.")
    above = next(folder for folder in path.absolute().parents if folder.exists())
    if not above.is_dir():
        raise UsageError(f"{flag} {path}: {above} is a file", "Name a file in a folder.")
    if path.exists() and not overwrite:
        raise UsageError(f"{path} exists", "Choose another name, or replace it with --overwrite.")


def open_encoder(config: EvaluateConfig) -> tuple["Encoder", list[int]]:
    """Load the encoder onto the best device; returns it with the layers that were asked for."""
    from vecocli.encoder.devices import best_device
    from vecocli.encoder.encoder import Encoder
    from vecocli.encoder.inference import named_layers

    encoder = Encoder.load(config.model, trust_remote_code=config.trust_remote_code).to(best_device())
    return encoder, named_layers(encoder, config.layer)


def best_layer(scores: dict[int, float], measure: str, screen: Screen) -> dict[str, Any] | None:
    """Name the layer with the highest score and on what it was chosen; None where there was no choice."""
    if len(scores) < 2:
        return None
    layer = max(scores, key=lambda number: (scores[number], -number))
    screen.text(f"Best layer by {measure}: {layer}. It was chosen on {THEMSELVES}: confirm it on other data.")
    return {"layer": layer, "by": measure, "chosen_on": THEMSELVES}


def say_truncated(truncated: int, texts: int, screen: Screen) -> None:
    """Tell how many texts were cut, if any."""
    if truncated:
        screen.text(f"{truncated:,} of {texts:,} texts were too long and cut (--max-length).")


def layer_row(score: "RetrievalScore", forward: str, backward: str) -> dict[str, Any]:
    """One layer's retrieval scores for the document, under the names of the two directions."""
    return {"layer": score.layer, forward: score.forward, backward: score.backward, "mexa": score.mexa}


def both_ways(scores: list["RetrievalScore"]) -> dict[int, float]:
    """Mean accuracy of the two directions by layer: what the best layer is chosen by."""
    return {score.layer: (score.forward + score.backward) / 2 for score in scores}


def finish(config: EvaluateConfig, document: dict[str, Any]) -> dict[str, Any]:
    """Complete the document of a measured encoder with its settings and `write_out` it."""
    head = {"model": config.model, "layer": config.layer, "max_length": config.max_length, "dtype": config.precision}
    return write_out(config, {**head, **document})


def write_out(config: OutputConfig, document: dict[str, Any]) -> dict[str, Any]:
    """Complete the document with versions, write it to `--out`, and return it."""
    whole = {**document, "versions": versions()}
    if config.out is not None:
        from vecocli.text.files import atomic_write

        config.out.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(config.out, "w") as stream:
            stream.write(json.dumps(whole, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
    return whole

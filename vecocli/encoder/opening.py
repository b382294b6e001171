"""Opens a Hugging Face model, quietly and with one clear message where that fails."""

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch

from vecocli.errors import DataError, MissingError, VecoError

Kind = Literal["classify", "tag", "answer"]
HEADS: dict[Kind, str] = {
    "classify": "AutoModelForSequenceClassification",
    "tag": "AutoModelForTokenClassification",
    "answer": "AutoModelForQuestionAnswering",
}
"""The classes of transformers that have a task's head, by kind of task."""


@dataclass(frozen=True, slots=True)
class TaskHead:
    """What is put on top of an encoder to fine-tune it.

    Args:
        kind: A class for a text, a class for each sub-word, or where an answer begins and ends.
        labels: Names of the classes, in the order of their numbers; none for `answer`.
    """

    kind: Kind
    labels: tuple[str, ...] = ()


def quiet_transformers() -> None:
    """Silence load reports and progress bars of transformers."""
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def find_on_hub(name: str) -> None:
    """Ask the Hub once for a model that is not cached: transformers would ask for each file, six times, for a minute.

    Raises:
        MissingError: There is no such model, or no way to the Hub.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url, try_to_load_from_cache

    try:
        if not isinstance(try_to_load_from_cache(name, "config.json"), str):
            get_hf_file_metadata(hf_hub_url(name, "config.json"))
    except Exception as error:  # of the network, the Hub or the name
        raise cannot_open(name, "model", error) from None


def open_tokenizer(name: str | Path, trust_remote_code: bool) -> Any:
    """Find a model, and open its tokenizer.

    Raises:
        DataError: The folder has no model or no tokenizer.
        MissingError: The Hub cannot be reached and the model is not cached.
    """
    from transformers import AutoTokenizer

    quiet_transformers()
    if Path(name).is_dir():
        _find_in_folder(Path(name))
    elif not Path(name).exists():
        find_on_hub(str(name))
    try:
        return AutoTokenizer.from_pretrained(name, trust_remote_code=trust_remote_code)
    except Exception as error:  # whatever its parsers raise on a damaged file
        raise cannot_open(name, "tokenizer", error) from None


def _find_in_folder(folder: Path) -> None:
    """Look for what a model's folder must have, so that a wrong folder is told from a damaged one."""
    if not (folder / "config.json").exists():
        hint = "Give a folder that save_pretrained() wrote, or a run's --out."
        raise DataError(f"{folder} holds no model: it has no config.json", hint)
    if not any(folder.glob("*token*")) and not any(folder.glob("*vocab*")):
        raise DataError(f"{folder} holds no tokenizer", "Save one there with tokenizer.save_pretrained().")


def open_model(
    name: str | Path, trust_remote_code: bool, dropout: float | None, head: TaskHead | None = None
) -> tuple[Any, set[str]]:
    """Open a model with a task's head, or else with the masked-language head where the architecture has one.

    Returns:
        The model, and the names of its weights that its files lack, or have of another size: these are random.

    Raises:
        DataError: A folder that cannot be read, or a model that is no encoder, or none that can have such a head.
        MissingError: The Hub cannot be reached and the model is not cached.
    """
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(name, trust_remote_code=trust_remote_code)
        if config.is_encoder_decoder:
            hint = "Give an encoder such as xlm-roberta-base."
            raise DataError(f"{name} is an encoder with a decoder ({config.model_type}), which cannot be aligned", hint)
        for key in vars(config) if dropout is not None else ():
            if key.endswith(("dropout", "dropout_prob")) and isinstance(getattr(config, key), int | float):
                setattr(config, key, dropout)
        model, info = _class(name, config, head).from_pretrained(
            name,
            config=config,
            dtype=torch.float32,
            trust_remote_code=trust_remote_code,
            weights_only=True,
            output_loading_info=True,
            ignore_mismatched_sizes=head is not None,
        )
    except VecoError:
        raise
    except Exception as error:  # whatever its parsers raise on a damaged file
        raise cannot_open(name, "model", error) from None
    return model, {*info["missing_keys"], *(key for key, *_ in info["mismatched_keys"])}


def _class(name: str | Path, config: Any, head: TaskHead | None) -> Any:
    """Choose the class that opens a model, and write a head's labels into its configuration."""
    import transformers

    remote = getattr(config, "auto_map", None) or {}
    wanted = "AutoModelForMaskedLM" if head is None else HEADS[head.kind]
    auto = getattr(transformers, wanted)
    known = type(config) in auto._model_mapping or wanted in remote
    if head is None:
        return auto if known else transformers.AutoModel
    if not known:
        hint = "Give an encoder such as xlm-roberta-base."
        wanted = wanted.removeprefix("AutoModel")
        raise DataError(f"{name}: transformers has no {wanted} of a {config.model_type} model", hint)
    labels = head.labels or ("start", "end")
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: number for number, label in enumerate(labels)}
    return auto


def check_vocabulary(name: str | Path, model: Any, tokenizer: Any) -> None:
    """Check that a model has an embedding for every sub-word of its tokenizer.

    Raises:
        DataError: The tokenizer is another model's.
    """
    try:
        embeddings = len(model.get_input_embeddings().weight)
    except (NotImplementedError, AttributeError):  # code of its own that has none of the usual names
        return
    highest = max(tokenizer.get_vocab().values())
    if highest >= embeddings:
        hint = "Save the tokenizer that the model was trained with, or call model.resize_token_embeddings()."
        raise DataError(f"{name}: its tokenizer has ids up to {highest:,}, its model {embeddings:,} embeddings", hint)


def check_weights(name: str | Path, model: Any, missing: Set[str]) -> None:
    """Check that a model came with all weights of its encoder; a pooler, which nothing here reads, may be missing.

    Args:
        name: The model's folder, or its Hub name.
        model: The model; missing weights of it are random.
        missing: Names of these.

    Raises:
        DataError: Some are missing.
    """
    encoder = {id(weight) for path, weight in model.base_model.named_parameters() if "pooler" not in path}
    lacking = [path for path, weight in model.named_parameters() if path in missing and id(weight) in encoder]
    if lacking:
        message = f"{name}: {len(lacking)} weights of the encoder are not in its files, such as {lacking[0]}"
        raise DataError(message, "Save the model again, or fetch it anew.")


def cannot_open(name: str | Path, what: str, error: Exception) -> DataError | MissingError:
    """Say why a model's `what` (model, tokenizer) could not be opened, and whether it is the folder or the Hub."""
    reason = str(error).strip().split("\n")[0]
    if reason.endswith(":"):  # a list follows
        reason = f"its {what} cannot be read"
    if Path(name).is_dir():
        hint = f"A model folder needs config.json, weights and tokenizer files; its {what} could not be read."
        return DataError(f"{name}: {reason}", hint)
    if Path(name).is_absolute() or str(name).startswith(".") or len(Path(name).parts) > 2:
        return DataError(f"there is no folder {name}", "Give a model's folder, or a Hub name such as xlm-roberta-base.")
    return MissingError(f"cannot open {name!r} as a folder or from the Hub: {reason}", "Check the path or the network.")

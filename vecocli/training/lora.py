"""Low-rank adapters (LoRA), through peft: the model's own weights stay, a small product of matrices is added to some.

What is trained are the adapters, and a masked-language head that the model came without: random weights teach nothing.
Source: Hu et al. 2021 (arXiv 2106.09685).
"""

import warnings
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor, nn

from vecocli.config.lora import LoraSettings
from vecocli.encoder.checkpoint import OLDER, save_model
from vecocli.encoder.encoder import Encoder
from vecocli.errors import DataError, MissingError, UsageError

FOLDER = "adapter"
"""Where the adapters lie in a model's folder, in peft's form."""
WEIGHTS = "adapter_model.safetensors"
HEAD = "head.safetensors"
"""A new head's weights; without the matrix that it shares with the embeddings."""


def need_peft() -> None:
    """Say what to install, before anything is loaded.

    Raises:
        MissingError: peft is not installed.
    """
    try:
        import peft  # noqa: F401
    except ImportError as error:
        raise MissingError("--lora-rank needs peft", "Install it with: pip install 'vecocli[lora]'") from error


def write_weights(encoder: Encoder, adapters: "Adapters | None", folder: Path, weights: Mapping[str, Tensor]) -> None:
    """Write a model; where it has adapters, with these merged, and they beside it.

    Args:
        encoder: The model.
        adapters: Its adapters.
        folder: Where to; it is empty.
        weights: The model's weights, whole.
    """
    if adapters:
        save_model(encoder, folder, adapters.merged())
        adapters.save(folder / FOLDER)
    else:
        save_model(encoder, folder, weights=weights)


class Adapters:
    """The adapters of an encoder, which are part of its model from then on.

    Args:
        encoder: The encoder; all weights but the adapters' and a new head's are no longer trained.
        adapted: peft's view of the encoder's model.
    """

    def __init__(self, encoder: Encoder, adapted: Any) -> None:
        self._encoder, self._adapted = encoder, adapted
        for weight in encoder.parameters():
            weight.requires_grad_(False)
        for name, weight in encoder.named_parameters():
            weight.requires_grad_("lora_" in name)
        for weight in self._head().values():
            weight.requires_grad_(True)

    @classmethod
    def add(cls, encoder: Encoder, settings: LoraSettings, seed: int) -> Self:
        """Add adapters that change nothing yet.

        Args:
            encoder: The encoder.
            settings: Their rank, scale and places.
            seed: Decides their weights.

        Raises:
            UsageError: No linear layer has such a name.
        """
        from peft import LoraConfig, get_peft_model

        targets = _targets(encoder, settings.lora_targets)
        config = LoraConfig(
            r=settings.lora_rank,
            lora_alpha=settings.lora_scale,  # type: ignore[arg-type]  # a factor, and peft takes it as one
            target_modules=targets,
        )
        with torch.random.fork_rng(), warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # peft asks transformers by an old name
            torch.manual_seed(seed)
            adapted = get_peft_model(encoder.model.base_model, config)
        config.target_modules = targets  # peft shortens the names, and would find others by them elsewhere
        return cls(encoder, adapted)

    def merged(self) -> Any:
        """Return a copy of the whole model with the adapters added to its weights, and none left."""
        model, adapted = deepcopy((self._encoder.model, self._adapted))
        adapted.merge_and_unload()
        return model

    def save(self, folder: Path) -> None:
        """Write the adapters, and a new head, so that `PeftModel.from_pretrained` opens them and training goes on."""
        from peft import get_peft_model_state_dict
        from safetensors.torch import save_file

        folder.mkdir()
        self._adapted.peft_config["default"].save_pretrained(folder)
        found = get_peft_model_state_dict(self._adapted, save_embedding_layers=False)
        save_file({name: value.contiguous() for name, value in found.items()}, folder / WEIGHTS, {"format": "pt"})
        if head := self._head():
            save_file({name: value.detach().contiguous() for name, value in head.items()}, folder / HEAD)

    def load(self, folder: Path) -> None:
        """Put back what `save` wrote.

        Raises:
            DataError: It is not there, or belongs to other adapters.
        """
        from peft import set_peft_model_state_dict
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            set_peft_model_state_dict(self._adapted, load_file(folder / WEIGHTS))
            if self._head():
                self._encoder.model.load_state_dict(load_file(folder / HEAD), strict=False)
        except (OSError, RuntimeError, SafetensorError) as error:
            message = f"cannot read the adapters: {str(error).splitlines()[0]}"
            raise DataError(
                message, f"Is it a run with this --lora-rank and --lora-targets? {OLDER}", path=folder
            ) from None

    def _head(self) -> dict[str, nn.Parameter]:
        """The weights of a new head that are its own, by name in the model."""
        if not self._encoder.new_head:
            return {}
        model = self._encoder.model
        shared = {id(weight) for weight in model.base_model.parameters()}
        return {name: weight for name, weight in model.named_parameters() if id(weight) not in shared}


def _targets(encoder: Encoder, wanted: str) -> list[str]:
    """Names, inside the encoder without head, of the linear layers that are to have an adapter."""
    inside = {id(one) for module in encoder.modules_below([-1]) for one in module.modules()}
    names = [
        name
        for name, module in encoder.model.base_model.named_modules()
        if isinstance(module, nn.Linear) and id(module) in inside
    ]
    kept = [name for name in names if _chosen(name, wanted)]
    if not kept:
        known = ", ".join(sorted({name.rpartition(".")[2] for name in names}))
        raise UsageError(f"--lora-targets {wanted}: no layer of the model is called so", f"There are: {known}.")
    return kept


def _chosen(name: str, wanted: str) -> bool:
    """Whether a layer is wanted; what belongs to attention says so in its name, in all families."""
    if wanted == "all":
        return True
    if wanted == "attention":
        return "att" in name.rpartition(".")[0]
    return any(f".{name}".endswith(f".{one.strip()}") for one in wanted.split(","))

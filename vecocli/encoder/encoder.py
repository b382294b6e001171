"""The encoder that every command shares: sub-words -> hidden states -> vectors and logits.

Shapes: B rows, S sub-words, H hidden size, V vocabulary, N chosen positions, K layers.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import torch
from torch import Tensor, nn

from vecocli.encoder.devices import best_device
from vecocli.encoder.heads import find_head
from vecocli.encoder.tokens import TextTokenizer
from vecocli.errors import DataError, MissingError, UsageError

Pooling = Literal["mean", "first"]


@dataclass(frozen=True, slots=True)
class Inputs:
    """One padded batch of model inputs.

    Args:
        ids: [B, S] int64 vocabulary ids.
        mask: [B, S] bool, False at padding.
        types: [B, S] int64 segment ids, None where the model has none.
        labels: [B, S] int64 ids to predict, -100 elsewhere; None where nothing is masked.
    """

    ids: Tensor
    mask: Tensor
    types: Tensor | None = None
    labels: Tensor | None = None

    def to(self, device: torch.device) -> "Inputs":
        """Copy to a device."""
        types = None if self.types is None else self.types.to(device)
        labels = None if self.labels is None else self.labels.to(device)
        return Inputs(self.ids.to(device), self.mask.to(device), types, labels)


class Encoder(nn.Module):
    """A Hugging Face encoder with its tokenizer.

    Args:
        model: A `...ForMaskedLM` model, or a bare encoder (then `mlm_logits` is not available).
        tokenizer: A fast Hugging Face tokenizer.
    """

    def __init__(self, model: Any, tokenizer: Any) -> None:
        super().__init__()
        self.model = model
        if best_device().type == "cpu" and model.config._attn_implementation == "sdpa":
            model.set_attn_implementation("eager")  # the faster one for short sentences on a CPU
        self.tokens = TextTokenizer(tokenizer)
        self.new_head = False

    @classmethod
    def load(cls, name: str | Path, *, trust_remote_code: bool = False, dropout: float | None = None) -> Self:
        """Open an encoder from a folder or by its Hub name, in fp32.

        Args:
            name: Folder written by `save_pretrained`, or a Hub name.
            trust_remote_code: Run Python that the model brings along; only when the user asks for it.
            dropout: Replace the configuration's dropout rates, in [0, 1); None keeps them.

        Raises:
            DataError: The folder has no model or no tokenizer.
            MissingError: The Hub cannot be reached and the model is not cached.
        """
        from transformers import AutoTokenizer

        quiet_transformers()
        if not Path(name).exists():
            _find_on_hub(str(name))
        try:
            tokenizer = AutoTokenizer.from_pretrained(name, trust_remote_code=trust_remote_code)
        except Exception as error:  # whatever its parsers raise on a damaged file
            raise _cannot_open(name, "tokenizer", error) from None
        if Path(name).is_dir() and not any(Path(name).glob("*token*")) and not any(Path(name).glob("*vocab*")):
            raise DataError(f"{name} holds no tokenizer", "Save one there with tokenizer.save_pretrained().")
        model, missing = _open_model(name, trust_remote_code, dropout)
        encoder = cls(model, tokenizer)
        prefix = model.base_model_prefix + "."
        encoder.new_head = encoder.has_head and any(not key.startswith(prefix) for key in missing)
        encoder.tokens.check()
        return encoder

    @property
    def num_layers(self) -> int:
        """How many layers there are; layer 0 is the embeddings, layer `num_layers` the last."""
        return int(self.model.config.get_text_config().num_hidden_layers)

    @property
    def hidden_size(self) -> int:
        """H, the width of a state."""
        return int(self.model.config.get_text_config().hidden_size)

    @property
    def max_length(self) -> int:
        """The most sub-words an input may have, special tokens included."""
        config = self.model.config.get_text_config()
        positions = int(getattr(config, "max_position_embeddings", 512))
        table = getattr(getattr(self.model.base_model, "embeddings", None), "position_embeddings", None)
        if (padding := getattr(table, "padding_idx", None)) is not None:
            positions -= int(padding) + 1  # RoBERTa and its kin count positions from after the padding index
        return min(positions, int(self.tokens.hf.model_max_length))

    @property
    def has_head(self) -> bool:
        """Whether the model can predict masked sub-words."""
        return find_head(self.model) is not None

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.parameters()).device

    def layer(self, number: int) -> int:
        """Check a layer number; -1 is the last.

        Raises:
            UsageError: The model has no such layer.
        """
        count = self.num_layers
        if not -count - 1 <= number <= count:
            raise UsageError(f"the model has no layer {number}", f"Layers run from 0 (embeddings) to {count} (last).")
        return number % (count + 1)

    @property
    def aligning_layer(self) -> int:
        """Two thirds up, where words of two languages lie closest: 8 of 12.

        Source: SimAlign (arXiv 2004.08728) and awesome-align (arXiv 2101.08231) read layer 8 of 12.
        """
        return round(self.num_layers * 2 / 3)

    def hidden_states(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Run the encoder; returns num_layers + 1 tensors [B, S, H]."""
        extra = {} if inputs.types is None else {"token_type_ids": inputs.types}
        output = self.model.base_model(
            input_ids=inputs.ids, attention_mask=inputs.mask.long(), output_hidden_states=True, **extra
        )
        states: tuple[Tensor, ...] = output.hidden_states
        return (*states[:-1], output.last_hidden_state)

    def mlm_logits(self, states: Tensor) -> Tensor:
        """Predict the vocabulary at chosen positions: [N, H] -> [N, V].

        Raises:
            UsageError: The model has no masked-language head.
        """
        head = find_head(self.model)
        if head is None:
            raise UsageError(f"{type(self.model).__name__} has no masked-language head", "Leave out mlm and tlm.")
        return head(states)


def pool(states: Tensor, mask: Tensor, pooling: Pooling) -> Tensor:
    """Sentence vectors [B, H] from states [B, S, H].

    Args:
        states: Hidden states of one layer.
        mask: [B, S] bool, False at padding. The mean takes special tokens in, as XTREME's retrieval does.
        pooling: `mean` over the non-padding positions, or the `first` position.

    Source: mean as in XTREME's retrieval script; first as in InfoXLM (arXiv 2007.07834) and LaBSE.
    """
    if pooling == "first":
        return states[:, 0]
    weights = mask.to(states.dtype).unsqueeze(-1)
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1)


def quiet_transformers() -> None:
    """Silence load reports and progress bars of transformers."""
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def _find_on_hub(name: str) -> None:
    """Ask the Hub once for a model that is not cached: transformers would ask for each file, six times, for a minute.

    Raises:
        MissingError: There is no such model, or no way to the Hub.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url, try_to_load_from_cache

    try:
        if not isinstance(try_to_load_from_cache(name, "config.json"), str):
            get_hf_file_metadata(hf_hub_url(name, "config.json"))
    except Exception as error:  # of the network, the Hub or the name
        raise _cannot_open(name, "model", error) from None


def _open_model(name: str | Path, trust_remote_code: bool, dropout: float | None) -> tuple[Any, set[str]]:
    """Open with the masked-language head where the architecture has one; returns (model, missing weights)."""
    from transformers import AutoConfig, AutoModel, AutoModelForMaskedLM

    try:
        config = AutoConfig.from_pretrained(name, trust_remote_code=trust_remote_code)
        for key in vars(config) if dropout is not None else ():
            if key.endswith(("dropout", "dropout_prob")) and isinstance(getattr(config, key), int | float):
                setattr(config, key, dropout)
        remote = getattr(config, "auto_map", None) or {}
        masked = type(config) in AutoModelForMaskedLM._model_mapping or "AutoModelForMaskedLM" in remote
        model, info = (AutoModelForMaskedLM if masked else AutoModel).from_pretrained(
            name,
            config=config,
            dtype=torch.float32,
            trust_remote_code=trust_remote_code,
            weights_only=True,
            output_loading_info=True,
        )
    except Exception as error:  # whatever its parsers raise on a damaged file
        raise _cannot_open(name, "model", error) from None
    return model, set(info["missing_keys"])


def _cannot_open(name: str | Path, what: str, error: Exception) -> DataError | MissingError:
    reason = str(error).strip().split("\n")[0]
    if Path(name).is_dir():
        hint = f"A model folder needs config.json, weights and tokenizer files; its {what} could not be read."
        return DataError(f"{name}: {reason}", hint)
    if Path(name).is_absolute() or str(name).startswith(".") or len(Path(name).parts) > 2:
        return DataError(f"there is no folder {name}", "Give a model's folder, or a Hub name such as xlm-roberta-base.")
    return MissingError(f"cannot open {name!r} as a folder or from the Hub: {reason}", "Check the path or the network.")

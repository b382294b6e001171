"""The encoder that every command shares: sub-words -> hidden states -> vectors and logits.

Shapes: B rows, S sub-words, H hidden size, V vocabulary, N chosen positions, K layers.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

import torch
from torch import Tensor, nn

from vecocli.encoder.devices import best_device
from vecocli.encoder.heads import find_decoder, find_head, head_loss, need_head
from vecocli.encoder.layers import reading, stacks
from vecocli.encoder.opening import TaskHead, check_vocabulary, check_weights, open_model, open_tokenizer
from vecocli.encoder.tokens import TextTokenizer
from vecocli.errors import UsageError

Pooling = Literal["mean", "first"]
WEIGHTS_SEEN = 1000  # of a tensor, for an encoder's fingerprint


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
    def load(
        cls,
        name: str | Path,
        *,
        trust_remote_code: bool = False,
        dropout: float | None = None,
        head: TaskHead | None = None,
    ) -> Self:
        """Open an encoder from a folder or by its Hub name, in fp32.

        Args:
            name: Folder written by `save_pretrained`, or a Hub name.
            trust_remote_code: Run Python that the model brings along; only when the user asks for it.
            dropout: Replace the configuration's dropout rates, in [0, 1); None keeps them.
            head: Put this on top, in place of the masked-language head; one that the model comes with is kept.

        Raises:
            DataError: The folder has no model, none that is an encoder, one without some of its weights, no tokenizer,
                or one that is another model's.
            MissingError: The Hub cannot be reached and the model is not cached.
        """
        tokenizer = open_tokenizer(name, trust_remote_code)
        model, missing = open_model(name, trust_remote_code, dropout, head)
        check_vocabulary(name, model, tokenizer)
        check_weights(name, model, missing)
        encoder = cls(model, tokenizer)
        prefix = model.base_model_prefix + "."
        headed = head is not None or encoder.has_head
        encoder.new_head = headed and any(not key.startswith(prefix) for key in missing)
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

    def fingerprint(self, layer: int) -> str:
        """Return what tells encoders apart up to a layer, whatever they are called: some weights out of every tensor.

        Poolers and heads do not count: where a checkpoint lacks them, their weights are random.
        """
        state = hashlib.blake2b(digest_size=16)
        stack = self._stack
        above = [] if stack is None else list(stack[self.layer(layer) :])
        high = {id(one) for module in above for one in module.parameters()}
        tensors = [
            (name, tensor)
            for name, tensor in self.model.base_model.named_parameters()
            if id(tensor) not in high and "pooler" not in name
        ]
        for name, tensor in tensors:
            flat = tensor.detach().flatten()
            some = flat[:: max(1, len(flat) // WEIGHTS_SEEN)].float().cpu().numpy()
            state.update(f"{name} {tuple(tensor.shape)}".encode() + some.tobytes())
        return state.hexdigest()

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
        output = self._run(inputs, output_hidden_states=True)
        states: tuple[Tensor, ...] = output.hidden_states
        return (*states[:-1], output.last_hidden_state)

    def _run(self, inputs: Inputs, **settings: Any) -> Any:
        extra = {} if inputs.types is None else {"token_type_ids": inputs.types}
        return self.model.base_model(input_ids=inputs.ids, attention_mask=inputs.mask.long(), **extra, **settings)

    def states_at(self, inputs: Inputs, layers: Sequence[int]) -> list[Tensor]:
        """Run the encoder up to the highest of some layers and no further.

        Args:
            inputs: B rows.
            layers: Layers to read, each in [0, num_layers] or negative from the end.

        Returns:
            States [B, S, H], one tensor for each layer asked for.
        """
        with self.reader(layers) as read:
            return read(inputs)

    @property
    def layers(self) -> list[nn.Module]:
        """The modules that run one after the other above the embeddings; none where they cannot be told apart."""
        return [] if self._stack is None else list(self._stack)

    def modules_below(self, layers: Sequence[int]) -> list[nn.Module]:
        """The modules that run to read some layers."""
        highest = max(map(self.layer, layers))
        return [self.model.base_model] if self._stack is None else list(self._stack[:highest])

    @contextmanager
    def reader(self, layers: Sequence[int]) -> Iterator[Callable[[Inputs], list[Tensor]]]:
        """Yield what `states_at` does, for many inputs; several threads may call it at once."""
        wanted = [self.layer(layer) for layer in layers]
        if self._stack is None or max(wanted) == self.num_layers:
            yield lambda inputs: list(map(self.hidden_states(inputs).__getitem__, wanted))
            return
        with reading(self._stack, wanted, stop=True) as read:
            yield lambda inputs: list(map(read(lambda: self._run(inputs)).__getitem__, wanted))

    @cached_property
    def _stack(self) -> nn.ModuleList | None:
        """The modules whose inputs are the hidden states, tried out on two words; None where there are none."""
        ids = torch.tensor([self.tokens.single(self.tokens.pieces(["two words"])[0].ids)], device=self.device)
        inputs = Inputs(ids, torch.ones_like(ids, dtype=torch.bool))
        for stack in stacks(self.model.base_model, self.num_layers):
            states: list[Tensor] = []
            with torch.inference_mode(), reading(stack, range(self.num_layers), stop=False) as read:
                found = read(lambda states=states: states.extend(self.hidden_states(inputs)))  # type: ignore[misc]
            if len(found) == self.num_layers and all(torch.equal(found[layer], states[layer]) for layer in found):
                return stack
        return None

    def mlm_logits(self, states: Tensor) -> Tensor:
        """Predict the vocabulary at chosen positions: [N, H] -> [N, V].

        Raises:
            UsageError: The model has no masked-language head.
        """
        return need_head(self.model)(states)

    def mlm_loss(self, states: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Losses [N] of labels [N] at states [N, H], and whether each is the first guess; never all logits at once.

        Raises:
            UsageError: The model has no masked-language head.
        """
        return head_loss(need_head(self.model), self._decoder, states, labels)

    @cached_property
    def _decoder(self) -> nn.Linear | None:
        return find_decoder(self.model, self.hidden_size)


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

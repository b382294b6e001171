"""Which sub-words are hidden from the model, and behind what.

Shapes: B rows, S sub-words.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from vecocli.encoder.encoder import Inputs
from vecocli.encoder.tokens import TextTokenizer
from vecocli.errors import UsageError


@dataclass(frozen=True)
class Masker:
    """Chooses positions at random and corrupts them: 80 % mask token, 10 % a random sub-word, 10 % left as they are.

    Args:
        tokens: The model's tokenizer.
        mlm_rate: Share of a single sentence's sub-words to predict, in (0, 1).
        tlm_rate: The same for joined pairs.

    Raises:
        UsageError: The tokenizer has no mask token.

    Source: BERT's 80/10/10 rule; the rates 0.15 and 0.25 that `pretrain` uses by default are VECO's (arXiv 2010.16046).
    """

    tokens: TextTokenizer
    mlm_rate: float
    tlm_rate: float

    def __post_init__(self) -> None:
        if self.tokens.mask_id is None:
            raise UsageError("the tokenizer has no mask token", "Leave out the objectives mlm and tlm.")

    def mlm(self, inputs: Inputs, generator: torch.Generator) -> Inputs:
        """Corrupt single sentences."""
        return self._corrupt(inputs, self.mlm_rate, generator)

    def tlm(self, inputs: Inputs, generator: torch.Generator) -> Inputs:
        """Corrupt joined pairs, both sides alike."""
        return self._corrupt(inputs, self.tlm_rate, generator)

    def _corrupt(self, inputs: Inputs, rate: float, generator: torch.Generator) -> Inputs:
        special = torch.tensor(sorted(self.tokens.special_ids - {self.tokens.unk_id}))
        draw = torch.rand(inputs.ids.shape, generator=generator)
        chosen = (draw < rate) & inputs.mask & ~torch.isin(inputs.ids, special)
        fate = torch.rand(inputs.ids.shape, generator=generator)
        ids = inputs.ids.masked_fill(chosen & (fate < 0.8), self.tokens.mask_id or 0)
        strange = chosen & (fate >= 0.8) & (fate < 0.9)
        ids = torch.where(strange, self._random_ids(inputs.ids, generator), ids)
        return Inputs(ids, inputs.mask, inputs.types, inputs.ids.masked_fill(~chosen, -100))

    def _random_ids(self, like: Tensor, generator: torch.Generator) -> Tensor:
        return torch.randint(len(self.tokens.hf), like.shape, generator=generator)

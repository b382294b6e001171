"""All that a model's folder holds, for checkpoints and the end alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from torch import Tensor

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.passes import Readout
from vecocli.text.shards import ShardFolder
from vecocli.training.card import Card
from vecocli.training.lora import Adapters, write_weights
from vecocli.training.mono import MonoText
from vecocli.training.sentence_transformers import check_readable, write_modules
from vecocli.training.sharding import whole
from vecocli.training.sources import read_sources
from vecocli.training.start import start_facts


@dataclass(frozen=True, slots=True)
class Output:
    """Writes a model with all that belongs to it.

    Args:
        config: The run's settings.
        encoder: The model.
        readout: Where vectors are read.
        card: Its card.
        adapters: Its adapters; where there are some, the model is written with them merged, and they beside it.
    """

    config: PretrainConfig
    encoder: Encoder
    readout: Readout
    card: Card
    adapters: Adapters | None

    @classmethod
    def of(
        cls,
        config: PretrainConfig,
        encoder: Encoder,
        readout: Readout,
        shards: ShardFolder,
        mono: MonoText | None,
        adapters: Adapters | None,
    ) -> "Output":
        """Check what is to be written, and read what the card says of the data.

        Raises:
            UsageError: Something of it cannot be written.
            DataError: A damaged summary beside the shards.
        """
        if config.sentence_transformers:
            check_readable(encoder, readout)
        card = Card(
            config,
            dict(zip(shards.languages, shards.sizes, strict=True)),
            mono.sizes if mono else (),
            read_sources(shards.paths),
            start_facts(config.model) if config.model else {},
            readout,
            encoder.num_layers,
            encoder.max_length,
        )
        return cls(config, encoder, readout, card, adapters)

    def ready(self) -> Callable[[Path], None]:
        """Put the weights together, by all processes at once, and return `write` for the first of them to call."""
        return partial(self.write, weights=whole(self.encoder.model.state_dict(keep_vars=True)))

    def write(self, folder: Path, weights: Mapping[str, Tensor]) -> None:
        """Write all of it into an empty folder.

        Args:
            folder: Where to.
            weights: The model's weights, whole.
        """
        write_weights(self.encoder, self.adapters, folder, weights)
        self.card.write(folder)
        if self.config.sentence_transformers:
            write_modules(folder, self.encoder, self.readout, self.config.sequence_similarity)

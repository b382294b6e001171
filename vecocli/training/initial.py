"""The encoder that a run begins with or goes on with."""

from itertools import islice
from pathlib import Path

import torch

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.checkpoint import OLDER
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.scratch import new_encoder, train_tokenizer
from vecocli.errors import DataError
from vecocli.text.shards import ShardFolder
from vecocli.training.lora import FOLDER, Adapters
from vecocli.training.mono import MonoText

TOKENIZER_SENTENCES = 200_000
"""Sentences that a new tokenizer is trained on, spread evenly over the text."""


def initial(
    config: PretrainConfig, shards: ShardFolder, mono: MonoText | None, checkpoint: Path | None, device: torch.device
) -> tuple[Encoder, Adapters | None]:
    """Return the checkpoint's encoder, the user's, or a new one, on the device; with adapters if these are trained.

    Args:
        config: The run's settings.
        shards: The mined pairs, for the tokenizer of a new one.
        mono: Monolingual text, likewise.
        checkpoint: What the run goes on from.
        device: Where it is trained.

    Raises:
        VecoError: The model, or the checkpoint, cannot be opened.
    """
    if config.model is None and checkpoint is None:
        tokenizer = train_tokenizer(_sample(shards, mono), config.vocabulary)
        fresh = new_encoder(str(config.from_scratch), tokenizer, seed=config.seed, dropout=config.dropout)
        return fresh.to(device), None
    start = str(config.model) if config.lora_rank else checkpoint or str(config.model)
    with torch.random.fork_rng():
        torch.manual_seed(config.seed)  # decides the weights of a head that the model comes without
        encoder = _load(config, start, checkpoint)
    encoder = encoder.to(device)
    if not config.lora_rank:
        return encoder, None
    adapters = Adapters.add(encoder, config, config.seed)
    if checkpoint:
        adapters.load(checkpoint / FOLDER)
    return encoder, adapters


def _load(config: PretrainConfig, start: str | Path, checkpoint: Path | None) -> Encoder:
    try:
        return Encoder.load(start, trust_remote_code=config.trust_remote_code, dropout=config.dropout)
    except DataError as error:
        if start != checkpoint:
            raise
        raise DataError(error.message, OLDER) from None  # what a checkpoint needs is another one


def _sample(shards: ShardFolder, mono: MonoText | None) -> list[str]:
    """Sentences for a new tokenizer, evenly spread over the mined text, then over the monolingual text."""
    stride = max(1, 2 * len(shards) // TOKENIZER_SENTENCES)
    rows = shards.rows(range(0, len(shards), stride))
    texts = [text for row in rows for text in (row.pair.source, row.pair.target)]
    return texts + list(islice(mono, TOKENIZER_SENTENCES) if mono else ())

"""Text that is held out from training, to evaluate on."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from vecocli.config.pretraining import PretrainConfig
from vecocli.errors import DataError, UsageError
from vecocli.mining.evaluate import read_sentences
from vecocli.mining.gold import GoldLinks, read_gold
from vecocli.mining.words import WordedPair
from vecocli.text.corpus import open_parallel
from vecocli.text.languages import pair as languages_of
from vecocli.text.shards import ShardFolder

READ_AT_ONCE = 2048
"""Rows of shards."""


class Parallel(NamedTuple):
    """Sentence pairs of one language pair.

    Args:
        name: `en-de`.
        sources: N sentences.
        targets: Their translations.
    """

    name: str
    sources: list[str]
    targets: list[str]


class Aligned(NamedTuple):
    """Sentence pairs with the links of their words."""

    pairs: list[WordedPair]
    gold: Sequence[GoldLinks]


def read_parallel(config: PretrainConfig, trained: Sequence[tuple[str, str]]) -> list[Parallel]:
    """Read what retrieval is measured on.

    Args:
        config: The run's settings.
        trained: The language pairs of its mined folders.

    Returns:
        One for each language pair of --eval-mined, and one for --eval-data. Pairs without text on a side are left out.

    Raises:
        DataError: Fewer than two pairs of a language pair.
        UsageError: The languages of --eval-data are not known.
    """
    found = []
    if config.eval_data:
        source, target = _languages(config, trained)
        texts = ((pair.source, pair.target) for pair in open_parallel(config.eval_data, source, target))
        found.append(_parallel(f"{source}-{target}", texts, config.eval_pairs, config.eval_data[0]))
    if config.eval_mined:
        shards = ShardFolder(*config.eval_mined)
        for place, languages in enumerate(shards.languages):
            rows = _rows(shards, place)
            found.append(_parallel("-".join(languages), rows, config.eval_pairs, config.eval_mined[0]))
    if len({text.name for text in found}) < len(found):
        raise UsageError(f"--eval-data and --eval-mined both have {found[0].name}", "Give one of them.")
    return found


def read_aligned(config: PretrainConfig, trained: Sequence[tuple[str, str]]) -> Aligned | None:
    """Read what word alignment is measured on: --eval-data with --eval-gold.

    Args:
        config: The run's settings.
        trained: The language pairs of its mined folders.
    """
    if config.eval_gold is None:
        return None
    pairs = read_sentences(config.eval_data, *_languages(config, trained))
    lengths = [(len(pair.source_words), len(pair.target_words)) for pair in pairs]
    return Aligned(pairs, read_gold(config.eval_gold, lengths).links)


def _languages(config: PretrainConfig, trained: Sequence[tuple[str, str]]) -> tuple[str, str]:
    if config.eval_languages is not None:
        return languages_of(config.eval_languages)
    if len(trained) > 1:
        listed = ", ".join(map("-".join, trained))
        raise UsageError(f"the mined folders have several language pairs: {listed}", "Give --eval-languages.")
    return trained[0]


def _parallel(name: str, texts: Iterator[tuple[str, str]], most: int, path: Path) -> Parallel:
    full = list(islice(((source, target) for source, target in texts if source.strip() and target.strip()), most))
    if len(full) < 2:
        hint = "Retrieval needs sentences to tell apart: give more of them."
        raise DataError(f"fewer than two pairs of {name} with text on both sides", hint, path=path)
    return Parallel(name, [source for source, _ in full], [target for _, target in full])


def _rows(shards: ShardFolder, languages: int) -> Iterator[tuple[str, str]]:
    """The rows of a language pair, from the start."""
    size = shards.sizes[languages]
    for start in range(0, size, READ_AT_ONCE):
        places = np.arange(start, min(start + READ_AT_ONCE, size))
        for row in shards.rows(shards.numbers(np.full(len(places), languages), places)):
            yield row.pair.source, row.pair.target

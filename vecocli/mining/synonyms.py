"""`mine-synonyms` as one call: open corpora, dictionaries and encoder as configured, and mine each language pair."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vecocli.config.mining import MineConfig
from vecocli.errors import UsageError
from vecocli.mining.exports import Export, Pharaoh, word_pairs
from vecocli.mining.launch import Launch, launched
from vecocli.mining.mine import Prepare, Settings, mine
from vecocli.mining.prepare import ByDictionary
from vecocli.mining.rules import Rules
from vecocli.mining.sample import sampling
from vecocli.mining.summary import MiningSummary
from vecocli.mining.workers import cores, interruptible
from vecocli.progress import Progress, silent
from vecocli.text.mixed import MixedCorpus
from vecocli.text.plan import LanguagePair, count, language_pairs, open_mixed, per_pair, share
from vecocli.text.sources import Source
from vecocli.text.thesaurus import Thesaurus

if TYPE_CHECKING:
    from vecocli.encoder.encoder import Encoder

SIMALIGN = "simalign"
IN_NAME = "Put {source} and {target} into its name."


def mine_synonyms(config: MineConfig, progress: Progress = silent) -> list[MiningSummary]:
    """Mine synonym pairs as configured; see `vecocli.mining.mine.mine`.

    Started by `torchrun` or `accelerate launch`, each process does its part.

    Args:
        config: The resolved settings; also written to run.yaml in the result.
        progress: Called with (pairs done, pairs in all or None).

    Returns:
        What was found for each language pair; nothing in all processes of a launch but the first.

    Raises:
        VecoError: Unusable corpus, dictionary, model or output folder.
        KeyboardInterrupt: SIGTERM, as well as Ctrl-C.
    """
    pairs = language_pairs(config.source, config.target, config.languages)
    corpora = open_mixed(
        config.corpus,
        pairs,
        config.format,
        config.columns or None,
        limits=per_pair(config.limit, pairs, count, "--limit"),
        samples=per_pair(config.sample, pairs, share, "--sample"),
        seed=config.seed,
    )
    if len(pairs) > 1:
        _check_names(config, pairs)
    found, done = [], 0
    with interruptible(), launched() as launch:
        encoder = _encoder(config)
        for pair, corpus in zip(pairs, corpora, strict=True):
            report = progress if len(pairs) == 1 else _after(progress, done)
            summary = _mine_pair(config, pair, corpus, encoder, launch, report)
            if summary is not None:
                done += summary.pairs
                found.append(summary)
        if found:
            config.write(config.out / "run.yaml")
    return found


def out_folder(config: MineConfig, corpus: MixedCorpus, pairs: int) -> Path:
    """Return the folder of one language pair's result: one below `--out` where there are several."""
    return config.out if pairs == 1 else config.out / corpus.label


def _mine_pair(
    config: MineConfig,
    pair: LanguagePair,
    corpus: MixedCorpus,
    encoder: "Encoder | None",
    launch: Launch,
    progress: Progress,
) -> MiningSummary | None:
    """Mine one language pair."""
    alone = config.model is None and launch.share.size == 1  # a process with an encoder, or of a launch, is not forked
    with sampling(corpus, apart=alone and (config.workers or cores()) > 1) as sample:
        return mine(
            corpus,
            sample,
            _prepare(config, _thesaurus(config, pair, corpus), encoder),
            out_folder(config, corpus, len(config.languages) or 1),
            Settings(
                shard_rows=config.shard_rows,
                min_coverage=config.min_coverage,
                workers=config.workers if config.model is None else 1,  # an encoder is in one process
                overwrite=config.overwrite,
            ),
            exports=_exports(config, pair),
            launch=launch,
            progress=progress,
        )


def _thesaurus(config: MineConfig, pair: LanguagePair, corpus: MixedCorpus) -> Thesaurus:
    """Read the dictionaries of one language pair; there may be none."""
    written = config.inflection == "exact"
    if not config.dictionary:
        return Thesaurus(corpus.source_language, corpus.target_language, {}, written=written)
    return Thesaurus.load(
        [_filled(path, pair) for path in config.dictionary],
        *pair,
        format=config.dictionary_format,
        reverse=config.reverse_dictionary,
        pivot=config.pivot,
        written=written,
        skip_others=len(config.languages) > 1,
    )


def _after(progress: Progress, before: int) -> Progress:
    """Add what other language pairs have done; how many there are in all is not known yet."""
    return lambda done, total: progress(before + done, None)


def _exports(config: MineConfig, pair: LanguagePair) -> list[Export]:
    """The further files that are asked for."""
    exports = []
    if config.pharaoh is not None:
        exports.append(Export(_filled(config.pharaoh, pair), Pharaoh(config.segmenter, config.pharaoh_scores)))
    if config.word_pairs is not None:
        exports.append(Export(_filled(config.word_pairs, pair), word_pairs))
    return exports


def _check_names(config: MineConfig, pairs: Sequence[LanguagePair]) -> None:
    """Refuse files that would be the same for every language pair."""
    for flag, path in (("--pharaoh", config.pharaoh), ("--word-pairs", config.word_pairs)):
        if path is not None and len({_filled(path, pair) for pair in pairs}) < len(pairs):
            raise UsageError(f"{flag} {path} would be one file for several language pairs", IN_NAME)
    for path in config.dictionary:
        if _filled(path, pairs[0]) == path:
            source = Source(path, pairs[0], config.dictionary_format)
            if source.languages is None and not source.content.words:
                raise UsageError(f"nothing in {path} says its languages, and there are several pairs", IN_NAME)


def _filled(path: Path, pair: LanguagePair) -> Path:
    """Put languages in the place of {source} and {target}."""
    return Path(str(path).replace("{source}", pair[0]).replace("{target}", pair[1]))


def _encoder(config: MineConfig) -> "Encoder | None":
    """The encoder, if one was named; each process of a launch has its own device."""
    if config.model is None or config.aligner == SIMALIGN:
        return None
    import torch

    from vecocli.encoder.devices import best_device
    from vecocli.encoder.encoder import Encoder

    if devices := torch.accelerator.device_count():
        torch.accelerator.set_device_index(int(os.environ.get("LOCAL_RANK", "0")) % devices)
    return Encoder.load(config.model, trust_remote_code=config.trust_remote_code).to(best_device())


def _prepare(config: MineConfig, thesaurus: Thesaurus, encoder: "Encoder | None") -> Prepare:
    """What makes the miner: by the dictionary alone, with an encoder that chooses, or with one that links."""
    rules = Rules(
        function_words=config.function_words,
        function_share=config.function_share,
        identical=config.identical,
        max_phrase=config.max_phrase,
        max_words=config.max_words,
        inflection=config.inflection,
        min_score=config.min_score,
    )
    dictionary = ByDictionary(thesaurus, thesaurus.languages, rules, config.segmenter)
    if config.model is None:
        return dictionary
    from vecocli.mining.aligning import aligner_of, scorer_of
    from vecocli.mining.joint import ByAligner

    if config.aligner == "off":
        assert encoder is not None
        return replace(dictionary, scorer=scorer_of(config, encoder))
    return ByAligner(dictionary, aligner_of(config, encoder))

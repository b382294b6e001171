"""`mine-synonyms` as one call: open corpus, dictionaries and encoder as configured, and mine."""

from vecocli.config.mining import MineConfig
from vecocli.mining.linker import SpanScorer
from vecocli.mining.mine import mine
from vecocli.mining.rules import Rules
from vecocli.mining.summary import MiningSummary
from vecocli.progress import Progress, silent
from vecocli.text.corpus import open_parallel
from vecocli.text.thesaurus import Thesaurus


def mine_synonyms(config: MineConfig, progress: Progress = silent) -> MiningSummary:
    """Mine synonym pairs as configured; see `vecocli.mining.mine.mine`.

    Args:
        config: The resolved settings; also written to run.yaml in the result.
        progress: Called with (pairs done, None).

    Raises:
        VecoError: Unusable corpus, dictionary, model or output folder.
    """
    corpus = open_parallel(config.corpus, config.source, config.target, config.format, config.columns or None)
    thesaurus = Thesaurus.load(
        config.dictionary,
        config.source,
        config.target,
        format=config.dictionary_format,
        reverse=config.reverse_dictionary,
    )
    rules = Rules(
        function_words=config.function_words,
        function_share=config.function_share,
        identical=config.identical,
        max_phrase=config.max_phrase,
        max_words=config.max_words,
    )
    summary = mine(
        corpus,
        thesaurus,
        config.out,
        rules=rules,
        shard_rows=config.shard_rows,
        limit=config.limit,
        scorer=_scorer(config),
        overwrite=config.overwrite,
        progress=progress,
    )
    config.write(config.out / "run.yaml")
    return summary


def _scorer(config: MineConfig) -> SpanScorer | None:
    """The encoder that chooses between places, if one was named."""
    if config.model is None:
        return None
    from vecocli.encoder.devices import best_device
    from vecocli.encoder.encoder import Encoder
    from vecocli.mining.similarity import EncoderScorer

    encoder = Encoder.load(config.model, trust_remote_code=config.trust_remote_code).to(best_device())
    layer = encoder.aligning_layer if config.layer is None else encoder.layer(config.layer)
    return EncoderScorer(encoder, layer, f"{config.model}, layer {layer}")

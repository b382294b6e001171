"""Find translations in parallel text by nearest neighbour: accuracy both ways and the MEXA score, by layer.

Takes the first --limit pairs that have text on both sides; equal sentences count as right. Scores are in percent.
MEXA is the share of pairs more alike than either side is to any other sentence's translation (arXiv 2410.05873).
"""

from typing import TYPE_CHECKING, Any

from vecocli.commands.evaluate._common import (
    best_layer,
    both_ways,
    check_out,
    finish,
    layer_row,
    open_encoder,
    say_truncated,
)
from vecocli.config.evaluation import RetrievalConfig
from vecocli.console import Screen
from vecocli.errors import DataError

if TYPE_CHECKING:
    from vecocli.text.corpus import ParallelCorpus, SentencePair

CONFIG = RetrievalConfig
EXAMPLE = """
    veco evaluate retrieval xlm-roberta-base news.en news.de --source en --target de --layer all
"""


def run(config: RetrievalConfig, screen: Screen) -> dict[str, Any]:
    """Encode, search, show."""
    check_out(config)
    from vecocli.encoder.lengths import count_truncated
    from vecocli.text.corpus import open_parallel
    from vecocli.xtreme.retrieve import evaluate_retrieval

    corpus = open_parallel(config.corpus, config.source, config.target, config.format, config.columns or None)
    pairs, skipped = _full(corpus, config.limit)
    if len(pairs) < 2:
        hint = "Retrieval needs sentences to tell apart: give more of them."
        raise DataError("fewer than two pairs with text on both sides", hint, path=config.corpus[0])
    sources, targets = [pair.source for pair in pairs], [pair.target for pair in pairs]
    encoder, layers = open_encoder(config)
    with screen.progress("encoding") as progress:
        scores = evaluate_retrieval(
            encoder,
            sources,
            targets,
            layers=layers,
            pooling=config.pooling,
            max_length=config.max_length,
            precision=config.precision,
            progress=progress,
        )
    truncated = count_truncated(encoder, sources + targets, config.max_length)
    forward, backward = f"{config.source}->{config.target}", f"{config.target}->{config.source}"
    rows = [layer_row(score, forward, backward) for score in scores]
    screen.table(f"Retrieval among {len(pairs):,} pairs", list(rows[0]), [tuple(row.values()) for row in rows])
    best = best_layer(both_ways(scores), "mean accuracy", screen)
    if skipped:
        screen.text(f"{skipped:,} pairs without text on a side were skipped.")
    say_truncated(truncated, 2 * len(pairs), screen)
    return finish(
        config,
        {
            "source": config.source,
            "target": config.target,
            "corpus": list(map(str, config.corpus)),
            "pooling": config.pooling,
            "n": len(pairs),
            "skipped": skipped,
            "truncated": truncated,
            "layers": rows,
            "mexa_mean": sum(score.mexa for score in scores) / len(scores),
            "best": best,
        },
    )


def _full(corpus: "ParallelCorpus", limit: int) -> tuple[list["SentencePair"], int]:
    """Take the first pairs with text on both sides; returns them and how many others were passed over."""
    pairs: list[SentencePair] = []
    skipped = 0
    for pair in corpus:
        if pair.source.strip() and pair.target.strip():
            pairs.append(pair)
        else:
            skipped += 1
        if len(pairs) == limit:
            break
    return pairs, skipped

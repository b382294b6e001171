"""Ask an encoder for synonyms: is a word's nearest word in the translation its mined synonym, layer by layer?

Takes folders that `veco mine-synonyms` wrote; pairs of equal surface form (names, numbers) are left out, since every
encoder finds those. Scores are in percent.
"""

from typing import Any

from vecocli.commands.evaluate._common import best_layer, check_out, finish, open_encoder, say_truncated
from vecocli.config.evaluation import SynonymsConfig
from vecocli.console import Screen
from vecocli.errors import DataError

CONFIG = SynonymsConfig
EXAMPLE = """
    veco evaluate synonyms runs/aligned held-out/en-de --layer all
"""


def run(config: SynonymsConfig, screen: Screen) -> dict[str, Any]:
    """Encode, look for the nearest words, show."""
    check_out(config)
    from vecocli.encoder.lengths import count_truncated
    from vecocli.mining.synonym_accuracy import evaluate_synonyms
    from vecocli.text.shards import ShardFolder

    shards = ShardFolder(*config.mined)
    rows = shards.rows(range(min(config.limit, len(shards))))
    encoder, layers = open_encoder(config)
    with screen.progress("encoding") as progress:
        scores = evaluate_synonyms(
            encoder,
            rows,
            layers=layers,
            pooling=config.pooling,
            max_length=config.max_length,
            precision=config.precision,
            progress=progress,
        )
    if not scores[0].links:
        hint = "Mine with a dictionary that has words of this text, or raise --limit."
        raise DataError("no synonym pairs of different form to ask for", hint, path=config.mined[0])
    truncated = count_truncated(
        encoder, [text for row in rows for text in (row.pair.source, row.pair.target)], config.max_length
    )
    table = [{"layer": score.layer, "forward": score.forward, "backward": score.backward} for score in scores]
    screen.table(
        f"Synonym accuracy over {scores[0].links:,} links", list(table[0]), [list(row.values()) for row in table]
    )
    best = best_layer({score.layer: (score.forward + score.backward) / 2 for score in scores}, "mean accuracy", screen)
    say_truncated(truncated, 2 * len(rows), screen)
    facts = {"mined": list(map(str, config.mined)), "pooling": config.pooling, "pairs": len(rows)}
    counts = {"links": scores[0].links, "truncated": truncated}
    return finish(config, {**facts, **counts, "layers": table, "best": best})

"""Score an encoder's word alignment against hand-made gold: AER, precision, recall, F1 of every layer.

Two sub-words are linked if each is the other's nearest by cosine (SimAlign's Argmax); words follow their sub-words.
Gold may count words from 0 or from 1: that is found out. All scores are in percent; a low AER is good.
"""

from dataclasses import asdict
from typing import Any

from vecocli.commands.evaluate._common import best_layer, check_out, finish, open_encoder, say_truncated
from vecocli.config.evaluation import AlignmentConfig
from vecocli.console import Screen

CONFIG = AlignmentConfig
EXAMPLE = """
    veco evaluate alignment xlm-roberta-base de-en.src-tgt de-en.gold --source de --target en
"""


def run(config: AlignmentConfig, screen: Screen) -> dict[str, Any]:
    """Align, score, show."""
    check_out(config)
    from vecocli.encoder.lengths import count_truncated
    from vecocli.mining.evaluate import evaluate_alignment, read_sentences
    from vecocli.mining.gold import read_gold

    pairs = read_sentences(config.sentences, config.source, config.target)
    gold = read_gold(config.gold, [(len(pair.source_words), len(pair.target_words)) for pair in pairs], config.base)
    encoder, layers = open_encoder(config)
    with screen.progress("aligning") as progress:
        results = evaluate_alignment(
            encoder,
            pairs,
            gold.links,
            layers=layers,
            unit=config.unit,
            max_length=config.max_length,
            precision=config.precision,
            progress=progress,
        )
    truncated = count_truncated(
        encoder, [text for pair in pairs for text in (pair.source, pair.target)], config.max_length
    )
    rows = [{"layer": result.layer, **asdict(result.score)} for result in results]
    screen.table(
        f"Word alignment {config.source}-{config.target}, {len(pairs):,} sentence pairs",
        ("layer", "AER", "precision", "recall", "F1", "links"),
        [tuple(row.values()) for row in rows],
    )
    best = best_layer({result.layer: -result.score.aer for result in results}, "AER", screen)
    screen.text(f"The gold counts words from {gold.base} ({gold.base_from}).")
    if gold.dropped:
        screen.text(f"{gold.dropped:,} of its links point outside their sentences and were left out.")
    say_truncated(truncated, 2 * len(pairs), screen)
    return finish(
        config,
        {
            "source": config.source,
            "target": config.target,
            "sentences": list(map(str, config.sentences)),
            "gold": str(config.gold),
            "unit": config.unit,
            "n": len(pairs),
            "truncated": truncated,
            "gold_links": {
                "sure": sum(len(row.sure) for row in gold.links),
                "sure_or_possible": sum(len(row.possible) for row in gold.links),
                "dropped": gold.dropped,
                "base": gold.base,
                "base_from": gold.base_from,
            },
            "layers": rows,
            "best": best,
        },
    )

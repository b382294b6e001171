"""Mine synonym pairs from parallel text with dictionaries: words and phrases whose translation stands opposite.

Writes Parquet shards (one row a sentence pair, its links with character spans, score and origin), lexicon.tsv,
summary.json and run.yaml. Where several places match, an encoder (--model) chooses, else relative position; such links
are marked ambiguous. Interrupted, the same command goes on where it stopped.
"""

from typing import Any

from vecocli.config.mining import MineConfig
from vecocli.console import Screen

CONFIG = MineConfig
EXAMPLE = """
    veco mine-synonyms news.en news.de --source en --target de --dictionary en-de.tsv --out mined/en-de
"""


def run(config: MineConfig, screen: Screen) -> dict[str, Any]:
    """Mine and show the coverage."""
    from dataclasses import asdict

    from vecocli.mining.synonyms import mine_synonyms

    with screen.progress("mining") as progress:
        summary = mine_synonyms(config, progress)
    source, target = summary.source_language, summary.target_language
    screen.table(
        f"Coverage, {source}-{target}",
        ["", "in all", "linked", "%"],
        [
            [
                "sentence pairs",
                summary.pairs,
                summary.pairs_with_links,
                _share(summary.pairs_with_links, summary.pairs),
            ],
            [f"words {source}", summary.source_words, summary.linked_source_words, 100 * summary.coverage],
            [
                f"words {target}",
                summary.target_words,
                summary.linked_target_words,
                _share(summary.linked_target_words, summary.target_words),
            ],
        ],
    )
    screen.text(
        f"{summary.links:,} links, {summary.ambiguous:,} of them ambiguous; {summary.lexicon:,} dictionary pairs used; "
        f"{summary.empty + summary.one_sided:,} pairs without text on a side. Result: {config.out}"
    )
    return asdict(summary) | {"coverage": summary.coverage, "out": str(config.out)}


def _share(part: int, whole: int) -> float:
    return 100 * part / max(1, whole)

"""Mine synonym pairs from parallel text: words and phrases that translate one another.

A dictionary (--dictionary) links what it lists, an encoder (--model) links by similarity (--aligner); together the
dictionary helps the encoder choose. Each link has its origin and a score that is a probability. Writes Parquet shards
(one row a sentence pair, its links with character spans), lexicon.tsv, summary.json and run.yaml; word alignments
(--pharaoh) and word pairs (--word-pairs) on demand. Interrupted, the same command goes on where it stopped.
"""

from typing import TYPE_CHECKING, Any

from vecocli.config.mining import MineConfig
from vecocli.console import Screen

if TYPE_CHECKING:
    from vecocli.mining.summary import MiningSummary

CONFIG = MineConfig
EXAMPLE = """
    veco mine-synonyms news.en news.de --source en --target de --dictionary en-de.tsv --out mined/en-de
    veco mine-synonyms news.en news.de --source en --target de --model xlm-roberta-base --out mined/en-de
"""
FEW = 0.03
"""Below this share of linked words a dictionary hardly is one of these languages."""


def run(config: MineConfig, screen: Screen) -> dict[str, Any]:
    """Mine and show the coverage."""
    from vecocli.mining.synonyms import mine_synonyms

    with screen.progress("mining") as progress:
        found = mine_synonyms(config, progress)
    for summary in found:
        if summary.coverage < FEW:
            pair = f"{summary.source_language}-{summary.target_language}"
            few = f"{pair}: only {100 * summary.coverage:.1f} % of the source words are linked"
            screen.note(f"{few}; is the dictionary one of these languages?")
    if len(found) == 1:
        _show(found[0], config, screen)
    elif found:
        _show_all(found, config, screen)
    documents = [summary.document() for summary in found]
    return (documents[0] if len(found) == 1 else {"language_pairs": documents}) | {"out": str(config.out)}


def _show(summary: "MiningSummary", config: MineConfig, screen: Screen) -> None:
    """Show one language pair."""
    source, target = summary.source_language, summary.target_language
    rows = [
        ("sentence pairs", summary.pairs, summary.pairs_with_links),
        (f"words {source}", summary.source_words, summary.linked_source_words),
        (f"words {target}", summary.target_words, summary.linked_target_words),
    ]
    screen.table(
        f"Coverage, {source}-{target}", ["", "in all", "linked", "%"], [[*row, _share(row[2], row[1])] for row in rows]
    )
    screen.text(
        f"{summary.links:,} links, {summary.ambiguous:,} of them ambiguous; {summary.lexicon:,} different pairs; "
        f"{summary.empty + summary.one_sided:,} pairs without text on a side. Result: {config.out}"
    )
    _show_long([summary], config, screen)


def _show_all(found: "list[MiningSummary]", config: MineConfig, screen: Screen) -> None:
    """Show several language pairs, a line each."""
    screen.table(
        "Coverage",
        ["", "sentence pairs", "linked", "links", "words linked %", "lexicon"],
        [
            [
                f"{one.source_language}-{one.target_language}",
                one.pairs,
                one.pairs_with_links,
                one.links,
                100 * one.coverage,
                one.lexicon,
            ]
            for one in found
        ],
    )
    screen.text(f"Result: a folder for each language pair in {config.out}")
    _show_long(found, config, screen)


def _show_long(found: "list[MiningSummary]", config: MineConfig, screen: Screen) -> None:
    """Say what was too long."""
    if pairs := sum(summary.too_long for summary in found):
        screen.text(f"{pairs:,} sentence pairs were too long to link (--max-words), or repeat a word too often.")
    if texts := sum(summary.long_texts for summary in found):
        screen.text(f"{texts:,} sentences were longer than --max-length ({config.on_long}).")


def _share(part: int, whole: int) -> float:
    return 100 * part / max(1, whole)

"""Score a mined lexicon against a dictionary that did not serve to mine it: precision, recall, coverage, both ways.

Takes folders that `veco mine-synonyms` wrote, or their lexicon.tsv. Precision at 1: is a word's most frequent mined
translation listed? Recall: were the listed pairs of linked words mined? By how often a word was linked. Scores are in
percent; dictionaries are incomplete, so that true precision is higher.
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vecocli.commands.evaluate._common import check_out, write_out
from vecocli.config.evaluation import LexiconConfig
from vecocli.console import Screen
from vecocli.errors import DataError, UsageError

if TYPE_CHECKING:
    from vecocli.mining.lexicon_accuracy import DirectionScore, LexiconAccuracy

CONFIG = LexiconConfig
EXAMPLE = """
    veco evaluate lexicon mined/en-de --dictionary held-out-en-de.tsv
"""
COLUMNS = ("links of a word", "words", "in dictionary", "P@1", "P@5", "listed pairs", "recall")


def run(config: LexiconConfig, screen: Screen) -> dict[str, Any]:
    """Read, look up, show."""
    check_out(config)
    from itertools import chain

    from vecocli.mining.lexicon import read_lexicon
    from vecocli.mining.lexicon_accuracy import Keep, evaluate_lexicon
    from vecocli.text.thesaurus import Thesaurus

    files = _files(config.mined)
    source, target = _languages(config, files)
    thesaurus = Thesaurus.load(
        config.dictionary, source, target, format=config.dictionary_format, reverse=config.reverse_dictionary
    )
    rows = chain.from_iterable(map(read_lexicon, files))
    accuracy = evaluate_lexicon(rows, thesaurus, Keep(config.min_count, config.min_score, config.only_origin or ""))
    if not accuracy.kept:
        hint = "Lower --min-count or --min-score, or name another --only-origin; the lexicon states the origins."
        raise DataError(f"none of its {accuracy.pairs:,} word pairs is to be measured", hint, path=files[0])
    if not accuracy.forward.covered:
        hint = "Give a dictionary with words of this text."
        raise DataError("the dictionary has none of its words", hint, path=files[0])
    directions = {f"{source}->{target}": accuracy.forward, f"{target}->{source}": accuracy.backward}
    for name, direction in directions.items():
        _show(name, direction, screen)
    _say_what(accuracy, screen)
    return write_out(
        config,
        {
            "source": source,
            "target": target,
            "lexicon": list(map(str, files)),
            "dictionary": list(map(str, config.dictionary)),
            "min_count": config.min_count,
            "min_score": config.min_score,
            "only_origin": config.only_origin,
            "pairs": accuracy.pairs,
            "measured": accuracy.kept,
            "by_dictionary": accuracy.by_dictionary,
            "shared_dictionaries": list(accuracy.shared),
            "directions": {name: asdict(direction) for name, direction in directions.items()},
        },
    )


def _files(mined: Sequence[Path]) -> list[Path]:
    """Return the lexicons of folders, and those that are named themselves."""
    from vecocli.mining.result import LEXICON

    files = [path if path.is_file() else path / LEXICON for path in mined]
    for file in files:
        if not file.is_file():
            raise DataError(
                "no lexicon", "Name a folder that `veco mine-synonyms` wrote, of one language pair.", path=file
            )
    return files


def _languages(config: LexiconConfig, files: list[Path]) -> tuple[str, str]:
    """Return the one language pair of the lexicons, as summaries and flags state it."""
    from vecocli.mining.result import SUMMARY
    from vecocli.mining.summary import read_languages
    from vecocli.text.languages import canonical

    summaries = {file.with_name(SUMMARY): None for file in files}
    found = {read_languages(path) for path in summaries if path.exists()}
    if config.source is not None and config.target is not None:
        found.add((canonical(config.source), canonical(config.target)))
    if not found:
        raise UsageError("no summary.json says the languages of the lexicon", "Give --source and --target.")
    if len(found) > 1:
        listed = ", ".join(sorted(map("-".join, found)))
        raise UsageError(f"several language pairs: {listed}", "Measure each by itself.")
    return found.pop()


def _show(name: str, direction: "DirectionScore", screen: Screen) -> None:
    """Show one direction."""
    screen.table(f"Lexicon, {name}", COLUMNS, [tuple(asdict(band).values()) for band in direction.bands])
    screen.text(
        f"Coverage {name}: {direction.covered:,} of the dictionary's {direction.dictionary_words:,} words and phrases "
        f"have a mined translation ({direction.coverage:.1f} %)."
    )


def _say_what(accuracy: "LexiconAccuracy", screen: Screen) -> None:
    """Say what was measured, and how independent of it the dictionary can be."""
    screen.text(f"{accuracy.kept:,} of {accuracy.pairs:,} word pairs were measured.")
    if accuracy.by_dictionary:
        same = f" {', '.join(accuracy.shared)} served, and was measured against." if accuracy.shared else ""
        screen.text(
            f"{accuracy.by_dictionary:.1f} % of them were mined with a dictionary.{same} The more entries it shares "
            "with the one measured against, the less the scores mean."
        )

"""What a mining run found, added up: the lexicon and the summary."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from vecocli.mining.forms import Forms
from vecocli.text.files import atomic_write
from vecocli.text.synonyms import DICTIONARY, IDENTICAL, MinedPair

STEPS = 10_000  # scores are added up in steps of 1/10,000: whole numbers, so that no order of adding matters


@dataclass(frozen=True)
class MiningSummary:
    """What a mining run found.

    Args:
        source_language: Language of the source side.
        target_language: Language of the target side.
        pairs: Sentence pairs read.
        empty: Pairs without a word on either side.
        one_sided: Pairs without a word on one side.
        too_long: Pairs kept without links because they are too long or one word is repeated too often.
        pairs_with_links: Pairs with at least one link.
        source_words: Words of the source side.
        target_words: Words of the target side.
        linked_source_words: Source words that are part of a link.
        linked_target_words: Target words that are part of a link.
        links: Synonym pairs.
        ambiguous: Synonym pairs chosen among several places.
        lexicon: Different pairs of word or phrase and translation from dictionaries.
        origins: Links by origin; a link that several dictionaries list counts for each.
        source_function_words: What was taken for a function word of the source language.
        target_function_words: What was taken for a function word of the target language.
        segmenter: What cut the text into words.
    """

    source_language: str
    target_language: str
    pairs: int
    empty: int
    one_sided: int
    too_long: int
    pairs_with_links: int
    source_words: int
    target_words: int
    linked_source_words: int
    linked_target_words: int
    links: int
    ambiguous: int
    lexicon: int
    origins: dict[str, int]
    source_function_words: tuple[str, ...]
    target_function_words: tuple[str, ...]
    segmenter: str

    @property
    def coverage(self) -> float:
        """Share of the source words that are part of a link (0 to 1)."""
        return self.linked_source_words / self.source_words if self.source_words else 0.0

    def write(self, path: Path) -> None:
        """Write it as JSON; equal results give equal bytes."""
        with atomic_write(path, "w") as stream:
            json.dump(asdict(self) | {"coverage": round(self.coverage, 6)}, stream, ensure_ascii=False, indent=2)
            stream.write("\n")


def summarise(
    languages: tuple[str, str],
    counts: Counter[str],
    lexicon: int,
    function_words: tuple[frozenset[str], frozenset[str]],
    segmenter: str,
) -> MiningSummary:
    """Put the counts of a run into a summary.

    Args:
        languages: Source and target language.
        counts: What `Linker.link` counted over all pairs.
        lexicon: Size of the lexicon.
        function_words: What was taken for function words on either side.
        segmenter: What cut the text into words.
    """
    origins: Counter[str] = Counter()
    for origin, links in counts.items():
        if origin == IDENTICAL:
            origins[origin] += links
        elif origin.startswith(DICTIONARY):
            for name in origin.removeprefix(DICTIONARY).split(","):
                origins[DICTIONARY + name] += links
    counted: dict[str, Any] = {field.name: counts[field.name] for field in fields(MiningSummary) if field.type is int}
    return MiningSummary(
        *languages,
        **counted | {"lexicon": lexicon},
        origins=dict(sorted(origins.items())),
        source_function_words=tuple(sorted(function_words[0])),
        target_function_words=tuple(sorted(function_words[1])),
        segmenter=segmenter,
    )


class Lexicon:
    """How often each dictionary pair was linked, and how surely.

    Words are in normal form; equal words that no dictionary lists are left out, so that the lexicon stays as small as
    the dictionary however long the corpus is.
    """

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = {}
        self._scores: dict[tuple[str, str], int] = {}
        self._forms = Forms()

    def __len__(self) -> int:
        return len(self._counts)

    def add(self, rows: Iterable[MinedPair]) -> None:
        """Count the links of some rows."""
        counts, scores, forms = self._counts, self._scores, self._forms
        for _, source, target, links, _ in rows:
            for start, end, other, other_end, score, origin, ambiguous, _ in links:
                if origin != IDENTICAL:
                    key = forms[source[start:end]], forms[target[other:other_end]]
                    counts[key] = counts.get(key, 0) + 1
                    scores[key] = scores.get(key, 0) + (round(score * STEPS) if ambiguous else STEPS)

    def write(self, path: Path) -> None:
        """Write `source, target, count, mean score`, most frequent first, with a header line."""
        with atomic_write(path, "w") as stream:
            stream.write("source\ttarget\tcount\tscore\n")
            for key, count in sorted(self._counts.items(), key=lambda item: (-item[1], item[0])):
                stream.write(f"{key[0]}\t{key[1]}\t{count}\t{self._scores[key] / count / STEPS:.4f}\n")

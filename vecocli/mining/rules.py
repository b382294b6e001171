"""What is linked and what is not: the switches of mining, and what counts as a phrase or a name."""

import re
from dataclasses import dataclass
from typing import Literal

FunctionWords = Literal["keep", "clear", "drop"]
Identical = Literal["off", "names", "all"]
Inflection = Literal["exact", "folded", "stem"]

GAP = re.compile(r"[\s\-\u2010-\u2015'\u2019\u00b7\u30fb\u200b-\u200d]*")


@dataclass(frozen=True)
class Rules:
    """The switches of mining; `vecocli.config` has their defaults.

    Args:
        function_words: `keep` links them like any word, `clear` only where they are not ambiguous and their
            relative positions differ by a quarter at most, `drop` never.
        function_share: Share of running words (0 to 1) from which a word counts as a function word.
        identical: Equal words that no dictionary lists: `off`, `names` (numbers and capitalised words) or `all`.
        max_phrase: Longest phrase on either side, in words.
        max_words: Pairs with a longer side, in words, are kept without links.
        inflection: How alike a word and a dictionary's are: `exact` in spelling, but for the capital of a sentence's
            first word; `folded` in normal form (`segment.normal_form`); `stem` also by their stems, where a word pair
            has no match in normal form.
        min_score: Links with a lower score are left out.
    """

    function_words: FunctionWords
    function_share: float
    identical: Identical
    max_phrase: int
    max_words: int
    inflection: Inflection = "folded"
    min_score: float = 0.0


def joins(text: str, start: int, end: int) -> bool:
    """Return whether only blanks, hyphens, apostrophes or nothing stand between two words of a phrase: [start, end)."""
    return GAP.fullmatch(text, start, end) is not None


def name(source: str, target: str) -> bool:
    """Return whether two equal words are a number or a name: a digit in it, or written alike with a capital."""
    return (source == target and len(source) > 1 and source[0].isupper()) or any(map(str.isdigit, source))

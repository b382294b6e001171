"""What a dictionary lists and links in sentences whose words are given, as pairs of word indices."""

from collections import Counter
from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

from vecocli.config.mining import MineConfig
from vecocli.mining.block import Block
from vecocli.mining.dictionary import Candidates
from vecocli.mining.prepare import ByDictionary
from vecocli.mining.rules import Rules
from vecocli.mining.words import WordedPair
from vecocli.text.corpus import SentencePair
from vecocli.text.thesaurus import Thesaurus

WordPairs = list[list[tuple[int, int]]]


class Known(NamedTuple):
    """What a dictionary has to say of N sentence pairs.

    Args:
        links: For each pair the words that mining with the dictionary alone links.
        listed: For each pair all words, and words of phrases, of which one is listed as a translation of the other.
    """

    links: list[set[tuple[int, int]]]
    listed: WordPairs


def known_words(thesaurus: Thesaurus, pairs: Sequence[WordedPair]) -> Known:
    """Look up sentences that were cut into words before, under the default rules of mining.

    Args:
        thesaurus: The dictionary.
        pairs: The sentences.
    """
    sentences = [SentencePair(number, pair.source, pair.target) for number, pair in enumerate(pairs, 1)]
    fields = MineConfig.model_fields
    rules = Rules(**{name: fields[name].default for name in Rules.__dataclass_fields__ if name in fields})
    linker = ByDictionary(thesaurus, thesaurus.languages, rules, "blanks").linker(sentences)
    block, _, places = linker.places(sentences, Counter())
    mined = linker.link(sentences, Counter())
    links = word_pairs(mined.block, mined.links.places)
    return Known([set(row) for row in links], word_pairs(block, places))


def word_pairs(block: Block, places: Candidates) -> WordPairs:
    """Return the word pairs of places by sentence pair, words counted in their sentence; of phrases every two words."""
    found: WordPairs = [[] for _ in block.pairs]
    first, other = block.in_sentences(places)
    columns = (places.pair, first, places.source_length, other, places.target_length)
    for pair, source, length, target, target_length in zip(*(column.tolist() for column in columns), strict=True):
        found[pair] += product(range(source, source + length), range(target, target + target_length))
    return found

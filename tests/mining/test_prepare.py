from collections import Counter
from collections.abc import Sequence

import pytest

from vecocli.errors import DataError, UsageError
from vecocli.mining.prepare import ByDictionary
from vecocli.mining.rules import Rules
from vecocli.text.corpus import SentencePair
from vecocli.text.formats import Entry
from vecocli.text.thesaurus import Thesaurus

RULES = Rules("clear", 0.2, "names", max_phrase=3, max_words=50)
ENTRIES = [Entry("cat", "Katze"), Entry("dog", "Hund"), Entry("the", "die")]
SAMPLE = [SentencePair(number, "the cat sees the dog", "die Katze sieht Hund") for number in range(1, 61)]


def by_dictionary(entries: Sequence[Entry], languages: tuple[str, str] = ("en", "de")) -> ByDictionary:
    return ByDictionary(Thesaurus.from_entries(entries, "en", "de", "d"), languages, RULES)


def test_tells_function_words_and_names_the_dictionary() -> None:
    miner, about = by_dictionary(ENTRIES)(SAMPLE)
    assert about == {
        "dictionaries": ["d"],
        "licences": {},
        "source_function_words": ["cat", "dog", "sees", "the"],
        "target_function_words": ["die", "sieht"],
    }
    assert miner.facts["function_share"] == 0.2


def test_a_dictionary_of_other_languages_or_direction_is_refused() -> None:
    with pytest.raises(UsageError, match="a en-de dictionary for a en-fr corpus"):
        by_dictionary(ENTRIES, ("en", "fr"))(SAMPLE)
    with pytest.raises(DataError, match="the other way round"):
        by_dictionary([Entry(target, source) for source, target, *_ in ENTRIES])(SAMPLE)


def test_languages_without_a_stemmer_are_named() -> None:
    thesaurus = Thesaurus("en", "sw", {("cats",): {("paka",): ("d",)}})
    rules = Rules("keep", 0.2, "off", max_phrase=3, max_words=50, inflection="stem")
    pairs = [SentencePair(1, "a cat", "paka")]
    prepared = ByDictionary(thesaurus, ("en", "sw"), rules)(pairs)
    assert prepared.about["languages_without_stemmer"] == ["sw"]
    [row] = prepared.miner.link(pairs, Counter())
    assert [link.origin for link in row.links] == ["dictionary:stem:d"]

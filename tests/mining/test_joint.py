from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from vecocli.mining.aligner import Aligned, Listed, WordLink
from vecocli.mining.calibration import Calibration, Weights
from vecocli.mining.joint import Aligning, ByAligner
from vecocli.mining.mined import MinedBlock
from vecocli.mining.prepare import ByDictionary
from vecocli.mining.rules import Rules
from vecocli.mining.words import WordedPair
from vecocli.text.corpus import SentencePair
from vecocli.text.formats import Entry
from vecocli.text.thesaurus import Thesaurus

CALIBRATION = Calibration({"fixed": Weights(1.0, 0.0, 0.0, 0.0)})


class Fixed:
    """Links the words it is told to, with log odds 2, and notes what it was given."""

    def __init__(self, *links: tuple[int, int]) -> None:
        self.links = [WordLink(*link, 0.7, 2.0) for link in links]
        self.given: list[WordedPair] = []
        self.listed: list[Listed] = []
        self.long = 0

    def align(
        self, pairs: Sequence[WordedPair], listed: Sequence[Listed] | None = None
    ) -> Iterator[tuple[int, Aligned]]:
        self.given += pairs
        self.listed += listed or []
        for index, pair in reversed(list(enumerate(pairs))):
            self.long += len(pair.source_words) > 6
            sizes = len(pair.source_words), len(pair.target_words)
            yield index, [[link for link in self.links if link.source < sizes[0] and link.target < sizes[1]]]


def mine(
    aligner: Fixed,
    pairs: Sequence[tuple[str, str]],
    *entries: tuple[str, str],
    segmenter: Any = "icu",
    counts: Counter[str] | None = None,
    **rules: Any,
) -> MinedBlock:
    thesaurus = Thesaurus.from_entries([Entry(*entry) for entry in entries], "en", "de", "d")
    settings = {
        "function_words": "clear",
        "function_share": 0.01,
        "identical": "names",
        "max_phrase": 4,
        "max_words": 9,
    }
    prepare = ByDictionary(thesaurus, ("en", "de"), Rules(**settings | rules), segmenter)
    sentences = [SentencePair(number, *pair) for number, pair in enumerate(pairs, 1)]
    prepared = ByAligner(prepare, Aligning(aligner, "fixed", CALIBRATION, {"model": "m"}))(sentences)
    assert prepared.miner.facts["model"] == "m"
    assert prepared.about["aligner"] == {"model": "m"}
    mined = prepared.miner.link(sentences, Counter() if counts is None else counts)
    assert isinstance(mined, MinedBlock)
    return mined


def shown(mined: MinedBlock) -> list[list[tuple[str, str, str]]]:
    return [
        [
            (row.source[x.source_start : x.source_end], row.target[x.target_start : x.target_end], x.origin)
            for x in row.links
        ]
        for row in mined
    ]


def test_says_which_links_a_dictionary_lists() -> None:
    aligner = Fixed((0, 1), (1, 0))
    mined = mine(aligner, [("cat house", "Haus Katze")], ("cat", "Katze"), ("dog", "Hund"))
    assert shown(mined) == [[("cat", "Katze", "dictionary:d+aligner:fixed"), ("house", "Haus", "aligner:fixed")]]
    assert aligner.listed == [[(0, 1)]]
    [row] = mined
    assert [x.similarity for x in row.links] == [pytest.approx(0.7)] * 2
    assert [x.score for x in row.links] == [pytest.approx(0.8808, abs=1e-4)] * 2
    assert row.coverage == 1.0


def test_needs_no_dictionary() -> None:
    mined = mine(Fixed((0, 0)), [("cat, house!", "Katze. Haus?")], identical="off")
    assert shown(mined) == [[("cat", "Katze", "aligner:fixed")]]


def test_equal_names_are_listed() -> None:
    aligner = Fixed((0, 0))
    assert shown(mine(aligner, [("Tom", "Tom")])) == [[("Tom", "Tom", "identical+aligner:fixed")]]
    assert aligner.listed == [[(0, 0)]]


def test_pairs_without_words_or_too_long_are_not_aligned() -> None:
    counts: Counter[str] = Counter()
    aligner = Fixed((0, 0))
    pairs = [("", "Haus"), ("a b c d e f g h i j", "x"), ("cat", "Katze"), ("one two three four five six seven", "x")]
    mined = mine(aligner, pairs, counts=counts)
    assert [pair.source for pair in aligner.given] == [pairs[2][0], pairs[3][0]]
    assert [len(row.links) for row in mined] == [0, 0, 1, 1]
    assert (counts["pairs"], counts["links"], counts["too_long"], counts["one_sided"]) == (4, 2, 1, 1)
    assert counts["long_texts"] == 1
    assert counts["aligner:fixed"] == 2


def test_a_phrase_is_one_link_where_its_words_are_linked_with_each_other_only() -> None:
    entry = ("give up", "geben wir auf")
    pair = [("we give up now", "geben wir auf jetzt")]
    assert shown(mine(Fixed((1, 0), (2, 2), (3, 3)), pair, entry))[0][0] == (
        *entry,
        "dictionary:d+aligner:fixed",
    )
    apart = shown(mine(Fixed((1, 0), (2, 3)), pair, entry))
    assert apart == [[("give", "geben", "aligner:fixed"), ("up", "jetzt", "aligner:fixed")]]
    assert shown(mine(Fixed((0, 1), (1, 0)), pair, entry))[0][0][0] == "we"
    assert shown(mine(Fixed((3, 3)), pair, entry)) == [[("now", "jetzt", "aligner:fixed")]]


def test_of_phrases_that_overlap_the_longest_is_joined() -> None:
    entries = [("give up", "auf geben"), ("give up now", "jetzt auf geben")]
    mined = mine(Fixed((0, 2), (1, 1), (2, 0)), [("give up now", "jetzt auf geben")], *entries)
    assert shown(mined) == [[("give up now", "jetzt auf geben", "dictionary:d+aligner:fixed")]]
    entries = [("give up", "auf geben"), ("up now here", "jetzt so auf")]
    mined = mine(Fixed((0, 3), (1, 2), (2, 0)), [("give up now here", "jetzt so auf geben")], *entries)
    assert [link[:2] for link in shown(mined)[0]] == [("give", "geben"), ("up now here", "jetzt so auf")]


def test_low_scores_are_left_out() -> None:
    assert shown(mine(Fixed((0, 0)), [("cat", "Katze")], min_score=0.9)) == [[]]
    assert len(shown(mine(Fixed((0, 0)), [("cat", "Katze")], min_score=0.88))[0]) == 1


def test_words_with_rivals_are_ambiguous() -> None:
    mined = mine(Fixed((0, 1), (1, 2)), [("cat dog", "Katze Katze Hund")], ("cat", "Katze"), ("dog", "Hund"))
    assert [x.ambiguous for x in mined[0].links] == [True, False]


@pytest.mark.parametrize(("policy", "links"), [("keep", 2), ("clear", 2), ("drop", 1)])
def test_function_words_are_only_dropped_where_asked(policy: str, links: int) -> None:
    pairs = [(f"the word{i}", f"wort{i} das") for i in range(60)]
    mined = mine(Fixed((0, 1), (1, 0)), pairs, function_words=policy)
    assert {len(row.links) for row in mined} == {links}


def test_text_that_is_cut_before() -> None:
    aligner = Fixed((1, 1))
    mined = mine(aligner, [("cat , dog", "Katze , Hund")], segmenter="blanks")
    assert aligner.given[0].cut
    assert shown(mined) == [[(",", ",", "aligner:fixed")]]
    assert not mine(Fixed(), [("cat", "Katze")])[0].links

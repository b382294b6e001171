from collections import Counter

import numpy as np
import pytest

from vecocli.mining.block import Block
from vecocli.mining.cut import Cutter
from vecocli.mining.dictionary import Candidates
from vecocli.mining.mined import Links, MinedBlock
from vecocli.mining.vocabulary import Vocabulary
from vecocli.text.corpus import SentencePair
from vecocli.text.synonyms import MinedPair, SynonymPair, to_table

ORIGINS = ["dictionary:d", "identical"]
PAIRS = [
    SentencePair(3, "we give up, Tom", "wir geben auf, Tom"),
    SentencePair(4, "", "nichts"),
    SentencePair(7, "🙂 cat", "Katze"),
]
ROWS = [
    MinedPair(
        3,
        "we give up, Tom",
        "wir geben auf, Tom",
        (SynonymPair(3, 10, 4, 13, 0.25, "dictionary:d", True), SynonymPair(12, 15, 15, 18, 1.0, "identical", False)),
        0.75,
    ),
    MinedPair(4, "", "nichts", ()),
    MinedPair(7, "🙂 cat", "Katze", (SynonymPair(2, 5, 0, 5, 1.0, "dictionary:d", False),), 1.0),
]


@pytest.fixture
def mined() -> MinedBlock:
    vocabulary = Vocabulary()
    sides = (
        Cutter(language, "icu", vocabulary).cut(texts)
        for language, texts in (("en", [pair.source for pair in PAIRS]), ("de", [pair.target for pair in PAIRS]))
    )

    def links(rows: list[tuple[int, ...]], scores: list[float], origin: list[int]) -> Links:
        columns = Candidates(*np.array(rows, np.int64).T)
        return Links(columns, np.array(scores), np.array(scores) < 1, np.array(origin))

    found = [
        links([(0, 1, 2, 1, 2, 0), (0, 3, 1, 3, 1, -1)], [0.25, 1.0], [0, 1]),
        links([(2, 4, 1, 5, 1, 0)], [1.0], [0]),
    ]
    return MinedBlock.of(Block(PAIRS, *sides), found, ORIGINS)


def test_pairs_can_be_looked_at_one_by_one(mined: MinedBlock) -> None:
    assert list(mined) == ROWS
    assert mined[2] == ROWS[2]
    assert mined[:2] == ROWS[:2]
    assert len(mined) == 3


def test_the_table_is_that_of_the_pairs_one_by_one(mined: MinedBlock) -> None:
    table = mined.table("en", "de", "c")
    assert table.equals(to_table(ROWS, "en", "de", "c"))
    assert table.schema == to_table(ROWS, "en", "de", "c").schema


def test_links_are_counted(mined: MinedBlock) -> None:
    counts = Counter({"links": 1})
    mined.add_to(counts)
    assert counts == {
        "pairs": 3,
        "pairs_with_links": 2,
        "links": 4,
        "ambiguous": 1,
        "linked_source_words": 4,
        "linked_target_words": 4,
        "dictionary:d": 2,
        "identical": 1,
    }


def test_a_word_of_several_links_counts_once(mined: MinedBlock) -> None:
    more = Candidates(*np.array([(0, 1, 1, 0, 1, -1), (0, 1, 1, 1, 1, -1), (0, 3, 1, 1, 1, -1)], np.int64).T)
    both = MinedBlock(mined.block, Links(more, np.ones(3), np.zeros(3, bool), np.ones(3, np.int64)), ORIGINS)
    counts: Counter[str] = Counter()
    both.add_to(counts)
    assert (counts["links"], counts["linked_source_words"], counts["linked_target_words"]) == (3, 2, 2)
    assert both.coverage.tolist() == [0.5, 0.0, 0.0]

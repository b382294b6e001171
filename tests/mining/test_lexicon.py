import pickle
from pathlib import Path

import pytest

from vecocli.errors import DataError
from vecocli.mining.lexicon import COLUMNS, Lexicon, LexiconRow, read_lexicon
from vecocli.text.synonyms import MinedPair, SynonymPair, to_table

HEAD = "\t".join(COLUMNS) + "\n"


def link(source: tuple[int, int], target: tuple[int, int], score: float, origin: str = "dictionary:d") -> SynonymPair:
    return SynonymPair(*source, *target, score, origin, score < 1)


ROWS = [
    MinedPair(1, "Give  up Tom", "Aufgeben Tom", (link((0, 8), (0, 8), 1.0), link((9, 12), (9, 12), 1.0, "identical"))),
    MinedPair(2, "give up", "aufgeben", (link((0, 7), (0, 8), 0.5, "dictionary:b,d"),)),
    MinedPair(3, "🙂 Grün a", "a vert", (link((2, 6), (2, 6), 0.3333), link((7, 8), (0, 1), 1.0))),
    MinedPair(5, "cat cat", "Katze Katze", (link((0, 3), (0, 5), 1.0), link((4, 7), (6, 11), 1.0))),
]
MORE = [MinedPair(number, "cat", "Katze", (link((0, 3), (0, 5), 1.0),)) for number in range(6, 9)]
OTHER = [MinedPair(9, "cat", "Kater", (link((0, 3), (0, 5), 1.0),))]


def lines(lexicon: Lexicon, folder: Path) -> list[list[str]]:
    lexicon.write(folder / "lexicon.tsv")
    return [line.split("\t") for line in (folder / "lexicon.tsv").read_text(encoding="utf-8").splitlines()]


def test_counts_forms_means_scores_and_names_examples(tmp_path: Path) -> None:
    lexicon = Lexicon()
    for rows in (ROWS[:1], ROWS[1:], [], MORE, OTHER):
        lexicon.add(0, to_table(rows, "en", "de", "c"))
    assert len(lexicon) == 5
    assert lines(lexicon, tmp_path) == [
        [
            "source",
            "target",
            "count",
            "score",
            "p_target_given_source",
            "p_source_given_target",
            "origins",
            "sentences",
        ],
        ["cat", "katze", "5", "1.0000", "0.8333", "1.0000", "dictionary:d", "5 6 7"],
        ["give up", "aufgeben", "2", "0.7500", "1.0000", "1.0000", "dictionary:b dictionary:d", "1 2"],
        ["a", "a", "1", "1.0000", "1.0000", "1.0000", "dictionary:d", "3"],
        ["cat", "kater", "1", "1.0000", "0.1667", "1.0000", "dictionary:d", "9"],
        ["grün", "vert", "1", "0.3333", "1.0000", "1.0000", "dictionary:d", "3"],
    ]


def test_sentences_of_several_corpora_are_named_by_both(tmp_path: Path) -> None:
    lexicon = Lexicon(several=True)
    lexicon.add(0, to_table(OTHER, "en", "de", "x.tsv"))
    lexicon.add(1, to_table(OTHER, "en", "de", "y.tsv"))
    assert lines(lexicon, tmp_path)[1][-1] == "x.tsv:9 y.tsv:9"


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_parts_make_what_the_whole_makes(size: int, tmp_path: Path) -> None:
    shards = list(enumerate(to_table(rows, "en", "de", "c") for rows in (ROWS, ROWS[1:2], MORE, OTHER, MORE)))
    whole = Lexicon()
    for shard, table in shards:
        whole.add(shard, table)
    parts = [Lexicon() for _ in range(size)]
    for shard, table in shards:
        parts[shard % size].add(shard, table)
    first, *others = parts[::-1]
    for other in others:
        first.merge(pickle.loads(pickle.dumps(other)))
    assert lines(first, tmp_path) == lines(whole, tmp_path)
    assert len(first) == len(whole)


def test_is_read_as_it_was_written(tmp_path: Path) -> None:
    lexicon = Lexicon()
    lexicon.add(0, to_table([ROWS[1]], "en", "de"))
    origin = "dictionary:my words,d+aligner:argmax"
    lexicon.add(0, to_table([MinedPair(2, "cat", "Katze", (link((0, 3), (0, 5), 0.25, origin),))], "en", "de"))
    lexicon.write(tmp_path / "lexicon.tsv")
    assert list(read_lexicon(tmp_path / "lexicon.tsv")) == [
        LexiconRow("cat", "katze", 1, 0.25, ("aligner:argmax", "dictionary:d", "dictionary:my words")),
        LexiconRow("give up", "aufgeben", 1, 0.5, ("dictionary:b", "dictionary:d")),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cat\tkatze\n", ":1: not a lexicon of this version"),
        (HEAD + "cat\tkatze\t1\t1.0000\n", ":2: not a line of a lexicon"),
        (HEAD + "cat\tkatze\t0\t1.0000\t1\t1\td\t1\n", ":2: not a line"),
        (HEAD + f"cat\tkatze\t{'9' * 5000}\t1.0000\t1\t1\td\t1\n", ":2: not a line"),
        (HEAD + "cat\tkatze\t1\thigh\t1\t1\td\t1\n", ":2: not a line"),
    ],
)
def test_what_is_no_lexicon_is_not_read(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "lexicon.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=f"lexicon.tsv{said}"):
        list(read_lexicon(tmp_path / "lexicon.tsv"))

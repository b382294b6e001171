from collections import Counter
from pathlib import Path

import pytest

from vecocli.errors import UsageError
from vecocli.mining.exports import Export, Pharaoh, word_pairs
from vecocli.mining.result import Content, Facts, ResultFolder
from vecocli.text.corpus import SentencePair
from vecocli.text.synonyms import MinedPair, SynonymPair, to_table


def link(source: tuple[int, int], target: tuple[int, int], score: float = 1.0) -> SynonymPair:
    return SynonymPair(*source, *target, score, "dictionary:d", score < 1)


ROWS = [
    MinedPair(1, "We give up, cat!", "Katze: wir geben auf", (link((3, 10), (11, 20)), link((12, 15), (0, 5), 0.5))),
    MinedPair(3, "big\tcat", "Katze", (link((0, 7), (0, 5)),)),
]


def folder(out: Path, corpora: tuple[str, ...] = ("a",)) -> tuple[ResultFolder, list[Facts]]:
    """Two shards a corpus: rows 1 to 3, then pair 4, which is not kept."""
    result = ResultFolder(out, ("en", "de"), {"corpus": corpora}, overwrite=False)
    result.open()
    shards = [(corpus, number, rows) for corpus in corpora for number, rows in ((3, ROWS), (4, []))]
    for shard, (corpus, number, rows) in enumerate(shards):
        content = Content([SentencePair(number, "", "", corpus)])
        result.write(shard, to_table(rows, "en", "de", corpus), content, {corpus: Counter()})
    return result, [result.facts(shard) for shard in range(len(shards))]


def test_pharaoh_has_a_line_for_each_line_of_the_corpus(tmp_path: Path) -> None:
    result, facts = folder(tmp_path)
    assert "".join(Pharaoh("icu")(result, facts)) == "1-2 1-3 2-2 2-3 3-0\n\n0-0 1-0\n\n"
    scored = "".join(Pharaoh("icu", scores=True)(result, facts))
    assert scored.splitlines()[0] == "1-2:1.0000 1-3:1.0000 2-2:1.0000 2-3:1.0000 3-0:0.5000"


def test_pharaoh_counts_the_words_of_the_segmenter(tmp_path: Path) -> None:
    result, facts = folder(tmp_path)
    assert "".join(Pharaoh("blanks")(result, facts)).splitlines()[0] == "1-2 1-3 2-2 2-3 3-0"


def test_pharaoh_of_several_corpora_has_one_after_the_other(tmp_path: Path) -> None:
    lines = "".join(Pharaoh("icu")(*folder(tmp_path, ("a", "b")))).splitlines()
    assert lines[:4] == lines[4:]
    assert len(lines) == 8


def test_word_pairs_have_a_line_for_each_link(tmp_path: Path) -> None:
    assert "".join(word_pairs(*folder(tmp_path / "one"))).splitlines() == [
        "source\ttarget\tscore\torigin\tsentence",
        "give up\tgeben auf\t1.0000\tdictionary:d\t1",
        "cat\tKatze\t0.5000\tdictionary:d\t1",
        "big cat\tKatze\t1.0000\tdictionary:d\t3",
    ]
    assert "".join(word_pairs(*folder(tmp_path / "two", ("a", "b")))).splitlines()[-1].endswith("\tb:3")


def test_a_file_that_cannot_be_written_is_noticed_at_once(tmp_path: Path) -> None:
    begun, _ = folder(tmp_path / "begun")
    fresh = ResultFolder(tmp_path / "fresh", ("en", "de"), {}, overwrite=False)
    Export(tmp_path / "fresh" / "x", word_pairs).check(fresh, overwrite=False)
    with pytest.raises(UsageError, match="no folder"):
        Export(tmp_path / "none" / "x", word_pairs).check(fresh, overwrite=False)
    (tmp_path / "x").touch()
    export = Export(tmp_path / "x", word_pairs)
    with pytest.raises(UsageError, match="exists"):
        export.check(fresh, overwrite=False)
    export.check(fresh, overwrite=True)
    export.check(begun, overwrite=False)
    with pytest.raises(UsageError, match="exists"):
        Export(tmp_path, word_pairs).check(begun, overwrite=True)


def test_only_the_same_file_is_written_again_unless_asked(tmp_path: Path) -> None:
    result, facts = folder(tmp_path / "out")
    export = Export(tmp_path / "pairs.txt", word_pairs)
    (tmp_path / "..pairs.txt.new.abcd.tmp").touch()
    export.write(result, facts, overwrite=False)
    written = export.path.read_bytes()
    export.write(result, facts, overwrite=False)
    export.path.write_text("mine")
    with pytest.raises(UsageError, match="other content"):
        export.write(result, facts, overwrite=False)
    assert export.path.read_text() == "mine"
    export.write(result, facts, overwrite=True)
    assert export.path.read_bytes() == written
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "pairs.txt"]

import json
from collections import Counter
from pathlib import Path

from vecocli.mining.summary import Lexicon, summarise
from vecocli.text.synonyms import MinedPair, SynonymPair


def link(source: tuple[int, int], target: tuple[int, int], score: float, origin: str = "dictionary:d") -> SynonymPair:
    return SynonymPair(*source, *target, score, origin, score < 1)


def test_the_lexicon_counts_forms_and_means_scores(tmp_path: Path) -> None:
    rows = [
        MinedPair(
            1, "Give  up Tom", "Aufgeben Tom", (link((0, 8), (0, 8), 1.0), link((9, 12), (9, 12), 1.0, "identical"))
        ),
        MinedPair(2, "give up", "aufgeben", (link((0, 7), (0, 8), 0.5),)),
        MinedPair(3, "a cat", "a Katze", (link((2, 5), (2, 7), 0.3333), link((0, 1), (0, 1), 1.0))),
    ]
    lexicon = Lexicon()
    lexicon.add(rows[:1])
    lexicon.add(rows[1:])
    assert len(lexicon) == 3
    lexicon.write(tmp_path / "lexicon.tsv")
    assert (tmp_path / "lexicon.tsv").read_text(encoding="utf-8").splitlines() == [
        "source\ttarget\tcount\tscore",
        "give up\taufgeben\t2\t0.7500",
        "a\ta\t1\t1.0000",
        "cat\tkatze\t1\t0.3333",
    ]


def test_the_summary_splits_origins_and_knows_its_coverage(tmp_path: Path) -> None:
    counts = Counter(
        {"pairs": 4, "empty": 1, "source_words": 8, "linked_source_words": 2, "links": 3}
        | {"dictionary:a,b": 2, "dictionary:b": 1, "identical": 1}
    )
    summary = summarise(("en", "de"), counts, 7, (frozenset({"the", "a"}), frozenset()), "icu")
    assert summary.coverage == 0.25
    assert summary.origins == {"dictionary:a": 2, "dictionary:b": 3, "identical": 1}
    assert (summary.pairs, summary.empty, summary.one_sided, summary.lexicon) == (4, 1, 0, 7)
    summary.write(tmp_path / "summary.json")
    written = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert written["coverage"] == 0.25
    assert written["source_function_words"] == ["a", "the"]
    assert summarise(("en", "de"), Counter(), 0, (frozenset(), frozenset()), "icu").coverage == 0.0

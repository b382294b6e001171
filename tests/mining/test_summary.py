import json
from collections import Counter
from pathlib import Path

import pytest

from vecocli.errors import DataError
from vecocli.mining.result import Facts
from vecocli.mining.summary import read_languages, summarise


def test_the_summary_adds_up_corpora_and_splits_origins(tmp_path: Path) -> None:
    one = Counter(
        {"pairs": 4, "empty": 1, "source_words": 8, "linked_source_words": 2, "links": 3, "below_min_coverage": 1}
        | {"dictionary:a,b": 2, "dictionary:b+aligner:itermax": 1, "identical": 1}
    )
    other = Counter(pairs=1, source_words=2, linked_source_words=1, links=1, pairs_with_links=1, identical=1)
    facts = [Facts({"x.tsv": one}, {}), Facts({"x.tsv": one, "y.tsv": other}, {})]
    about = {"licences": {"a": "CC0"}, "source_function_words": ["a"]}
    summary = summarise(("en", "de"), facts, 7, about)
    assert summary.coverage == 5 / 18
    assert summary.origins == {"aligner:itermax": 2, "dictionary:a": 4, "dictionary:b": 6, "identical": 3}
    assert (summary.pairs, summary.empty, summary.one_sided, summary.below_min_coverage) == (9, 2, 0, 2)
    assert summary.lexicon == 7
    assert summary.corpora == {
        "x.tsv": {"pairs": 8, "pairs_with_links": 0, "links": 6, "coverage": 0.25},
        "y.tsv": {"pairs": 1, "pairs_with_links": 1, "links": 1, "coverage": 0.5},
    }
    summary.write(tmp_path / "summary.json")
    written = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert written == summary.document()
    assert (written["coverage"], written["licences"]) == (0.277778, {"a": "CC0"})
    assert written["versions"]["segmenter"].startswith("icu ")
    assert "about" not in written
    assert read_languages(tmp_path / "summary.json") == ("en", "de")


def test_a_summary_of_nothing() -> None:
    assert summarise(("en", "de"), [], 0, {}).coverage == 0.0


@pytest.mark.parametrize("text", ["[]", "{}", "not JSON"])
def test_languages_of_what_is_no_summary(tmp_path: Path, text: str) -> None:
    (tmp_path / "summary.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"summary\.json: not the summary of a mining run"):
        read_languages(tmp_path / "summary.json")

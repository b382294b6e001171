import json
from pathlib import Path

import pytest

from vecocli.errors import DataError
from vecocli.mining.result import Facts
from vecocli.mining.summary import summarise
from vecocli.training.sources import Source, read_sources


def test_what_mining_wrote_is_read(tmp_path: Path) -> None:
    from collections import Counter

    facts = Facts({"a.tsv": Counter(pairs=3, links=5), "hub:x/y": Counter(pairs=1, links=2)}, {"a.tsv": 3})
    about = {"dictionaries": ["d.tei"], "licences": {"d.tei": "GPL"}, "aligner": {"model": "owner/model"}}
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    summarise(("en", "de"), [facts], 9, about).write(tmp_path / "one" / "summary.json")
    shards = [tmp_path / name / f"part-0000{at}.parquet" for name in ("one", "two") for at in range(2)]
    expected = Source(("en", "de"), 4, 7, ("a.tsv", "hub:x/y"), ("d.tei",), {"d.tei": "GPL"}, "owner/model")
    assert read_sources(shards) == (expected,)


def test_an_earlier_version_said_less() -> None:
    found = Source.of({"source_language": "en", "target_language": "de", "pairs": 4, "links": 7})
    assert found == Source(("en", "de"), 4, 7, (), (), {}, "")


@pytest.mark.parametrize("document", ["{", "[1]", '{"pairs": 3}', '{"pairs": "x"}'])
def test_a_damaged_summary_is_named(tmp_path: Path, document: str) -> None:
    (tmp_path / "summary.json").write_text(document, encoding="utf-8")
    with pytest.raises(DataError, match=r"summary\.json: not the summary of a mining run"):
        read_sources([tmp_path / "part-00000.parquet"])


def test_data_sets_of_the_hub(tmp_path: Path) -> None:
    corpora = ["a.tsv", "hub:owner/set", "hub:set@main:en-de:train", "hub:owner/other:en-de", f"hub:{tmp_path}"]
    document = {"source_language": "en", "target_language": "de", "pairs": 4, "links": 7, "corpora": corpora}
    assert Source.of(json.loads(json.dumps(document))).datasets == ("owner/set", "set", "owner/other")

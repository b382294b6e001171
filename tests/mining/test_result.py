from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from vecocli.errors import UsageError
from vecocli.mining.result import FREQUENT, Content, Facts, ResultFolder, corpora
from vecocli.text.corpus import SentencePair
from vecocli.text.synonyms import MinedPair, shard_path, to_rows, to_table, write_shard

MADE = {"corpus": ["c.tsv"], "identical": "names", FREQUENT: "x"}
ROWS = [MinedPair(1, "a", "b", ())]


def content(text: str) -> Content:
    return Content([SentencePair(1, text, "", "c.tsv")])


def opened(out: Path, made_from: dict[str, Any] = MADE, *, overwrite: bool = False) -> ResultFolder:
    folder = ResultFolder(out, ("en", "de"), made_from, overwrite)
    folder.open()
    return folder


def fill(out: Path, shards: int = 1) -> None:
    folder = opened(out)
    for shard in range(shards):
        counts = {"c.tsv": Counter(pairs=shard + 1)}
        folder.write(shard, to_table(ROWS, "en", "de", "c.tsv"), content(f"{shard}"), counts)


def test_a_finished_shard_is_kept_with_its_counts(tmp_path: Path) -> None:
    fill(tmp_path / "deep" / "out")
    folder = opened(tmp_path / "deep" / "out")
    assert folder.keeps(0, content("0"))
    assert folder.facts(0) == Facts({"c.tsv": Counter(pairs=1)}, {"c.tsv": 1})
    assert to_rows(folder.table(0)) == ROWS
    assert folder.begun
    assert [folder.holds(0), folder.holds(1)] == [True, False]


def test_other_settings_are_named_and_replaced_only_on_demand(tmp_path: Path) -> None:
    fill(tmp_path, 2)
    (tmp_path / "lexicon.tsv").touch()
    (tmp_path / "notes.txt").touch()
    other = MADE | {"identical": "off"}
    with pytest.raises(UsageError, match=r"other input or settings \(identical\)") as caught:
        opened(tmp_path, other)
    assert "--overwrite" in caught.value.hint
    assert shard_path(tmp_path, 1).exists()
    opened(tmp_path, other, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_the_same_settings_are_gone_on_from_even_with_overwrite(tmp_path: Path) -> None:
    fill(tmp_path)
    folder = opened(tmp_path, overwrite=True)
    assert folder.keeps(0, content("0"))
    assert not folder.keeps(0, content("other"))


def test_a_shard_of_other_sentences_and_one_too_many_are_refused(tmp_path: Path) -> None:
    fill(tmp_path, 2)
    folder = opened(tmp_path)
    with pytest.raises(UsageError, match=r"part-00000\.parquet was mined from other sentences"):
        folder.keeps(0, content("other"))
    with pytest.raises(UsageError, match=r"part-00001\.parquet was mined from a longer corpus"):
        folder.close(1)
    folder.close(2)
    opened(tmp_path, overwrite=True).close(1)
    assert not shard_path(tmp_path, 1).exists()


def test_a_folder_of_something_else_and_a_broken_shard_are_refused(tmp_path: Path) -> None:
    (tmp_path / "run.yaml").touch()
    opened(tmp_path)
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(UsageError, match=r"not empty and holds no mining result \(thesis\.tex\)"):
        opened(tmp_path)
    shard_path(tmp_path, 0).write_bytes(b"broken")
    with pytest.raises(UsageError, match="not a shard"):
        opened(tmp_path)
    opened(tmp_path, overwrite=True)
    assert not shard_path(tmp_path, 0).exists()


def test_what_a_killed_run_was_writing_is_cleared(tmp_path: Path) -> None:
    for name in (".part-00003.parquet.1a2b3c4d.tmp", ".summary.json.1a2b3c4d.tmp"):
        (tmp_path / name).touch()
    opened(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot make the folder"):
        opened(tmp_path / "file" / "out")


def test_the_content_tells_numbers_sides_and_order_apart() -> None:
    pairs = [
        SentencePair(1, "a", "b"),
        SentencePair(2, "a", "b"),
        SentencePair(1, "ab", ""),
        SentencePair(1, "b", "a"),
        SentencePair(1, "a", "b", "c"),
    ]
    digests = {Content(chosen).digest() for chosen in (*([pair] for pair in pairs), pairs, pairs[::-1])}
    assert len(digests) == 7
    parts = Content(pairs[:1])
    parts.add(iter(pairs[1:]))
    assert parts.digest() in digests
    assert (parts.size, parts.last) == (5, {"": 1, "c": 1})


def test_other_text_and_an_earlier_version_are_told(tmp_path: Path) -> None:
    fill(tmp_path)
    with pytest.raises(UsageError, match=r"\(another text: its frequent words are others\)"):
        opened(tmp_path, MADE | {FREQUENT: "y"})
    write_shard(shard_path(tmp_path, 0), to_table(ROWS, "en", "de"), made_from=MADE)
    with pytest.raises(UsageError, match=r"\(an earlier version of veco\)"):
        opened(tmp_path)


def test_corpora_keep_their_order() -> None:
    facts = [Facts({"b": Counter()}, {}), Facts({"b": Counter(), "a": Counter()}, {})]
    assert corpora(facts) == ["b", "a"]


def test_settings_that_json_writes_otherwise_are_the_same_settings(tmp_path: Path) -> None:
    made_from = {"weights": (0.1, 2), "by number": {1: None}}
    opened(tmp_path, made_from).write(0, to_table(ROWS, "en", "de"), Content(), {})
    assert opened(tmp_path, made_from).holds(0)
    with pytest.raises(UsageError, match="weights"):
        opened(tmp_path, {**made_from, "weights": (0.1, 3)})

from collections import Counter
from pathlib import Path

import pytest

from vecocli.errors import UsageError
from vecocli.mining.result import Content, ResultFolder
from vecocli.text.corpus import SentencePair
from vecocli.text.synonyms import MinedPair, shard_path, to_table

MADE = {"corpus": ["c.tsv"], "identical": "names"}
ROWS = [MinedPair(1, "a", "b", ())]


def content(text: str) -> Content:
    made = Content()
    made.add([SentencePair(1, text, "")])
    return made


def fill(out: Path, shards: int = 1) -> None:
    folder = ResultFolder(out, "en", "de", MADE, overwrite=False)
    for shard in range(shards):
        folder.write(shard, to_table(ROWS, "en", "de"), content(f"{shard}"), Counter(pairs=shard + 1))


def test_a_finished_shard_is_kept_with_its_counts(tmp_path: Path) -> None:
    fill(tmp_path / "deep" / "out")
    folder = ResultFolder(tmp_path / "deep" / "out", "en", "de", MADE, overwrite=False)
    assert folder.kept(0, content("0")) == Counter(pairs=1)
    assert list(folder.rows(0)) == ROWS
    assert [folder.holds(0), folder.holds(1)] == [True, False]


def test_other_settings_are_named_and_replaced_only_on_demand(tmp_path: Path) -> None:
    fill(tmp_path, 2)
    (tmp_path / "lexicon.tsv").touch()
    (tmp_path / "notes.txt").touch()
    other = MADE | {"identical": "off"}
    with pytest.raises(UsageError, match=r"other input or settings \(identical\)") as caught:
        ResultFolder(tmp_path, "en", "de", other, overwrite=False)
    assert "--overwrite" in caught.value.hint
    assert shard_path(tmp_path, 1).exists()
    ResultFolder(tmp_path, "en", "de", other, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_the_same_settings_are_gone_on_from_even_with_overwrite(tmp_path: Path) -> None:
    fill(tmp_path)
    folder = ResultFolder(tmp_path, "en", "de", MADE, overwrite=True)
    assert folder.kept(0, content("0")) == Counter(pairs=1)
    assert folder.kept(0, content("other")) is None


def test_a_shard_of_other_sentences_and_one_too_many_are_refused(tmp_path: Path) -> None:
    fill(tmp_path, 2)
    folder = ResultFolder(tmp_path, "en", "de", MADE, overwrite=False)
    with pytest.raises(UsageError, match=r"part-00000\.parquet was mined from other sentences"):
        folder.kept(0, content("other"))
    with pytest.raises(UsageError, match=r"part-00001\.parquet was mined from a longer corpus"):
        folder.close(1)
    folder.close(2)
    ResultFolder(tmp_path, "en", "de", MADE, overwrite=True).close(1)
    assert not shard_path(tmp_path, 1).exists()


def test_a_folder_of_something_else_and_a_broken_shard_are_refused(tmp_path: Path) -> None:
    (tmp_path / "run.yaml").touch()
    ResultFolder(tmp_path, "en", "de", MADE, overwrite=False)
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(UsageError, match=r"not empty and holds no mining result \(thesis\.tex\)"):
        ResultFolder(tmp_path, "en", "de", MADE, overwrite=False)
    shard_path(tmp_path, 0).write_bytes(b"broken")
    with pytest.raises(UsageError, match="not a shard"):
        ResultFolder(tmp_path, "en", "de", MADE, overwrite=False)
    ResultFolder(tmp_path, "en", "de", MADE, overwrite=True)
    assert not shard_path(tmp_path, 0).exists()


def test_what_a_killed_run_was_writing_is_cleared(tmp_path: Path) -> None:
    for name in (".part-00003.parquet.1a2b3c4d.tmp", ".summary.json.1a2b3c4d.tmp"):
        (tmp_path / name).touch()
    ResultFolder(tmp_path, "en", "de", MADE, overwrite=False)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot make the folder"):
        ResultFolder(tmp_path / "file" / "out", "en", "de", MADE, overwrite=False)


def test_the_content_tells_numbers_sides_and_order_apart() -> None:
    pairs = [SentencePair(1, "a", "b"), SentencePair(2, "a", "b"), SentencePair(1, "ab", ""), SentencePair(1, "b", "a")]
    digests = set()
    for chosen in (*([pair] for pair in pairs), pairs, pairs[::-1]):
        made = Content()
        made.add(chosen)
        digests.add(made.digest())
    assert len(digests) == 6
    parts = Content()
    parts.add(pairs[:1])
    parts.add(iter(pairs[1:]))
    assert parts.digest() in digests

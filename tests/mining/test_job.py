from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from vecocli.mining.job import Job
from vecocli.mining.result import ResultFolder
from vecocli.mining.workers import Share
from vecocli.text.corpus import SentencePair
from vecocli.text.shards import ShardFolder
from vecocli.text.synonyms import MinedPair, SynonymPair, read_shards

ALONE = Share()
LINK = SynonymPair(0, 1, 0, 1, 0.5, "aligner:argmax", False, 0.25)
PAIRS = [SentencePair(n, f"s{n}", f"t{n}", "a" if n < 6 else "b") for n in range(1, 10)]


class Fake:
    """Links the first letters; a pair's coverage is the tenth of its number."""

    facts: Mapping[str, Any] = MappingProxyType({})

    def link(self, pairs: Sequence[SentencePair], counts: Counter[str]) -> list[MinedPair]:
        counts["pairs"] += len(pairs)
        return [MinedPair(pair.number, pair.source, pair.target, (LINK,), pair.number / 10) for pair in pairs]


def mine(out: Path, share: Share = ALONE, **settings: Any) -> tuple[ResultFolder, int, list[int]]:
    folder = ResultFolder(out, ("en", "de"), {}, overwrite=False)
    folder.open()
    done: list[int] = []
    return folder, Job(PAIRS, Fake(), folder, 4, **settings)(share, done.append).shards, done


def test_rows_know_their_corpus_and_shards_what_they_counted(tmp_path: Path) -> None:
    folder, shards, done = mine(tmp_path)
    assert (shards, sum(done)) == (3, 9)
    assert [row.links for row in read_shards(tmp_path)] == [(LINK,)] * 9
    names = [name for shard in range(3) for name in folder.table(shard).column("corpus").to_pylist()]
    assert names == [pair.corpus for pair in PAIRS]
    assert folder.facts(1).counts == {"a": Counter(pairs=1), "b": Counter(pairs=3)}
    assert list(folder.facts(1).counts) == ["a", "b"]
    assert folder.facts(1).last == {"a": 5, "b": 8}


def test_a_share_is_every_nth_shard(tmp_path: Path) -> None:
    _, shards, done = mine(tmp_path, Share(1, 2))
    assert (shards, sum(done)) == (3, 4)
    assert [path.name for path in tmp_path.iterdir()] == ["part-00001.parquet"]
    _, shards, done = mine(tmp_path, Share(0, 2))
    assert (shards, sum(done)) == (3, 5)
    _, shards, done = mine(tmp_path)
    assert (shards, done) == (3, [4, 4, 1])


def test_rows_of_little_coverage_are_counted_and_left_out(tmp_path: Path) -> None:
    folder, shards, _ = mine(tmp_path, min_coverage=0.7)
    assert [row.number for row in read_shards(tmp_path)] == [7, 8, 9]
    assert [row.pair.number for row in ShardFolder(tmp_path).rows([2, 0])] == [9, 7]
    left_out = [folder.facts(shard).counts for shard in range(shards)]
    assert sum((one for counts in left_out for one in counts.values()), Counter())["below_min_coverage"] == 6
    assert folder.facts(0).last == {"a": 4}

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from vecocli.errors import DataError, UsageError
from vecocli.mining import job
from vecocli.mining.mine import Settings, mine
from vecocli.mining.prepare import ByDictionary
from vecocli.mining.rules import Rules
from vecocli.mining.sample import sampled
from vecocli.mining.scorer import SpanQuery, SpanScorer
from vecocli.mining.summary import MiningSummary
from vecocli.progress import Progress, silent
from vecocli.text.formats import Entry
from vecocli.text.plan import open_mixed
from vecocli.text.synonyms import read_details, read_shards
from vecocli.text.thesaurus import Thesaurus

WORDS = {"cat": "Katze", "dog": "Hund", "house": "Haus", "give up": "aufgeben", "the": "die", "green": "grün"}
THESAURUS = Thesaurus.from_entries([Entry(*pair) for pair in WORDS.items()], "en", "de", "d")
RULES = Rules("clear", 0.2, "names", max_phrase=3, max_words=50)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """250 pairs, some of them empty or one-sided."""
    chosen = random.Random(5)
    lines = []
    for number in range(250):
        words = chosen.choices(list(WORDS), k=chosen.randint(0, 5))
        target = [WORDS[word] for word in chosen.sample(words, len(words))] if number % 11 else []
        lines.append(f"{' '.join(words)} {number % 7}\t{' '.join(target)} {number % 7}\n" if number % 13 else "\t\n")
    path = tmp_path / "corpus.tsv"
    path.write_text("".join(lines), encoding="utf-8")
    return path


def prepare(thesaurus: Thesaurus = THESAURUS, scorer: SpanScorer | None = None) -> ByDictionary:
    return ByDictionary(thesaurus, ("en", "de"), RULES, scorer=scorer)


def run(
    path: Path,
    out: Path,
    *,
    limit: int | None = None,
    scorer: SpanScorer | None = None,
    progress: Progress = silent,
    **changes: Any,
) -> MiningSummary:
    settings = Settings(**{"shard_rows": 40, "workers": 1} | changes)
    corpus = open_mixed([path], [("en", "de")], limits={("en", "de"): limit} if limit else None)[0]
    summary = mine(corpus, partial(sampled, corpus), prepare(scorer=scorer), out, settings, progress=progress)
    assert summary is not None
    return summary


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir()}


def test_every_pair_has_its_row_and_the_figures_agree(corpus: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    summary = run(corpus, tmp_path / "out", progress=lambda done, total: seen.append((done, total)))
    rows = list(read_shards(tmp_path / "out"))
    assert [row.number for row in rows] == list(range(1, 251))
    assert summary.pairs == 250
    assert summary.links == sum(len(row.links) for row in rows) > 300
    assert summary.ambiguous == sum(link.ambiguous for row in rows for link in row.links) > 10
    assert summary.pairs_with_links == sum(bool(row.links) for row in rows)
    assert summary.empty == 20
    assert 0.3 < summary.coverage < 1
    assert seen[-1] == (250, 250)
    names = [f"part-{shard:05d}.parquet" for shard in range(7)]
    assert sorted(contents(tmp_path / "out")) == ["lexicon.tsv", *names, "summary.json"]
    assert read_details(tmp_path / "out" / names[0])["made_from"]["corpus"] == ["corpus.tsv"]
    assert json.loads(contents(tmp_path / "out")["summary.json"])["links"] == summary.links
    lexicon = contents(tmp_path / "out")["lexicon.tsv"].decode().splitlines()
    assert len(lexicon) == summary.lexicon + 1
    assert sum(int(line.split("\t")[2]) for line in lexicon[1:]) == summary.links - summary.origins["identical"]


class Killed(BaseException):
    """Stands for a run that ends at any moment."""


@pytest.mark.parametrize("moment", [1, 3, 7, 100, 119, 120, 121, 200, 250])
def test_a_run_killed_anywhere_ends_with_the_same_bytes(
    corpus: Path, tmp_path: Path, moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "BLOCK_PAIRS", 1)
    whole = run(corpus, tmp_path / "whole")

    def kill(done: int, total: int | None) -> None:
        if done == moment:
            raise Killed

    with pytest.raises(Killed):
        run(corpus, tmp_path / "killed", progress=kill)
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "killed").glob("part-*")}
    assert len(before) == (moment - 1) // 40
    assert run(corpus, tmp_path / "killed") == whole
    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")
    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "killed").glob("part-*")}
    assert before.items() <= after.items()


def test_a_process_killed_while_it_writes_is_gone_on_from(corpus: Path, tmp_path: Path) -> None:
    script = f"""
import os, signal, sys
sys.path.insert(0, {os.fspath(Path(__file__).parent)!r})
import pyarrow.parquet as pq
from pathlib import Path
import test_mine
write, calls = pq.write_table, []
def dying(table, stream, **settings):
    calls.append(1)
    if len(calls) == 3:
        stream.write(b"half a shard")
        stream.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    write(table, stream, **settings)
pq.write_table = dying
test_mine.run(Path({os.fspath(corpus)!r}), Path({os.fspath(tmp_path / "killed")!r}))
"""
    path = os.pathsep.join(sys.path)
    ended = subprocess.run([sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": path}, check=False)
    assert ended.returncode == -signal.SIGKILL
    left = contents(tmp_path / "killed")
    assert sum(name.endswith(".parquet") for name in left) == 2
    assert sum(content == b"half a shard" for content in left.values()) == 1
    run(corpus, tmp_path / "killed")
    run(corpus, tmp_path / "whole")
    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")


def test_a_shard_in_the_middle_that_is_missing_is_mined_again(corpus: Path, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    before = contents(tmp_path / "out")
    (tmp_path / "out" / "part-00002.parquet").unlink()
    run(corpus, tmp_path / "out")
    assert contents(tmp_path / "out") == before


def test_other_settings_or_input_need_overwrite_and_then_leave_no_trace(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(corpus, out)
    with pytest.raises(UsageError, match=r"\(shard_rows\)"):
        run(corpus, out, shard_rows=50)
    lines = corpus.read_text(encoding="utf-8").splitlines(keepends=True)
    corpus.write_text("".join([*lines[:60], "cat\tKatze\n", *lines[61:]]), encoding="utf-8")
    with pytest.raises(UsageError, match=r"part-00001\.parquet was mined from other sentences"):
        run(corpus, out)
    for shard_rows in (40, 50):
        fresh = tmp_path / f"fresh {shard_rows}"
        run(corpus, out, shard_rows=shard_rows, overwrite=True)
        run(corpus, fresh, shard_rows=shard_rows)
        assert contents(out) == contents(fresh)


def test_the_limit_counts_pairs(corpus: Path, tmp_path: Path) -> None:
    assert run(corpus, tmp_path / "out", limit=41).pairs == 41
    assert [row.number for row in read_shards(tmp_path / "out")] == list(range(1, 42))


def test_a_pipe_gives_what_a_file_gives(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(corpus, tmp_path / "file")
    with corpus.open(encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        run(Path("-"), tmp_path / "pipe")
    with corpus.open(encoding="utf-8") as stream, pytest.raises(UsageError, match="by one process only"):
        monkeypatch.setattr(sys, "stdin", stream)
        run(Path("-"), tmp_path / "two", workers=2)
    assert not (tmp_path / "two").exists()
    assert list(read_shards(tmp_path / "pipe")) == list(read_shards(tmp_path / "file"))


def test_two_workers_write_what_one_writes(corpus: Path, tmp_path: Path) -> None:
    assert run(corpus, tmp_path / "two", workers=2) == run(corpus, tmp_path / "one")
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_a_scorer_is_part_of_what_a_result_was_made_from(corpus: Path, tmp_path: Path) -> None:
    class Scorer:
        name = "some model"

        def __call__(self, queries: Sequence[SpanQuery]) -> list[list[float]]:
            return [[0.0] * len(query.places) for query in queries]

    run(corpus, tmp_path / "out", scorer=Scorer())
    links = [link for row in read_shards(tmp_path / "out") for link in row.links]
    sure = max(link.score for link in links if not link.ambiguous)
    assert all(0 < link.score < sure for link in links if link.ambiguous)
    with pytest.raises(UsageError, match="scorer"):
        run(corpus, tmp_path / "out")


def test_a_corpus_without_pairs_is_bad_data(tmp_path: Path) -> None:
    empty = tmp_path / "empty.tsv"
    empty.touch()
    with pytest.raises(DataError, match=r"empty\.tsv.*empty"):
        run(empty, tmp_path / "out")
    blank = tmp_path / "blank.tsv"
    blank.write_text("house\t\n \t \n\tHaus\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"blank\.tsv: no sentence pairs with text"):
        run(blank, tmp_path / "out")

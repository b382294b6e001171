"""What each process of a mining run does: it mines its share of the shards, and adds up their lexicon."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vecocli.mining.lexicon import Lexicon
from vecocli.mining.mined import MinedBlock
from vecocli.mining.result import Content, ResultFolder
from vecocli.mining.workers import Report, Share
from vecocli.text.corpus import SentencePair
from vecocli.text.synonyms import MinedPair, to_table

BLOCK_PAIRS = 1024


class Miner(Protocol):
    """What links the words of sentence pairs; `Linker` does it with a dictionary."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """Everything but the sentences that decides its links, as JSON values; a run goes on only with the same."""
        ...

    def link(self, pairs: Sequence[SentencePair], counts: Counter[str]) -> Sequence[MinedPair]:
        """Link sentence pairs, one row each, in their order, and add what happened to the counts."""
        ...


class Done(NamedTuple):
    """What a process of a run has done.

    Args:
        shards: Number of the run's shards, of all processes.
        lexicon: What its own shards hold.
    """

    shards: int
    lexicon: Lexicon


@dataclass(frozen=True)
class Job:
    """Mines a corpus shard by shard.

    Args:
        pairs: The sentence pairs; iterated once by each process.
        miner: Links them.
        folder: Where the shards go.
        shard_rows: Sentence pairs in a shard.
        min_coverage: Pairs of which less is linked are left out of the shards.
    """

    pairs: Iterable[SentencePair]
    miner: Miner
    folder: ResultFolder
    shard_rows: int
    min_coverage: float = 0.0

    def __call__(self, share: Share, report: Report) -> Done:
        """Mine a share of the shards, or keep those that are there."""
        pairs, shard, lexicon = iter(self.pairs), 0, Lexicon(several=self.folder.several)
        while self._pass(shard, islice(pairs, self.shard_rows), share, lexicon, report):
            shard += 1
        return Done(shard, lexicon)

    def _pass(self, shard: int, pairs: Iterator[SentencePair], share: Share, lexicon: Lexicon, report: Report) -> int:
        """Mine a shard of this share, or read over one of another's; return how many pairs it is made of."""
        if share.has(shard):
            return self._mine(shard, pairs, lexicon, report)
        report(0)
        return sum(1 for _ in pairs)

    def _mine(self, shard: int, pairs: Iterator[SentencePair], lexicon: Lexicon, report: Report) -> int:
        """Mine one shard, unless it is there; return how many pairs it is made of."""
        if self.folder.holds(shard):
            chunk = list(pairs)
            if self.folder.keeps(shard, Content(chunk)):
                lexicon.add(shard, self.folder.table(shard))
                report(len(chunk))
                return len(chunk)
            pairs = iter(chunk)
        tables, content, counts = [], Content(), dict[str, Counter[str]]()
        while block := list(islice(pairs, BLOCK_PAIRS)):
            content.add(block)
            for name, named in groupby(block, key=attrgetter("corpus")):
                tables.append(self._table(name, list(named), counts.setdefault(name, Counter())))
            report(len(block))
        if tables:
            table = pa.concat_tables(tables).unify_dictionaries()
            self.folder.write(shard, table, content, counts)
            lexicon.add(shard, table)
        return content.size

    def _table(self, corpus: str, pairs: Sequence[SentencePair], counts: Counter[str]) -> pa.Table:
        """Link pairs of one corpus; the rows that are kept."""
        rows = self.miner.link(pairs, counts)
        make = rows.table if isinstance(rows, MinedBlock) else partial(to_table, rows)
        table = make(*self.folder.languages, corpus)
        if not self.min_coverage:
            return table
        enough = pc.greater_equal(table.column("coverage"), np.float32(self.min_coverage))
        counts["below_min_coverage"] += len(pairs) - pc.sum(enough).as_py()
        return table.filter(enough)

"""The folder that a mining run writes, and what a run that was killed left in it."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from vecocli.errors import DataError, UsageError
from vecocli.text.corpus import SentencePair
from vecocli.text.synonyms import SHARDS, read_details, shard_path, write_shard

LAYOUT = 2  # of the shards and their facts; a run does not go on from another
COLUMNS = ("number", "source", "target", "links", "coverage", "corpus")
LEXICON = "lexicon.tsv"
SUMMARY = "summary.json"
FREQUENT = "frequent words of the corpus"
"""The fact that says which words the corpus has often; it follows from the text and from other settings."""
REPLACE = "Name another folder, or add --overwrite to replace that result."


class Content:
    """A fingerprint of the sentence pairs of a shard, and which corpora they are of.

    Args:
        pairs: The first of them.
    """

    def __init__(self, pairs: Iterable[SentencePair] = ()) -> None:
        self._state = hashlib.blake2b(digest_size=16)
        self.size = 0
        self.last: dict[str, int] = {}  # corpus -> number of its last pair
        self.add(pairs)

    def add(self, pairs: Iterable[SentencePair]) -> None:
        """Take in the next pairs."""
        for number, source, target, corpus in pairs:
            if corpus not in self.last:
                self._state.update(f"{corpus}\n".encode("utf-8", "surrogatepass"))
            self._state.update(f"{number}\t{source}\n{target}\n".encode("utf-8", "surrogatepass"))
            self.last[corpus] = number
            self.size += 1

    def digest(self) -> str:
        """Return the fingerprint of all pairs so far."""
        return self._state.hexdigest()


@dataclass(frozen=True)
class Facts:
    """What a finished shard says of itself.

    Args:
        counts: What was counted, by corpus in their order.
        last: Number of the last pair that was read, by corpus.
    """

    counts: dict[str, Counter[str]]
    last: dict[str, int]


def corpora(facts: Sequence[Facts]) -> list[str]:
    """Return the names of the corpora of some shards, in their order."""
    return list(dict.fromkeys(name for fact in facts for name in fact.counts))


class ResultFolder:
    """A folder of mined shards that remembers what it was made from.

    Several processes may write different shards of it at the same time.

    Args:
        out: The folder.
        languages: Source and target language.
        made_from: Everything but the sentences that decides what is mined, as JSON values.
        overwrite: Replace a result that was made from something else.
    """

    def __init__(self, out: Path, languages: tuple[str, str], made_from: Mapping[str, Any], overwrite: bool) -> None:
        self.out = out
        self.languages = languages
        self._made_from = json.loads(json.dumps({"layout": LAYOUT, **made_from}))  # as a shard gives it back
        self._overwrite = overwrite

    def open(self) -> None:
        """Make the folder, and clear it of what a killed run was writing and of what is to be replaced.

        Raises:
            UsageError: It holds a result of something else, or other files, and is not to be overwritten.
        """
        try:
            self.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot make the folder {self.out}: {error.strerror}", "Name another folder.") from error
        self.tidy()
        conflict = self._conflict()
        if conflict and not self._overwrite:
            raise UsageError(conflict, REPLACE)
        if conflict:
            _remove([*self.out.glob(SHARDS), self.out / LEXICON, self.out / SUMMARY])

    @property
    def several(self) -> bool:
        """Whether the run has several corpora."""
        return len(self._made_from.get("corpus", ())) > 1

    @property
    def begun(self) -> bool:
        """Whether there are shards already."""
        return next(self.out.glob(SHARDS), None) is not None

    def tidy(self) -> None:
        """Remove what a process that was killed was writing."""
        for pattern in (SHARDS, LEXICON, SUMMARY):
            _remove(self.out.glob(f".{pattern}.*.tmp"))

    def holds(self, shard: int) -> bool:
        """Return whether a shard is there."""
        return shard_path(self.out, shard).exists()

    def keeps(self, shard: int, content: Content) -> bool:
        """Return whether a shard that is there was made from these sentences; else it is to be made again.

        Raises:
            UsageError: It was made from others, and is not to be overwritten.
        """
        path = shard_path(self.out, shard)
        kept = bool(read_details(path)["content"] == content.digest())
        if not kept and not self._overwrite:
            raise UsageError(f"{path} was mined from other sentences", REPLACE)
        return kept

    def write(self, shard: int, table: pa.Table, content: Content, counts: Mapping[str, Counter[str]]) -> None:
        """Write one shard with all that is needed to go on from it."""
        source, target = self.languages
        write_shard(
            shard_path(self.out, shard),
            table,
            source_language=source,
            target_language=target,
            made_from=self._made_from,
            content=content.digest(),
            corpora=[[name, content.last[name], dict(counted)] for name, counted in counts.items()],
        )

    def facts(self, shard: int) -> Facts:
        """Return what a finished shard says of itself."""
        corpora = read_details(shard_path(self.out, shard))["corpora"]
        return Facts({name: Counter(counts) for name, _, counts in corpora}, {name: last for name, last, _ in corpora})

    def table(self, shard: int) -> pa.Table:
        """Read the rows of a finished shard, without their languages."""
        return pq.read_table(shard_path(self.out, shard), columns=list(COLUMNS), partitioning=None)

    def close(self, shards: int) -> None:
        """Make sure that the folder holds no more shards than the corpus has.

        Raises:
            UsageError: It does, and is not to be overwritten.
        """
        beyond = [path for path in sorted(self.out.glob(SHARDS)) if path >= shard_path(self.out, shards)]
        if beyond and not self._overwrite:
            raise UsageError(f"{beyond[0]} was mined from a longer corpus", REPLACE)
        _remove(beyond)

    def _conflict(self) -> str:
        """Say what in the folder is not of this run; empty when all is."""
        shards = sorted(self.out.glob(SHARDS))
        for path in shards:
            try:
                before = read_details(path).get("made_from", {})
            except DataError as error:
                return error.message
            if before != self._made_from:
                return f"{self.out} holds a result of other input or settings ({self._other(before)})"
        others = sorted(path.name for path in self.out.iterdir() if not path.name.startswith("run.yaml"))
        if others and not shards:
            return f"{self.out} is not empty and holds no mining result ({others[0]})"
        return ""

    def _other(self, before: Mapping[str, Any]) -> str:
        """Name what differs; the frequent words only where nothing else says why they do."""
        if before.get("layout") != LAYOUT:
            return "an earlier version of veco"
        keys = sorted({*before, *self._made_from} - {FREQUENT})
        other = [key for key in keys if before.get(key) != self._made_from.get(key)]
        return ", ".join(other) or "another text: its frequent words are others"


def _remove(paths: Iterable[Path]) -> None:
    for path in list(paths):
        path.unlink(missing_ok=True)

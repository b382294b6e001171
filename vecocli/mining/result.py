"""The folder that a mining run writes, and what a run that was killed left in it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from vecocli.errors import DataError, UsageError
from vecocli.text.corpus import SentencePair
from vecocli.text.synonyms import SHARDS, MinedPair, read_details, read_shard, shard_path, write_shard

LEXICON = "lexicon.tsv"
SUMMARY = "summary.json"
FREQUENT = "frequent words of the corpus"
"""The fact that says which words the corpus has often; it follows from the text and from other settings."""
REPLACE = "Name another folder, or add --overwrite to replace that result."


class Content:
    """A fingerprint of the sentence pairs of a shard."""

    def __init__(self) -> None:
        self._state = hashlib.blake2b(digest_size=16)

    def add(self, pairs: Iterable[SentencePair]) -> None:
        """Take in the next pairs."""
        for pair in pairs:
            text = f"{pair.number}\t{pair.source}\n{pair.target}\n"
            self._state.update(text.encode("utf-8", "surrogatepass"))

    def digest(self) -> str:
        """Return the fingerprint of all pairs so far."""
        return self._state.hexdigest()


class ResultFolder:
    """A folder of mined shards that remembers what it was made from.

    Args:
        out: The folder; made if missing.
        source_language: Language of the source side.
        target_language: Language of the target side.
        made_from: Everything but the sentences that decides what is mined, as JSON values.
        overwrite: Replace a result that was made from something else.

    Raises:
        UsageError: The folder holds such a result, or other files, and is not to be overwritten.
    """

    def __init__(
        self, out: Path, source_language: str, target_language: str, made_from: Mapping[str, Any], overwrite: bool
    ) -> None:
        self._out = out
        self.languages = source_language, target_language
        self._made_from = dict(made_from)
        self._overwrite = overwrite
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot make the folder {out}: {error.strerror}", "Name another folder.") from error
        for pattern in (SHARDS, LEXICON, SUMMARY):
            _remove(out.glob(f".{pattern}.*.tmp"))  # what a killed run was writing
        conflict = self._conflict()
        if conflict and not overwrite:
            raise UsageError(conflict, REPLACE)
        if conflict:
            _remove([*out.glob(SHARDS), out / LEXICON, out / SUMMARY])

    def holds(self, shard: int) -> bool:
        """Return whether a shard is there."""
        return shard_path(self._out, shard).exists()

    def kept(self, shard: int, content: Content) -> Counter[str] | None:
        """Return what was counted in a shard that is there, or None where it is to be made again.

        Raises:
            UsageError: The shard was made from other sentences.
        """
        path = shard_path(self._out, shard)
        details = read_details(path)
        if details["content"] == content.digest():
            return Counter(details["counts"])
        if not self._overwrite:
            raise UsageError(f"{path} was mined from other sentences", REPLACE)
        return None

    def write(self, shard: int, table: pa.Table, content: Content, counts: Counter[str]) -> None:
        """Write one shard with all that is needed to go on from it."""
        source, target = self.languages
        write_shard(
            shard_path(self._out, shard),
            table,
            source_language=source,
            target_language=target,
            corpus=self._made_from["corpus"],
            made_from=self._made_from,
            content=content.digest(),
            counts=dict(counts),
        )

    def rows(self, shard: int) -> Iterator[MinedPair]:
        """Read a finished shard."""
        return read_shard(shard_path(self._out, shard))

    def close(self, shards: int) -> None:
        """Make sure that the folder holds no more shards than the corpus has.

        Raises:
            UsageError: It does, and is not to be overwritten.
        """
        beyond = [path for path in sorted(self._out.glob(SHARDS)) if path >= shard_path(self._out, shards)]
        if beyond and not self._overwrite:
            raise UsageError(f"{beyond[0]} was mined from a longer corpus", REPLACE)
        _remove(beyond)

    def _conflict(self) -> str:
        """Say what in the folder is not of this run; empty when all is."""
        shards = sorted(self._out.glob(SHARDS))
        for path in shards:
            try:
                before = read_details(path).get("made_from", {})
            except DataError as error:
                return error.message
            if before != self._made_from:
                return f"{self._out} holds a result of other input or settings ({self._other(before)})"
        others = sorted(path.name for path in self._out.iterdir() if not path.name.startswith("run.yaml"))
        if others and not shards:
            return f"{self._out} is not empty and holds no mining result ({others[0]})"
        return ""

    def _other(self, before: Mapping[str, Any]) -> str:
        """Name what differs; the frequent words only where nothing else says why they do."""
        keys = sorted({*before, *self._made_from} - {FREQUENT})
        other = [key for key in keys if before.get(key) != self._made_from.get(key)]
        return ", ".join(other) or "another text: its frequent words are others"


def _remove(paths: Iterable[Path]) -> None:
    for path in list(paths):
        path.unlink(missing_ok=True)

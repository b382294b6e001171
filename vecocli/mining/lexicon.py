"""The lexicon of a mining run: how often each word was linked to each translation, and how surely."""

import re
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vecocli.errors import DataError
from vecocli.mining.forms import Forms
from vecocli.text.files import atomic_write, read_lines
from vecocli.text.spans import Integers, slices
from vecocli.text.synonyms import ALIGNER, DICTIONARY, IDENTICAL, origin_parts, sentence_names

STEPS = 10_000  # scores are added up in steps of 1/10,000: whole numbers, so that no order of adding matters
EXAMPLES = 3  # sentences named for each entry
COLUMNS = (
    "source",
    "target",
    "count",
    "score",
    "p_target_given_source",
    "p_source_given_target",
    "origins",
    "sentences",
)
_APART = re.compile(rf" (?={DICTIONARY}|{IDENTICAL}|{ALIGNER})")  # a dictionary's name may hold a blank itself
_NUMBERS = re.compile(r"([1-9][0-9]{0,17})\t([01]\.[0-9]{4})")


class LexiconRow(NamedTuple):
    """A line of a written lexicon.

    Args:
        source: Word or phrase in normal form.
        target: Its translation.
        links: How often they were linked.
        score: Mean score of the links, in (0, 1].
        origins: What the links come from, such as `dictionary:omw` and `aligner:argmax`.
    """

    source: str
    target: str
    links: int
    score: float
    origins: tuple[str, ...]


def read_lexicon(path: Path) -> Iterator[LexiconRow]:
    """Read what `Lexicon.write` wrote, a line at a time.

    Raises:
        DataError: No such file, or one that is no lexicon.
    """
    for number, line in enumerate(read_lines(path), 1):
        columns = line.split("\t")
        if number == 1:
            if tuple(columns) != COLUMNS:
                raise DataError("not a lexicon of this version of veco", "Mine the corpus again.", path=path, line=1)
            continue
        numbers = _NUMBERS.fullmatch("\t".join(columns[2:4]))
        if len(columns) != len(COLUMNS) or numbers is None:
            raise DataError("not a line of a lexicon", "Mine the corpus again.", path=path, line=number)
        links, score = numbers.groups()
        yield LexiconRow(columns[0], columns[1], int(links), float(score), tuple(_APART.split(columns[6])))


class _Entry:
    """What is known of a word and its translation."""

    __slots__ = ("count", "examples", "origins", "score")

    def __init__(self) -> None:
        self.count = 0
        self.score = 0  # in steps
        self.origins: tuple[str, ...] = ()
        self.examples: tuple[tuple[int, str], ...] = ()  # shard and sentence


class _Links(NamedTuple):
    """Links of a shard as columns, with small numbers for the forms and origins that `names` spell out."""

    rows: Integers
    source: Integers
    target: Integers
    score: Integers  # in steps
    origin: Integers
    sources: list[str]
    targets: list[str]
    origins: list[str]


class Lexicon:
    """Entries of all shards of a run, or of some that are merged with others.

    Words are in normal form; equal words that no dictionary lists are left out.

    Args:
        several: The rows are of several corpora; sentences are named accordingly.
    """

    def __init__(self, *, several: bool = False) -> None:
        self._entries: dict[tuple[str, str], _Entry] = {}
        self._forms = Forms()
        self._several = several

    def __len__(self) -> int:
        return len(self._entries)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is only remembered when it goes to another process."""
        return self.__dict__ | {"_forms": Forms()}

    def merge(self, other_shards: "Lexicon") -> None:
        """Add the entries of other shards."""
        for key, other in other_shards._entries.items():
            entry = self._entry(*key)
            entry.count += other.count
            entry.score += other.score
            entry.origins += tuple(origin for origin in other.origins if origin not in entry.origins)
            entry.examples = tuple(sorted(entry.examples + other.examples, key=itemgetter(0))[:EXAMPLES])

    def add(self, shard: int, table: pa.Table) -> None:
        """Count the links of a shard's rows, a column at a time; shards come in their order."""
        links = self._links(table)
        names = sentence_names(table, several=self._several)
        base = max(1, len(links.targets))
        coded = pa.array(links.source.astype(np.int64) * base + links.target).dictionary_encode()
        keys, inverse = coded.dictionary.to_numpy(), coded.indices.to_numpy()
        counts = np.bincount(inverse, minlength=len(keys))
        scores = np.bincount(inverse, weights=links.score, minlength=len(keys)).astype(np.int64)
        entries = [
            self._entry(links.sources[source], links.targets[target])
            for source, target in zip((keys // base).tolist(), (keys % base).tolist(), strict=True)
        ]
        for entry, count, score in zip(entries, counts.tolist(), scores.tolist(), strict=True):
            entry.count += count
            entry.score += score
        for key, origin in _distinct(inverse, links.origin):
            if links.origins[origin] not in entries[key].origins:
                entries[key].origins += (links.origins[origin],)
        for key, row in _distinct(inverse, links.rows, EXAMPLES):
            if len(entries[key].examples) < EXAMPLES:
                entries[key].examples += ((shard, names[row].as_py()),)

    def write(self, path: Path) -> None:
        """Write a line an entry, most frequent first, below a line that names the columns.

        The probabilities are relative frequencies: the count of the entry divided by the counts of all entries with
        the same source (`p_target_given_source`) or the same target (`p_source_given_target`).

        Source: the maximum-likelihood lexical weights of phrase-based translation (Koehn et al. 2003, section 4).
        """
        sources: dict[str, int] = {}
        targets: dict[str, int] = {}
        for (source, target), entry in self._entries.items():
            sources[source] = sources.get(source, 0) + entry.count
            targets[target] = targets.get(target, 0) + entry.count
        with atomic_write(path, "w") as stream:
            stream.write("\t".join(COLUMNS) + "\n")
            for (source, target), entry in sorted(self._entries.items(), key=lambda item: (-item[1].count, item[0])):
                count = entry.count
                origins = " ".join(sorted({part for origin in entry.origins for part in origin_parts(origin)}))
                stream.write(
                    f"{source}\t{target}\t{count}\t{entry.score / count / STEPS:.4f}\t{count / sources[source]:.4f}\t"
                    f"{count / targets[target]:.4f}\t{origins}\t{' '.join(name for _, name in entry.examples)}\n"
                )

    def _entry(self, source: str, target: str) -> _Entry:
        entry = self._entries.get((source, target))
        if entry is None:
            entry = self._entries[source, target] = _Entry()
        return entry

    def _links(self, table: pa.Table) -> _Links:
        """Return the links that the lexicon counts."""
        column = table.column("links").combine_chunks()
        links = column.flatten()
        kept = pc.invert(pc.starts_with(links.field("origin"), IDENTICAL))
        rows = np.repeat(np.arange(len(column)), column.value_lengths().to_numpy(zero_copy_only=False))
        rows = rows[kept.to_numpy(zero_copy_only=False)]
        links = links.filter(kept)
        source, sources = self._coded(table.column("source"), rows, links, "source")
        target, targets = self._coded(table.column("target"), rows, links, "target")
        origin = links.field("origin").dictionary_encode()
        score = np.rint(links.field("score").to_numpy() * STEPS).astype(np.int64)
        return _Links(
            rows, source, target, score, origin.indices.to_numpy(), sources, targets, origin.dictionary.to_pylist()
        )

    def _coded(
        self, texts: pa.ChunkedArray, rows: Integers, links: pa.StructArray, side: str
    ) -> tuple[Integers, list[str]]:
        """Return a number for the normal form of each link's span on one side, and the forms by number."""
        starts, ends = (links.field(f"{side}_{end}").to_numpy() for end in ("start", "end"))
        written = slices(texts.combine_chunks(), rows, starts, ends).dictionary_encode()
        forms = pa.array(
            [self._forms[text] for text in written.dictionary.to_pylist()], pa.string()
        ).dictionary_encode()
        return forms.indices.to_numpy()[written.indices.to_numpy()], forms.dictionary.to_pylist()


def _distinct(keys: Integers, values: Integers, most: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield each key's different values, the smallest first and `most` of them at most."""
    base = int(values.max(initial=0)) + 1
    pairs = np.sort(keys.astype(np.int64) * base + values)
    found, value = np.divmod(pairs[np.diff(pairs, prepend=-1) != 0], base)
    if most is not None:
        rank = np.arange(len(found)) - np.searchsorted(found, found)
        found, value = found[rank < most], value[rank < most]
    return zip(found.tolist(), value.tolist(), strict=True)

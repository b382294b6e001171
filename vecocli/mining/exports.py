"""Word alignments and word pairs as text files, made of the shards of a finished run.

pharaoh      a line a sentence pair: `0-0 1-2`, the word of the source and that of the target, from 0
word pairs   a line a link: source word, target word, score, origin, number of the sentence
"""

import filecmp
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vecocli.errors import UsageError
from vecocli.mining.result import Facts, ResultFolder
from vecocli.text.pack import packed_write
from vecocli.text.segment import Segmenter, Span, segment
from vecocli.text.spans import Integers, slices
from vecocli.text.synonyms import MinedPair, sentence_names, to_rows

REPLACE = "Name another file, or add --overwrite to replace it."
WORD_PAIRS = ("source", "target", "score", "origin", "sentence")
BREAKS = r"\s+"  # a phrase may be written over a tab or a line end

Cut = Callable[[str], list[Span]]


class Lines(Protocol):
    """Makes the lines of a file, a shard at a time."""

    def __call__(self, folder: ResultFolder, facts: Sequence[Facts]) -> Iterator[str]:
        """Yield text, whole lines each."""
        ...


@dataclass(frozen=True)
class Export:
    """A file to be made of the shards.

    Args:
        path: The file; compressed where its name ends in .gz, .xz or .zst.
        lines: What makes its lines.
    """

    path: Path
    lines: Lines

    def check(self, folder: ResultFolder, *, overwrite: bool) -> None:
        """Notice before hours of mining what would only fail after them.

        Raises:
            UsageError: The file's folder does not exist, or the file does and is not of a run to go on with.
        """
        if not self.path.parent.is_dir() and self.path.parent != folder.out:
            raise UsageError(f"no folder {self.path.parent} for {self.path.name}", "Make it first.")
        if self.path.is_dir() or (self.path.exists() and not (overwrite or folder.begun)):
            raise UsageError(f"{self.path} exists", REPLACE)

    def write(self, folder: ResultFolder, facts: Sequence[Facts], *, overwrite: bool) -> None:
        """Write the file, unless it is there with the same content.

        Raises:
            UsageError: It is there with other content, and is not to be overwritten.
        """
        fresh = self.path.with_name(f".{self.path.name}.new")
        for left in fresh.parent.glob(f".{escape(fresh.name)}.*.tmp"):
            left.unlink()  # what a killed run was writing
        with packed_write(fresh, self.path.suffix) as stream:
            stream.writelines(self.lines(folder, facts))
        if self.path.exists() and not overwrite and not filecmp.cmp(fresh, self.path, shallow=False):
            fresh.unlink()
            raise UsageError(f"{self.path} exists with other content", REPLACE)
        fresh.replace(self.path)


def word_pairs(folder: ResultFolder, facts: Sequence[Facts]) -> Iterator[str]:
    """Yield a line for each link."""
    yield "\t".join(WORD_PAIRS) + "\n"
    for shard in range(len(facts)):
        table = folder.table(shard)
        column = table.column("links").combine_chunks()
        links = column.flatten()
        rows = np.repeat(np.arange(len(column)), column.value_lengths().to_numpy(zero_copy_only=False))
        texts = (_written(table.column(side).combine_chunks(), rows, links, side) for side in ("source", "target"))
        scores = links.field("score").dictionary_encode()
        shown = pa.array([f"{score:.4f}" for score in scores.dictionary.to_pylist()], pa.string())
        sentences = sentence_names(table, several=folder.several).take(pa.array(rows))
        lines = pc.binary_join_element_wise(
            *texts, shown.take(scores.indices), links.field("origin"), sentences, "\t"
        ).to_pylist()
        yield "\n".join([*lines, ""])


@dataclass(frozen=True)
class Pharaoh:
    """Yields a line for each line of the corpus that was read: `i-j` for each word linked to a word, from 0.

    All words of a phrase are linked to all words of its translation. A pair without links has an empty line, and so
    has a line that is no row of the shards.

    Args:
        segmenter: How the words were cut.
        scores: Write the score behind a colon: `i-j:0.8730`.
    """

    segmenter: Segmenter
    scores: bool = False

    def __call__(self, folder: ResultFolder, facts: Sequence[Facts]) -> Iterator[str]:
        """Yield the lines of each shard."""
        cut = tuple(segment(self.segmenter, language) for language in folder.languages)
        reached: dict[str, int] = {}
        for shard, fact in enumerate(facts):
            table = folder.table(shard)
            names = table.column("corpus").cast(pa.string())
            for corpus, last in fact.last.items():
                rows = to_rows(table.filter(pc.equal(names, corpus)))
                done = reached.get(corpus, 0)
                lines = [""] * (last - done)
                for row in rows:
                    lines[row.number - done - 1] = self._line(row, cut)
                reached[corpus] = last
                yield "\n".join([*lines, ""])

    def _line(self, row: MinedPair, cut: Sequence[Cut]) -> str:
        """Return one pair's line."""
        if not row.links:
            return ""
        source, target = ([start for start, _ in one(text)] for one, text in zip(cut, row[1:3], strict=True))
        places = (
            (word, other, link.score)
            for link in row.links
            for word in range(bisect_left(source, link.source_start), bisect_left(source, link.source_end))
            for other in range(bisect_left(target, link.target_start), bisect_left(target, link.target_end))
        )
        shown = "{}-{}:{:.4f}" if self.scores else "{}-{}"
        return " ".join(shown.format(*place) for place in sorted(places))


def _written(texts: pa.StringArray, rows: Integers, links: pa.StructArray, side: str) -> pa.StringArray:
    """Return the links' words on one side as they are written."""
    starts, ends = (links.field(f"{side}_{end}").to_numpy() for end in ("start", "end"))
    return pc.replace_substring_regex(slices(texts, rows, starts, ends), BREAKS, " ")

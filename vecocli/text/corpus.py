"""Parallel corpora: pairs of sentences that translate one another, streamed from every usual format.

    moses        two files; line n of one translates line n of the other
    fast-align   one file of lines `source ||| target`
    tsv          one file of columns between tabs, raw
    jsonl        one file, a JSON object a line: `{"translation": {"en": …, "de": …}}` or two columns
    parquet      one file, the same two shapes
    tmx          a translation memory, of any number of languages
    po, mo       software translations, as text and compiled
    dataset      a data set of the Hugging Face Hub (`hub:ID`), or a folder in a layout of its library `datasets`

A folder with files of one of these formats is read as one corpus, file after file. All but Parquet and data sets may be
compressed and may come from standard input (`-`). Texts are kept as they are.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, starmap
from pathlib import Path
from typing import NamedTuple

from vecocli.errors import UsageError
from vecocli.text.files import read_lines
from vecocli.text.folder import expand
from vecocli.text.hub import HUB, dataset
from vecocli.text.languages import canonical
from vecocli.text.mo import mo
from vecocli.text.parquet import parquet
from vecocli.text.po import po
from vecocli.text.readers import Columns, Row, fast_align, jsonl, moses, tsv
from vecocli.text.telling import AUTO, DATASET, FORMATS, MOSES, PARQUET, choose, first_line, tell
from vecocli.text.tmx import tmx
from vecocli.text.unpack import STDIN, check

__all__ = ["FORMATS", "ParallelCorpus", "SentencePair", "open_parallel"]

_INDEX = re.compile(r"\d{1,9}")
LineReader = Callable[[Iterator[str], Path, Columns], Iterator[Row]]
LINE_FORMATS: dict[str, LineReader] = {"fast-align": fast_align, "jsonl": jsonl, "tsv": tsv}
TaggedReader = Callable[[Path, tuple[str, str]], Iterator[Row]]
TAGGED_FORMATS: dict[str, TaggedReader] = {"mo": mo, "po": po, "tmx": tmx}
"""Formats that say themselves which text is in which language."""


class SentencePair(NamedTuple):
    """A sentence and its translation.

    Args:
        number: Its line, row or unit in the corpus, from 1; a header counts as a line. They ascend, with gaps where a
            format holds other things too, such as TMX units without one of the languages.
        source: Text in the source language; empty where the corpus has none.
        target: Text in the target language; empty where the corpus has none.
        corpus: Name of its corpus where several are mixed, else empty.
    """

    number: int
    source: str
    target: str
    corpus: str = ""


@dataclass(frozen=True)
class ParallelCorpus:
    """A parallel corpus on disk; each iteration streams its pairs anew (a pipe can be read only once).

    Args:
        name: Of its file, two files or folder, or as `hub:` gives it.
        paths: Two files for `moses`, else one or several read one after the other; `-` is standard input.
        source_language: Canonical code.
        target_language: Canonical code, another one.
        format: A name of `FORMATS`; `auto` for a pipe whose format is told from its first line.
        columns: Columns of source and target by index from 0 or by name; None for the format's own.
        names: Codes of the two languages as the user gave them: what columns are called if `columns` does not say.
    """

    name: str
    paths: tuple[Path, ...]
    source_language: str
    target_language: str
    format: str
    columns: tuple[int | str, int | str] | None
    names: tuple[str, str]

    def __iter__(self) -> Iterator[SentencePair]:
        return starmap(SentencePair, self.rows())

    @property
    def repeatable(self) -> bool:
        """Whether it can be read more than once; a pipe cannot, and what comes over the network should not be."""
        return all(str(path) != STDIN and (path.is_file() or path.is_dir()) for path in self.paths)

    def rows(self) -> Iterator[Row]:
        """Stream its pairs as bare (number, source, target).

        Raises:
            DataError: What cannot be read, with file and line.
            MissingError: A data set of the Hub that cannot be reached.
        """
        if self.format == MOSES:
            return moses(*self.paths)
        return self._file(self.paths[0]) if len(self.paths) == 1 else self._files()

    def _files(self) -> Iterator[Row]:
        """Number the rows of several files through."""
        before = 0
        for path in self.paths:
            number = 0
            for number, source, target in self._file(path):
                yield before + number, source, target
            before += number

    def _file(self, path: Path) -> Iterator[Row]:
        format = self.format
        if format == DATASET:
            return dataset(path, self.names, self.places(format))
        if format == PARQUET:
            return parquet(path, self.places(format))
        if format in TAGGED_FORMATS:
            return TAGGED_FORMATS[format](path, self.names)
        lines = read_lines(path)
        if format == AUTO:
            head = first_line(lines)
            format, lines = tell(head, path), chain(head, lines)
        return LINE_FORMATS[format](lines, path, self.places(format))

    def places(self, format: str) -> Columns:
        """Say where in a line or row of this format each side may be.

        Raises:
            UsageError: The format has no such columns.
        """
        if self.columns is None:
            source, target = self.names
            return ((0,), (1,)) if format == "tsv" else ((source, self.source_language), (target, self.target_language))
        if format in (MOSES, "fast-align", *TAGGED_FORMATS):
            raise UsageError(f"format {format} has no columns to choose", "Columns are for TSV, JSONL and Parquet.")
        if format == "jsonl" and any(isinstance(column, int) for column in self.columns):
            raise UsageError("columns of JSONL have names, not numbers", "Name them, such as en and de.")
        source_column, target_column = self.columns
        return (source_column,), (target_column,)


def open_parallel(
    paths: Sequence[Path | str],
    source_language: str,
    target_language: str,
    format: str = AUTO,
    columns: Sequence[int | str] | None = None,
) -> ParallelCorpus:
    """Open a parallel corpus; its content is read when it is iterated.

    Args:
        paths: Two line-aligned files, or one file that holds both sides, a folder of such, or a data set of the Hub,
            see `vecocli.text.hub`; `-` is standard input.
        source_language: Language of the first file or column, any code that `languages.canonical` takes.
        target_language: Language of the second.
        format: A name of `FORMATS`; `auto` tells it from the number of files, the name and the first line.
        columns: Of TSV, JSONL or Parquet: where source and target are, by index from 0 (not in JSONL; `"1"` is 1) or
            by name (line 1 of a TSV is then its header). Default: the first two of TSV, else the columns called as
            the languages, by the codes as given or canonical.

    Raises:
        DataError: A file that cannot be opened, or one whose format cannot be told.
        UsageError: Languages, files, format and columns that do not go together.
    """
    source, target = canonical(source_language), canonical(target_language)
    if source == target:
        message = f"{source_language!r} and {target_language!r} are one language ({source})"
        raise UsageError(message, "A parallel corpus has two.")
    given = tuple(map(Path, paths))
    files, format = expand(given, format)
    if format != DATASET:
        format = choose(files, format) if files == given else format
        for file in files:
            check(file)
    pair = None if columns is None else _pair(columns)
    names = (source_language, target_language)
    corpus = ParallelCorpus(_name(given), files, source, target, format, pair, names)
    if corpus.format != AUTO:
        corpus.places(corpus.format)
    return corpus


def _name(paths: Sequence[Path]) -> str:
    return "+".join(str(path) if str(path).startswith(HUB) else path.name for path in paths)


def _pair(columns: Sequence[int | str]) -> tuple[int | str, int | str]:
    """Check that there are two different columns; a number may come as text."""
    numbered = [int(column) if isinstance(column, str) and _INDEX.fullmatch(column) else column for column in columns]
    if len(set(numbered)) != 2 or len(numbered) != 2 or any(isinstance(c, int) and c < 0 for c in numbered):
        listed = ", ".join(map(str, columns))
        raise UsageError(f"columns {listed} are not two columns", "Give one for the source and another for the target.")
    return numbered[0], numbered[1]

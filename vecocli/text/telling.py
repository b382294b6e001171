"""Which format a parallel corpus is in: by the number of files, a file's name, its first bytes, its first line."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from vecocli.errors import DataError, UsageError
from vecocli.registry import did_you_mean
from vecocli.text.files import read_lines
from vecocli.text.parquet import MAGIC
from vecocli.text.readers import BARS
from vecocli.text.unpack import STDIN, shown

AUTO, MOSES, PARQUET = "auto", "moses", "parquet"
FORMATS = (AUTO, "fast-align", "jsonl", MOSES, PARQUET, "tsv")
ENDINGS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": PARQUET, ".tab": "tsv", ".tsv": "tsv"}
COMPRESSIONS = (".bz2", ".gz", ".xz", ".zst")
WAYS = "Give two line-aligned files, or one file of: lines `source ||| target`, TSV, JSONL or Parquet."


def choose(files: Sequence[Path], format: str) -> str:
    """Settle the format of a corpus, as far as that can be done without reading from a pipe.

    Args:
        files: One or two files; `-` is standard input.
        format: A name of `FORMATS`.

    Returns:
        A name of `FORMATS`; `auto` only for a pipe.

    Raises:
        DataError: The format of the one file cannot be told.
        UsageError: An unknown format, or one that needs another number of files or no standard input.
    """
    if format not in FORMATS:
        raise UsageError(f"no corpus format is called {format!r}", did_you_mean(format, FORMATS))
    expected = 2 if format == MOSES else 1
    if len(files) not in (1, 2) or (format != AUTO and len(files) != expected):
        wanted = "one or two files" if format == AUTO else f"{expected} file{'s' * (expected - 1)} for format {format}"
        raise UsageError(f"{len(files)} files given, expected {wanted}", WAYS)
    pipes = [str(file) for file in files].count(STDIN)
    if pipes > 1 or (pipes and format == PARQUET):
        raise UsageError("standard input can hold one file of lines, no Parquet", WAYS)
    if format != AUTO:
        return format
    return MOSES if len(files) == 2 else _told(files[0])


def first_line(lines: Iterable[str]) -> list[str]:
    """Take lines up to the first that is not blank."""
    taken = []
    for line in lines:
        taken.append(line)
        if line.strip():
            break
    return taken


def tell(head: Sequence[str], path: Path) -> str:
    """Tell a line format from the first lines, of which only the last is not blank.

    Raises:
        DataError: It is none of the known ones.
    """
    line = head[-1].strip(" ")
    if line.startswith("{") and line.endswith("}"):
        return "jsonl"
    if BARS in line:
        return "fast-align"
    if "\t" in line:
        return "tsv"
    message = "a line without `|||`, tab or JSON object: this corpus is in no known format"
    raise DataError(message, WAYS, path=shown(path), line=len(head))


def _told(path: Path) -> str:
    """Tell the format of one file; a pipe keeps its secret until it is read."""
    endings = [ending for ending in path.suffixes if ending.lower() not in COMPRESSIONS]
    if endings and endings[-1].lower() in ENDINGS:
        return ENDINGS[endings[-1].lower()]
    if not path.is_file():
        return AUTO
    with path.open("rb") as stream:
        if stream.read(len(MAGIC)) == MAGIC:
            return PARQUET
    return tell(first_line(read_lines(path)), path)

"""Which format a parallel corpus is in: by the number of files, a file's name, its first bytes, its first line."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from vecocli.errors import DataError, UsageError
from vecocli.registry import did_you_mean
from vecocli.text.files import read_lines
from vecocli.text.mo import BIG, LITTLE
from vecocli.text.parquet import MAGIC
from vecocli.text.readers import BARS
from vecocli.text.unpack import STDIN, DamagedError, blocks, shown

AUTO, DATASET, MOSES, PARQUET = "auto", "dataset", "moses", "parquet"
FORMATS = (AUTO, DATASET, "fast-align", "jsonl", "mo", MOSES, PARQUET, "po", "tmx", "tsv")
ENDINGS = {
    ".jsonl": "jsonl",
    ".mo": "mo",
    ".ndjson": "jsonl",
    ".parquet": PARQUET,
    ".po": "po",
    ".tab": "tsv",
    ".tmx": "tmx",
    ".tsv": "tsv",
}
"""Ending of a file that holds both sides -> its format."""
MAGICS = {MAGIC: PARQUET, LITTLE: "mo", BIG: "mo"}
COMPRESSIONS = (".bz2", ".gz", ".xz", ".zst")
WAYS = "Give two line-aligned files, or a file or folder of: `source ||| target`, TSV, JSONL, Parquet, TMX, PO, MO."
PIPED = "For TMX, PO or MO from standard input give the format."


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
    if pipes > 1 or (pipes and format in (DATASET, PARQUET)):
        raise UsageError("standard input can hold one file of lines, no Parquet", WAYS)
    if format != AUTO:
        return format
    return MOSES if len(files) == 2 else _told(files[0])


def by_name(path: Path) -> str | None:
    """Tell the format of one file that holds both sides by its ending; None where that says nothing."""
    endings = [ending.lower() for ending in path.suffixes if ending.lower() not in COMPRESSIONS]
    return ENDINGS.get(endings[-1]) if endings else None


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
    raise DataError(message, f"{WAYS} {PIPED}" if str(path) == STDIN else WAYS, path=shown(path), line=len(head))


def _told(path: Path) -> str:
    """Tell the format of one file; a pipe keeps its secret until it is read."""
    if (ending := by_name(path)) is not None:
        return ending
    if str(path) == STDIN or not path.is_file():
        return AUTO
    return _by_bytes(path) or tell(first_line(read_lines(path)), path)


def _by_bytes(path: Path) -> str | None:
    """Tell a format whose first bytes, unpacked, are always the same."""
    with closing(blocks(path)) as unpacked:
        try:
            head = next(unpacked, b"")
        except DamagedError:
            return None
    text = head[:64].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")  # of UTF-8 or UTF-16
    if text.startswith((b"<?xml", b"<tmx", b"<!DOCTYPE tmx")):
        return "tmx"
    return next((format for magic, format in MAGICS.items() if head.startswith(magic)), None)

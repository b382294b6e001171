"""Hand-made word alignments: Pharaoh and NAACL files -> links, the index base found out from the data.

Pharaoh    one line a sentence pair: `i-j` sure, `ipj` or `i?j` possible; an `id<TAB>` may stand in front
NAACL/WPT  one line a link: `sentence source target [S|P] [confidence]`, 1-based
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vecocli.errors import DataError
from vecocli.text.files import read_lines

Link = tuple[int, int]
Base = Literal["auto", "0", "1"]

_PHARAOH = re.compile(r"(-?\d{1,9})([-p?])(-?\d{1,9})")
_NAACL = re.compile(r"\s*(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})(?:\s+([SP]))?(?:\s+[\d.]+)?\s*")
MOST_DROPPED = 0.1


@dataclass(frozen=True, slots=True)
class GoldLinks:
    """The links of one sentence pair, as 0-based word indices.

    Args:
        sure: Links that an aligner must find.
        possible: Links that it may find; every sure link is among them.
    """

    sure: frozenset[Link]
    possible: frozenset[Link]


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold file.

    Args:
        links: One entry a sentence pair.
        base: The file's first index, 0 or 1.
        base_from: How the base was found.
        dropped: Links left out because they point outside their sentence.
    """

    links: tuple[GoldLinks, ...]
    base: int
    base_from: str
    dropped: int


@dataclass(frozen=True, slots=True)
class _RawLink:
    source: int
    target: int
    sure: bool


def read_gold(path: Path | str, lengths: Sequence[tuple[int, int]], base: Base = "auto") -> Gold:
    """Read a gold file for sentences of known lengths.

    Args:
        path: A Pharaoh or NAACL file; told apart by its first line that is not empty.
        lengths: (source words, target words) of each sentence pair.
        base: Index of the first word; `auto` finds it out: an index 0 means 0, an index equal to its sentence's length
            means 1, and a Pharaoh file with neither counts from 0. NAACL counts from 1.

    Raises:
        DataError: A malformed line, another number of sentence pairs, no sure link at all, or more than a tenth of the
            links outside their sentences.
    """
    lines = list(read_lines(path))
    first = next((line for line in lines if line.strip()), "")
    naacl = _NAACL.fullmatch(first) is not None
    raw = _read_naacl(path, lines, len(lengths)) if naacl else _read_pharaoh(path, lines, len(lengths))
    first_index, base_from = (int(base), "given") if base != "auto" else _find_base(raw, lengths, naacl)
    links = [_inside(row, length, first_index) for row, length in zip(raw, lengths, strict=True)]
    total = sum(map(len, raw))
    dropped = total - sum(len(row) for row in links)
    if dropped > MOST_DROPPED * total:
        message = f"{dropped:,} of {total:,} links point outside their sentences"
        raise DataError(message, "Is it the gold of these sentences, source side first?", path=path)
    gold = tuple(map(_gold_links, links))
    if not any(row.sure for row in gold):
        raise DataError("it has no sure link", "Write sure links as i-j; AER is not defined without them.", path=path)
    return Gold(gold, first_index, base_from, dropped)


def _read_pharaoh(path: Path | str, lines: Sequence[str], count: int) -> list[list[_RawLink]]:
    if len(lines) != count:
        message = f"{len(lines):,} lines of links for {count:,} sentence pairs"
        raise DataError(message, "Each sentence pair needs one line, empty where nothing is linked.", path=path)
    return [_pharaoh_line(path, number, line) for number, line in enumerate(lines, start=1)]


def _pharaoh_line(path: Path | str, number: int, line: str) -> list[_RawLink]:
    links = []
    for item in line.rpartition("\t")[2].split():
        match = _PHARAOH.fullmatch(item)
        if match is None:
            hint = "A sure link is written i-j, a possible one ipj or i?j."
            raise DataError(f"{item[:80]!r} is not a link", hint, path=path, line=number)
        links.append(_RawLink(int(match[1]), int(match[3]), match[2] == "-"))
    return links


def _read_naacl(path: Path | str, lines: Sequence[str], count: int) -> list[list[_RawLink]]:
    rows: list[list[_RawLink]] = [[] for _ in range(count)]
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        match = _NAACL.fullmatch(line)
        if match is None:
            hint = "Each line needs: sentence source target [S|P]."
            raise DataError(f"{line.strip()[:80]!r} is not a link", hint, path=path, line=number)
        sentence = int(match[1])
        if not 1 <= sentence <= count:
            message = f"there is no sentence pair {sentence:,}, only 1 to {count:,}"
            raise DataError(message, "Is it the gold of these sentences?", path=path, line=number)
        rows[sentence - 1].append(_RawLink(int(match[2]), int(match[3]), match[4] != "P"))
    return rows


def _find_base(rows: Sequence[Sequence[_RawLink]], lengths: Sequence[tuple[int, int]], naacl: bool) -> tuple[int, str]:
    if naacl:
        return 1, "NAACL format"
    if any(0 in (link.source, link.target) for row in rows for link in row):
        return 0, "an index is 0"
    for row, (source, target) in zip(rows, lengths, strict=True):
        if any(link.source == source or link.target == target for link in row):
            return 1, "an index equals its sentence's length"
    return 0, "assumed: no index is 0 or equals a length"


def _inside(row: Sequence[_RawLink], length: tuple[int, int], base: int) -> list[_RawLink]:
    """Shift to 0-based and keep what lies inside the sentences."""
    shifted = [_RawLink(link.source - base, link.target - base, link.sure) for link in row]
    return [link for link in shifted if 0 <= link.source < length[0] and 0 <= link.target < length[1]]


def _gold_links(row: Sequence[_RawLink]) -> GoldLinks:
    sure = frozenset((link.source, link.target) for link in row if link.sure)
    return GoldLinks(sure, frozenset((link.source, link.target) for link in row))

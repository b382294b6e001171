"""dictd databases: NAME.index with NAME.dict or NAME.dict.dz beside it; any of them may be named.

An index line is `word<TAB>offset<TAB>length`, both numbers in base 64. Texts are read as FreeDict writes them:

    headword, variant /pronunciation/ <part of speech>
    1. translation, translation <gender>; [usage] translation
       Synonym: {...}

Lists fall apart at commas and semicolons; what stands in brackets goes; indented lines are notes, but for those that
begin with a bracket. Entries `00database...` describe the database. The index leaves out marks (`goodbye` for
`good-bye`), so the text's spelling counts where it has one.

Source: dictfmt(1), dictd(8); the databases of FreeDict.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase, digits

from vecocli.errors import DataError
from vecocli.text.files import DAMAGED, read_lines
from vecocli.text.formats import Content, Entry, Pair
from vecocli.text.glosses import listed, plain, title_languages
from vecocli.text.unpack import DamagedError, blocks

DIGITS = {digit: value for value, digit in enumerate(f"{ascii_uppercase}{ascii_lowercase}{digits}+/")}
LINE = re.compile(r"[^\t]*\t[A-Za-z0-9+/]+\t[A-Za-z0-9+/]+(?:\t.*)?")
TEXTS = (".dict.dz", ".dict", ".dict.gz")
MOST_DIGITS = 10  # of 6 bits
META = re.compile("00-?database")
HINT = "An index line is `word<TAB>offset<TAB>length`; are index and .dict of the same release?"
TWO_FILES = "Put NAME.index and NAME.dict or NAME.dict.dz into one folder."
AFTER_HEADWORD = re.compile(r"\s[/<\[{]")
NUMBER = re.compile(r"\s*\d+\.\s*")
TERMS = re.compile(r"under the terms of (?:both )?(?:the )?((?:[^.]|\.(?! +[A-Z]|$))+)")
LICENCE = re.compile(r"licen[cs]e|copyright|public domain", re.IGNORECASE)

Place = tuple[int, int]


def likeness(head: Sequence[str], path: Path) -> float:
    """Tell by the two files, and by the share of lines that are an index's."""
    if _beside(path) is None:
        return 0.0
    index = path.name.endswith(".index")
    return sum(LINE.fullmatch(line) is not None for line in head) / max(len(head), 1) if index else 1.0


def read(path: Path, pair: Pair) -> Content:
    """Open both files and read what the database says about itself."""
    files = _beside(path)
    if files is None:
        raise DataError("a dictd database is two files", TWO_FILES, path=path)
    index, texts = files
    places, meta = _index(index)
    whole = _whole(texts)
    about = {word: _text(whole, place, index, 0) for word, (place, _) in meta.items()}
    short = next((text for word, text in about.items() if word.endswith("short")), "")
    info = next((text for word, text in about.items() if word.endswith("info")), "")
    title = short.strip().rpartition("\n")[2]  # some repeat their own name in a line before
    return Content(_entries(whole, places, index), languages=title_languages(title), licence=_licence(info))


def _beside(path: Path) -> tuple[Path, Path] | None:
    """Find the index and the texts of the database that a file is part of."""
    stem = next((path.name.removesuffix(end) for end in (".index", *TEXTS) if path.name.endswith(end)), None)
    if stem is None:
        return None
    index = path.with_name(f"{stem}.index")
    texts = [text for end in TEXTS if (text := path.with_name(stem + end)).is_file()]
    return (index, texts[0]) if index.is_file() and texts else None


def _index(path: Path) -> tuple[dict[Place, tuple[int, list[str]]], dict[str, tuple[Place, int]]]:
    """Read an index: place -> its line and words; and the entries about the database."""
    places: dict[Place, tuple[int, list[str]]] = {}
    meta: dict[str, tuple[Place, int]] = {}
    for number, line in enumerate(read_lines(path), 1):
        columns = line.split("\t")
        try:
            place = _number(columns[1]), _number(columns[2])
        except (IndexError, KeyError, ValueError) as error:
            raise DataError(f"not a line of an index: {line[:80]!r}", HINT, path=path, line=number) from error
        if META.match(columns[0]):
            meta[columns[0]] = place, number
        else:
            places.setdefault(place, (number, []))[1].append(columns[0])
    return places, meta


def _number(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError("no file is as long")
    value = 0
    for digit in text:
        value = value * 64 + DIGITS[digit]
    return value


def _whole(path: Path) -> bytes:
    """Unpack all texts: an index is sorted by word, the texts are not."""
    try:
        return b"".join(blocks(path))
    except DamagedError as damage:
        raise DataError(str(damage), DAMAGED, path=path) from damage


def _text(whole: bytes, place: Place, index: Path, line: int) -> str:
    start, length = place
    if start + length > len(whole):
        raise DataError(f"byte {start + length} is beyond the end of the texts", HINT, path=index, line=line)
    try:
        return whole[start : start + length].decode()
    except UnicodeDecodeError as error:
        raise DataError("its text is not UTF-8", HINT, path=index, line=line) from error


def _entries(whole: bytes, places: dict[Place, tuple[int, list[str]]], index: Path) -> Iterator[Entry]:
    for place, (number, words) in places.items():
        first, _, rest = _text(whole, place, index, number).strip("\n").partition("\n")
        headwords = _headwords(first, words)
        for line in rest.split("\n"):
            for translation in _translations(line):
                for headword in headwords:
                    yield Entry(headword, translation)


def _headwords(line: str, words: list[str]) -> list[str]:
    """Spell an entry's index words as its first line does."""
    whole = plain(AFTER_HEADWORD.split(line, maxsplit=1)[0])
    parts = [*whole.split(", "), whole] if whole else []
    spellings = {_bare(part): part for part in parts} | {part.lower(): part for part in parts}
    found = (spellings.get(word.lower()) or spellings.get(_bare(word)) or word.strip() for word in words)
    return list(dict.fromkeys(filter(None, found)))


def _bare(text: str) -> str:
    """Return a text as an index has it: letters and digits in lower case."""
    return "".join(filter(str.isalnum, text.lower()))


def _translations(line: str) -> Iterator[str]:
    blanks = len(line) - len(line.lstrip(" "))
    if blanks == 0 or (blanks == 1 and line[1:2] in "[(<"):
        yield from listed(NUMBER.sub("", line, count=1) if NUMBER.match(line) else line)


def _licence(info: str) -> str:
    """Return the sentence about the terms, or the first line that speaks of a licence."""
    if match := TERMS.search(" ".join(info.split())):
        return match[1].strip()[:300]
    return next((line.strip()[:300] for line in info.splitlines() if LICENCE.search(line)), "")

"""Software translations in gettext's two forms: PO, text with an entry a message, and MO, compiled from it.

The source is the `msgid` as it stands in the file, the target its translation. A plural entry gives two pairs: `msgid`
with the first form, `msgid_plural` with the last.

Source: GNU gettext manual, chapters 3 and 10.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from vecocli.errors import DataError
from vecocli.text.files import DAMAGED, EMPTY, NOT_UTF8
from vecocli.text.languages import canonical, covers
from vecocli.text.readers import Row
from vecocli.text.unpack import DamagedError, blocks, shown

WRITE = 'Write lines such as: msgid "a text"'
_CHARSET = re.compile(rb"charset=([\w.:-]+)", re.ASCII)
_LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[([0-9]{1,2})\])?\s*)?"((?:[^"\\]|\\.)*)"', re.ASCII)
_ESCAPE = re.compile(r"\\([0-7]{1,3}|x[0-9A-Fa-f]{2}|.)")
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", '"': '"', "\\": "\\"}


@dataclass
class _Entry:
    """An entry as it grows; `texts` by keyword (`msgstr` with its index), each as the parts between its quotes."""

    fuzzy: bool = False
    lines: dict[str, int] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)

    @property
    def translated(self) -> bool:
        """Whether its translation has begun; no source can follow."""
        return any(key.startswith("msgstr") for key in self.texts)


def po(path: Path, languages: tuple[str, str]) -> Iterator[Row]:
    """Read the translated entries of a PO file; fuzzy, obsolete and untranslated ones and the header are left out.

    The file is read whole; its charset is the one that its header names.

    Args:
        path: The file, compressed or not, or `-` for standard input.
        languages: Codes of source and target; the target must be the language that the header names, if it does.

    Yields:
        Line of `msgid` or `msgid_plural` in the file, source, target.

    Raises:
        DataError: No such file, damaged or undecodable bytes, a line that is not PO, another target language, or
            nothing translated, with the line's number.
    """
    found = False
    for entry in _entries(_text(path), path):
        texts = {key: _join(parts, entry.lines[key], path) for key, parts in entry.texts.items()}
        if not texts["msgid"] and "msgctxt" not in texts:
            check_language(texts.get("msgstr", ""), languages[1], path, entry.lines["msgid"])
            continue
        forms = [text for key, text in texts.items() if key.startswith("msgstr")]
        if entry.fuzzy or not forms:
            continue
        if forms[0]:
            found = True
            yield entry.lines["msgid"], texts["msgid"], forms[0]
        if "msgid_plural" in texts and forms[-1]:
            found = True
            yield entry.lines["msgid_plural"], texts["msgid_plural"], forms[-1]
    if not found:
        raise untranslated(path)


def read_whole(path: Path) -> bytes:
    """Read and unpack a file at once.

    Raises:
        DataError: It cannot be opened, is empty or damaged.
    """
    try:
        data = b"".join(blocks(path))
    except DamagedError as damage:
        raise DataError(str(damage), DAMAGED, path=shown(path)) from damage
    if not data:
        raise DataError("it is empty", EMPTY, path=shown(path))
    return data


def charset(header: bytes) -> str:
    """Name the charset of a header; UTF-8 where it names none."""
    match = _CHARSET.search(header)
    return "utf-8" if match is None or match[1] == b"CHARSET" else match[1].decode()  # CHARSET: of a template


def decoded(data: bytes, encoding: str) -> str:
    """Decode texts; lone surrogates, which UTF-7 and escapes can stand for, are a `UnicodeError` too."""
    text = data.decode(encoding)
    if not text.isascii() and not encoding.lower().startswith(("utf-8", "utf8")):
        text.encode()
    return text


def check_language(header: str, target: str, path: Path, line: int | None = None) -> None:
    """Compare the language that a header names, if any, with the target's.

    Raises:
        DataError: It is another one.
    """
    stated = next((row[9:] for row in header.split("\n") if row.startswith("Language:")), "")
    code = re.split("[@.]", stated.strip())[0]  # sr@latin, de_DE.UTF-8
    if covers(code, code) and not covers(target, code):
        hint = f"The target is the language of msgstr: give {canonical(code)}, or a file for {target}."
        raise DataError(f"translates into {code}, not {target}", hint, path=shown(path), line=line)


def untranslated(path: Path) -> DataError:
    """Make the error of a file without a single pair."""
    return DataError("no translated entries in it", "Is it a template, or the right file?", path=shown(path))


def _text(path: Path) -> str:
    data = read_whole(path)
    encoding = charset(data[: 1 << 16])
    try:
        return decoded(data, "utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    except LookupError as error:
        named = data.count(b"\n", 0, data.find(b"charset=")) + 1
        raise DataError(f"its charset is unknown: {encoding}", NOT_UTF8, path=shown(path), line=named) from error
    except UnicodeError as error:
        line = data.count(b"\n", 0, error.start) + 1 if isinstance(error, UnicodeDecodeError) else None
        message = f"not {encoding}, which its header names" if encoding != "utf-8" else "not UTF-8"
        raise DataError(message, NOT_UTF8, path=shown(path), line=line) from error


def _entries(text: str, path: Path) -> Iterator[_Entry]:
    """Group the lines of a PO file into entries; each has a `msgid`."""
    entry, key, fuzzy = _Entry(), "", False
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if line.startswith("#"):
            fuzzy = not line.startswith("#~") and (fuzzy or "fuzzy" in _flags(line))  # #~: of an obsolete entry
            key = ""
        if line.startswith("#") or not line:
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise DataError("not a line of PO", WRITE, path=shown(path), line=number)
        if match[1]:
            if match[1] in ("msgctxt", "msgid") and entry.translated:
                yield entry
                entry = _Entry()
            if match[1] in ("msgctxt", "msgid"):
                entry.fuzzy, fuzzy = entry.fuzzy or fuzzy, False
            key = match[1] if match[2] is None else f"{match[1]}[{int(match[2])}]"
            _begin(entry, key, number, path)
        elif not key:
            raise DataError("a text without msgid or msgstr before it", WRITE, path=shown(path), line=number)
        entry.texts[key].append(match[3])
    if entry.texts:
        if not entry.translated:
            raise DataError("the last entry has no msgstr", DAMAGED, path=shown(path), line=min(entry.lines.values()))
        yield entry


def _flags(comment: str) -> list[str]:
    return re.split(r"[,\s]+", comment) if comment.startswith("#,") else []


def _begin(entry: _Entry, key: str, number: int, path: Path) -> None:
    """Begin a text of an entry where its keyword may stand."""
    indexed = key.endswith("]")
    needed = "msgid_plural" if indexed else "msgid"
    misplaced = (key == "msgid_plural" or key.startswith("msgstr")) and needed not in entry.texts
    if indexed and not key.startswith("msgstr"):
        misplaced = True
    if misplaced or key in entry.texts or (entry.translated and not key.startswith("msgstr")):
        raise DataError(f"a {key} where none can stand", WRITE, path=shown(path), line=number)
    entry.lines[key], entry.texts[key] = number, []


def _join(parts: list[str], line: int, path: Path) -> str:
    """Join the parts of a text and resolve its escapes."""
    text = "".join(parts)
    return _ESCAPE.sub(lambda match: _unescape(match[1], line, path), text) if "\\" in text else text


def _unescape(escape: str, line: int, path: Path) -> str:
    if escape in _ESCAPES:
        return _ESCAPES[escape]
    code = int(escape, 8) if escape.isdecimal() else int(escape[1:], 16) if len(escape) == 3 else 128
    if code > 127:  # a byte of an unwritten charset, or no escape at all
        raise DataError(f"\\{escape} stands for no character", "Write the character.", path=shown(path), line=line)
    return chr(code)

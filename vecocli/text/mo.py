"""Compiled software translations, gettext's MO: two tables of texts, messages and translations.

Source: GNU gettext manual, chapter 10, "The Format of GNU MO Files".
"""

import struct
from collections.abc import Iterator
from pathlib import Path

from vecocli.errors import DataError
from vecocli.text.po import charset, check_language, decoded, read_whole, untranslated
from vecocli.text.readers import Row
from vecocli.text.unpack import shown

LITTLE, BIG = b"\xde\x12\x04\x95", b"\x95\x04\x12\xde"
AGAIN = "Compile it again, with msgfmt."


def mo(path: Path, languages: tuple[str, str]) -> Iterator[Row]:
    """Read the translated messages of an MO file; it is read whole.

    Args:
        path: The file, compressed or not, or `-` for standard input.
        languages: Codes of source and target; the target must be the language that the header names, if it does.

    Yields:
        Number of the message in the file's table from 1, where a plural counts as one more; source; target.

    Raises:
        DataError: Not an MO file, a damaged one, one for another language, or nothing translated.
    """
    number, encoding, found = 0, "utf-8", False
    for message, translation in _tables(read_whole(path), path):
        if not message:
            encoding = charset(translation)
            check_language(_decode(translation, encoding, path), languages[1], path)
        number += 1
        context, mark, text = message.partition(b"\x04")
        singular, *plural = _decode(text if mark else context, encoding, path).split("\0")
        forms = _decode(translation, encoding, path).split("\0")
        if message and forms[0]:
            found = True
            yield number, singular, forms[0]
        if plural:
            number += 1
            if forms[-1]:
                found = True
                yield number, plural[0], forms[-1]
    if not found:
        raise untranslated(path)


def _tables(data: bytes, path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Go over messages, sorted as msgfmt does (the header is first), and their translations."""
    order = {LITTLE: "<", BIG: ">"}.get(data[:4])
    if order is None:
        raise DataError("not an MO file: its first bytes are others", AGAIN, path=shown(path))
    try:
        revision, count, messages, translations = struct.unpack_from(f"{order}4I", data, 4)
        if revision >> 16 > 1:
            raise DataError(f"MO of revision {revision >> 16}, which is unknown", AGAIN, path=shown(path))
        for index in range(count):
            yield _at(data, order, messages + 8 * index), _at(data, order, translations + 8 * index)
    except struct.error as error:
        raise DataError("damaged or cut off: a table points outside the file", AGAIN, path=shown(path)) from error


def _at(data: bytes, order: str, place: int) -> bytes:
    """Take the text that a table's row points to."""
    length, start = struct.unpack_from(f"{order}2I", data, place)
    if start + length > len(data):
        raise struct.error
    return data[start : start + length]


def _decode(text: bytes, encoding: str, path: Path) -> str:
    try:
        return decoded(text, encoding)
    except LookupError as error:
        raise DataError(f"its charset is unknown: {encoding}", AGAIN, path=shown(path)) from error
    except UnicodeError as error:
        raise DataError(f"a text is not {encoding}", AGAIN, path=shown(path)) from error

import gzip
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vecocli.errors import DataError
from vecocli.text.corpus import SentencePair, open_parallel
from vecocli.text.mo import mo

EN_DE = ("en", "de")
HEADER = "Language: de\nContent-Type: text/plain; charset=UTF-8\n"
MESSAGES = {
    "": HEADER,
    "%d file\0%d files": "%d Datei\0%d Dateien",
    "menu\x04Open": "Öffnen",
    "untranslated": "",
    "𠮷\u2028": "two\nlines",
}
PAIRS = [
    (2, "%d file", "%d Datei"),
    (3, "%d files", "%d Dateien"),
    (4, "Open", "Öffnen"),
    (6, "𠮷\u2028", "two\nlines"),
]


def compiled(messages: dict[str, str], order: str = "<", encoding: str = "utf-8") -> bytes:
    """An MO file, as the manual describes it."""
    texts = [text.encode(encoding) for text in [*messages, *messages.values()]]
    count, start, rows, body = len(messages), 28 + 16 * len(messages), b"", b""
    for text in texts:
        rows += struct.pack(f"{order}2I", len(text), start + len(body))
        body += text + b"\0"
    return struct.pack(f"{order}7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 0) + rows + body


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "de.mo"


@pytest.mark.parametrize("order", ["<", ">"])
def test_messages_of_either_byte_order(path: Path, order: str) -> None:
    path.write_bytes(compiled(MESSAGES, order))
    assert list(mo(path, EN_DE)) == PAIRS


def test_through_open_parallel(path: Path) -> None:
    for file, data in ((path, compiled(MESSAGES)), (path.with_name("x"), gzip.compress(compiled(MESSAGES, ">")))):
        file.write_bytes(data)
        corpus = open_parallel([file], "en", "de")
        assert (corpus.format, list(corpus)) == ("mo", [SentencePair(*pair) for pair in PAIRS])


def test_the_charset_of_the_header_counts(path: Path) -> None:
    path.write_bytes(compiled({"": "Content-Type: text/plain; charset=latin1\n", "ä": "ö"}, encoding="latin1"))
    assert list(mo(path, EN_DE)) == [(2, "ä", "ö")]
    path.write_bytes(compiled({"a": "b"}))
    assert list(mo(path, EN_DE)) == [(1, "a", "b")], "no header is needed"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "it is empty"),
        (b"PAR1" * 9, "not an MO file"),
        (b"\xde\x12\x04\x95\0", "damaged or cut off"),
        (compiled(MESSAGES)[:-30], "damaged or cut off"),
        (compiled(MESSAGES)[:60], "damaged or cut off"),
        (compiled({"": HEADER}), "no translated entries"),
        (compiled({"": "Language: fr\n", "a": "b"}), "translates into fr, not de"),
        (compiled({"": "charset=klingon\n", "a": "b"}), "its charset is unknown: klingon"),
        (compiled({"": "charset=utf-8\n", "ä": "b"}, encoding="latin1"), "a text is not utf-8"),
        (compiled({"": "charset=utf-7\n", "+2AA-": "b"}), "a text is not utf-7"),  # a lone surrogate
        (compiled(MESSAGES)[:4] + b"\0\0\2\0" + compiled(MESSAGES)[8:], "revision 2, which is unknown"),
        (gzip.compress(compiled(MESSAGES))[:-9], "damaged compression"),
    ],
)
def test_unusable_files(path: Path, data: bytes, message: str) -> None:
    path.write_bytes(data)
    with pytest.raises(DataError, match=f"{path.name}: .*{message}"):
        list(mo(path, EN_DE))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 300), st.integers(0, 12), st.binary(max_size=6))
def test_damage_gives_pairs_or_a_data_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, cut: int, new: bytes
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "de.mo"
    data = compiled(MESSAGES)
    path.write_bytes(data[:at] + new + data[at + cut :])
    try:
        numbers = [pair.number for pair in open_parallel([path], "en", "de")]
    except DataError as error:
        assert str(path) in error.message
    else:
        assert numbers == sorted(set(numbers))

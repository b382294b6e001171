"""Odd texts come through every format unchanged and in their places; damage gives pairs or one clear error."""

import gzip
import io
import json
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vecocli.errors import DataError
from vecocli.text.corpus import open_parallel

Pairs = Sequence[tuple[str, str]]
CONTROLS = "\x00\x01\x07\x0b\x0c\x1b\x1c\x1d\x1e\x7f\x85\x9f"
UNICODE = [
    "👩‍👩‍👧 🇩🇪",
    "𠮷野家",
    "\u200f\u202e\u2066rtl\u2069",
    "\u2028\u2029\ufeff",
    "e\u0301 \u00a0\u3000",
    "\ufffe\U0010ffff",
]
ODD = [CONTROLS, *UNICODE, " lead and trail ", '"quoted', "\\n \\", "lone\rreturn", "", "#", "&lt;<b>", "x" * 100_000]


def _tsv(pairs: Pairs) -> bytes:
    return "".join(f"{source}\t{target}\tmore\t\n" for source, target in pairs).encode()


def _bars(pairs: Pairs) -> bytes:
    return "".join(f"{source} ||| {target}\n" for source, target in pairs).encode()


def _jsonl(pairs: Pairs) -> bytes:
    return "".join(json.dumps({"en": source, "de": target}) + "\n" for source, target in pairs).encode()


def _parquet(pairs: Pairs) -> bytes:
    rows = [{"en": source, "de": target} for source, target in pairs]
    sink = io.BytesIO()
    pq.write_table(pa.table({"translation": rows}), sink)
    return sink.getvalue()


def _tmx(pairs: Pairs) -> bytes:
    def tuv(tag: str, text: str) -> str:
        return f'<tuv xml:lang="{tag}"><seg>{escape(text, {chr(13): "&#13;"})}</seg></tuv>'

    units = "\n".join(f"<tu>{tuv('en-GB', source)}{tuv('de', target)}</tu>" for source, target in pairs)
    return f'<?xml version="1.0" encoding="UTF-16"?>\n<tmx version="1.4"><body>{units}</body></tmx>'.encode("utf-16")


def _po(pairs: Pairs) -> bytes:
    def quoted(text: str) -> str:
        return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")

    entries = (f'msgctxt "{n}"\nmsgid "{quoted(a)}"\nmsgstr "{quoted(b)}"\n' for n, (a, b) in enumerate(pairs))
    return "\n".join(entries).encode()


def _mo(pairs: Pairs) -> bytes:
    texts = [f"{n}\x04{a}".encode() for n, (a, _) in enumerate(pairs)] + [b.encode() for _, b in pairs]
    start, rows, body, count = 28 + 8 * len(texts), b"", b"", len(pairs)
    for text in texts:
        rows += struct.pack("<2I", len(text), start + len(body))
        body += text + b"\0"
    return struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 0) + rows + body


WRITERS: dict[str, Callable[[Pairs], bytes]] = {
    "tsv": _tsv,
    "fast-align": _bars,
    "jsonl": _jsonl,
    "parquet": _parquet,
    "tmx": _tmx,
    "po": _po,
    "mo": _mo,
}
XML = {chr(code) for code in range(0x20, 0xD800)} | {"\t", "\n", "\r"}


def writable(format: str, text: str) -> bool:
    """Whether a format can hold a text at all; what it cannot is said in its specification."""
    if format == "tmx":
        return all(char in XML or "\ue000" <= char <= "\ufffd" or char > "\uffff" for char in text)
    if format in ("po", "mo"):  # an empty translation is none, and NUL parts plurals
        return bool(text) and "\0" not in text
    return True


def read(folder: Path, format: str, data: bytes) -> list[tuple[int, str, str]]:
    path = folder / "corpus"
    path.write_bytes(data)
    return [pair[:3] for pair in open_parallel([path], "en", "de", format)]


@pytest.mark.parametrize("format", WRITERS)
def test_odd_texts_stay_what_and_where_they_are(tmp_path: Path, format: str) -> None:
    texts = [text for text in ODD if writable(format, text)]
    pairs = [*zip(texts, texts[::-1], strict=True), ("the", "end")]
    rows = read(tmp_path, format, WRITERS[format](pairs))
    assert [row[1:] for row in rows] == pairs
    numbers = [row[0] for row in rows]
    assert numbers == ([4 * n + 2 for n in range(len(pairs))] if format == "po" else [*range(1, len(pairs) + 1)])
    if format != "parquet":
        assert read(tmp_path, format, gzip.compress(WRITERS[format](pairs))) == rows


def test_odd_texts_in_two_files(tmp_path: Path) -> None:
    for name, texts in (("a", ODD), ("b", ODD[::-1])):
        (tmp_path / name).write_bytes("".join(f"{text}\n" for text in texts).encode())
    rows = [pair[:3] for pair in open_parallel([tmp_path / "a", tmp_path / "b"], "en", "de")]
    assert rows == [(n, *pair) for n, pair in enumerate(zip(ODD, ODD[::-1], strict=True), 1)]


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\t\n\r|"), max_size=9)


@pytest.mark.parametrize("format", WRITERS)
@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
def test_any_texts_come_through(
    tmp_path_factory: pytest.TempPathFactory, format: str, pairs: list[tuple[str, str]]
) -> None:
    pairs = [pair for pair in pairs if all(writable(format, text) for text in pair)] or [("a", "b")]
    rows = read(tmp_path_factory.mktemp("any"), format, WRITERS[format](pairs))
    assert [row[1:] for row in rows] == pairs


@pytest.mark.parametrize("format", [*WRITERS, "auto"])
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_damage_gives_pairs_or_one_clear_error(
    tmp_path_factory: pytest.TempPathFactory, format: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damage")
    whole = WRITERS["tsv" if format == "auto" else format]([("a b", "ä"), ("\u2028", "x"), ("c", "𠮷 d")])
    if data.draw(st.booleans()):
        whole = gzip.compress(whole, mtime=0)
    at, cut = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 40))
    damaged = whole[:at] + data.draw(st.binary(max_size=8)) + whole[at + cut :]
    try:
        numbers = [row[0] for row in read(folder, format, damaged)]
    except DataError as error:
        assert str(folder) in error.message
        assert len(error.message) < len(str(folder)) + 400
    else:
        assert numbers == sorted(set(numbers))
        assert all(number > 0 for number in numbers)

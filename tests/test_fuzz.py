"""Damaged corpora and dictionaries through the command line: a right result, or a clear error that names the file."""

import bz2
import gzip
import io
import json
import lzma
import random
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from typer.testing import CliRunner

from vecocli.app import build

SEEDS = range(12)
WORDS = {"cat": "Katze", "house": "Haus", "night": "Nacht", "water": "Wasser", "green": "grün", "bread": "Brot"}
PAIRS = [
    (f"s{n:02d}x the {source} “sees” {'very ' * (n % 4)}.", f"t{n:02d}x die {target} sieht {'sehr ' * (n % 5)}.")
    for n, (source, target) in enumerate([*WORDS.items()] * 5)
]


def _lines(shape: str) -> bytes:
    return "".join(shape.format(*pair) + "\n" for pair in PAIRS).encode()


def _mo() -> bytes:
    texts = [text.encode() for side in zip(*PAIRS, strict=True) for text in side]
    rows, body, start = b"", b"", 28 + 8 * len(texts)
    for text in texts:
        rows += struct.pack("<2I", len(text), start + len(body))
        body += text + b"\0"
    return struct.pack("<7I", 0x950412DE, 0, len(PAIRS), 28, 28 + 8 * len(PAIRS), 0, 0) + rows + body


def _parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"translation": [{"en": source, "de": target} for source, target in PAIRS]}), sink)
    return sink.getvalue()


UNIT = '<tu><tuv xml:lang="en"><seg>{}</seg></tuv><tuv xml:lang="de"><seg>{}</seg></tuv></tu>'
CORPORA = {
    "tsv": _lines("{}\t{}"),
    "txt": _lines("{} ||| {}"),
    "jsonl": "".join(json.dumps({"en": source, "de": target}) + "\n" for source, target in PAIRS).encode(),
    "parquet": _parquet(),
    "tmx": b'<tmx version="1.4"><body>\n' + _lines(UNIT) + b"</body></tmx>\n",
    "po": _lines('msgid "{}"\nmsgstr "{}"\n'),
    "mo": _mo(),
}
DICTIONARIES = {
    "tsv": "{}\t{}\tw,f\n",
    "muse": "{} {}\n",
    "omw": "0000{}-n\teng:lemma\t{}\n0000{}-n\tdeu:lemma\t{}\n",
    "cedict": "{1} {1} [x1] /{0}/(x)/\n",
    "tei": "<entry><form><orth>{}</orth></form><sense><cit type='trans'><quote>{}</quote></cit></sense></entry>\n",
    "kaikki": '{{"word": "{}", "lang_code": "en", "translations": [{{"code": "de", "word": "{}"}}]}}\n',
    "panlex": "eng-000\t{}\tdeu-000\t{}\n",
}
FRAMES = {"omw": ("# W\teng\tu\tl\n", ""), "cedict": ("# CC-CEDICT\n", ""), "tei": ("<TEI><text>\n", "</text></TEI>\n")}
PACKERS: list[Callable[[bytes], bytes]] = [bytes, bytes, gzip.compress, bz2.compress, lzma.compress, zstandard.compress]
ODD = [b"\0", b"\xff", b"\t", b"|||", b'"', b"\\ud800", b"\xed\xa0\x80", b"&#0;", b"<", b"\r", b"\n", b"x" * 200_000]


def damaged(data: bytes, chosen: random.Random) -> bytes:
    """Flip, cut off, put in, leave out, re-encode, repeat or replace."""
    at = chosen.randint(0, len(data))
    lines = data.split(b"\n")
    line = chosen.randrange(len(lines))
    text = data[at : at + 99].decode("utf-8", "replace").encode(chosen.choice(["utf-16", "latin-1"]), "replace")
    return chosen.choice(
        [
            data[:at] + bytes(byte ^ 1 << chosen.randrange(8) for byte in data[at : at + 1]) + data[at + 1 :],
            data[:at],
            data[:at] + chosen.choice(ODD) + data[at:],
            data[:at] + chosen.randbytes(9) + data[at + chosen.randint(0, 40) :],
            data[:at] + text + data[at + 99 :],
            b"\n".join(lines[:line] + lines[line + 1 :]),
            b"\n".join(lines[: line + 1] + lines[line:]),
            chosen.choice([b"", b"\n", chosen.randbytes(500), b"PAR1" + data, b"[" * 100_000, b"<a>" * 9999]),
        ]
    )


def mine(folder: Path, corpus: list[Path], dictionary: Path, target: str = "de") -> list[tuple[int, str, str]] | None:
    """Run the command; the rows, or None where it refused the input as it should."""
    flags = ["--source", "en", "--target", target, "--dictionary", str(dictionary), "--out", str(folder / "out")]
    flags += ["--workers", "1", "--pharaoh", str(folder / "links")]
    result = CliRunner().invoke(build(), ["mine-synonyms", *map(str, corpus), *flags])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in (0, 2, 3), result.output
    if result.exit_code:
        assert re.search(rf"{re.escape(str(folder))}|\b[cd]\.\w+: ", result.stderr), result.stderr
        assert len(result.stderr) < 2000
        return None
    table = pq.read_table(folder / "out" / "part-00000.parquet", partitioning=None)
    rows = list(zip(*(table.column(name).to_pylist() for name in ("number", "source", "target")), strict=True))
    assert (folder / "links").read_bytes().count(b"\n") == rows[-1][0]
    return rows


def words(path: Path) -> Path:
    path.write_text("".join(f"{source}\t{target}\n" for source, target in WORDS.items()), encoding="utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("ending", CORPORA)
def test_damaged_corpora(tmp_path: Path, ending: str, seed: int) -> None:
    chosen = random.Random(f"{ending}{seed}")
    pack = bytes if ending == "parquet" else chosen.choice(PACKERS)
    inside = chosen.random() < 0.7
    data = damaged(CORPORA[ending], chosen) if inside else CORPORA[ending]
    path = tmp_path / f"c.{ending}"
    path.write_bytes(pack(data) if inside else damaged(pack(data), chosen))
    rows = mine(tmp_path, [path], words(tmp_path / "d.tsv"))
    for _, source, target in rows or ():
        assert (source, target) in PAIRS or source not in dict(PAIRS) or target not in dict(PAIRS).values()
    if rows and inside and ending in ("tsv", "txt", "jsonl"):
        lines = data.removesuffix(b"\n").decode().split("\n")
        assert [row[0] for row in rows] == list(range(1, len(lines) + 1))
        for number, source, target in rows:
            line = lines[number - 1]
            shown = (json.dumps(text)[1:-1] if ending == "jsonl" else text for text in (source, target))
            assert all(text in line for text in shown) or "\\u" in line


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_damaged_line_aligned_files(tmp_path: Path, seed: int) -> None:
    chosen = random.Random(seed)
    sides = ["".join(f"{text}\n" for text in side).encode() for side in zip(*PAIRS, strict=True)]
    which = chosen.randrange(2)
    sides[which] = damaged(sides[which], chosen)
    paths = [tmp_path / "c.en", tmp_path / "c.de"]
    for path, side in zip(paths, sides, strict=True):
        path.write_bytes(chosen.choice(PACKERS)(side))
    rows = mine(tmp_path, paths, words(tmp_path / "d.tsv"))
    if rows is not None:
        texts = [[text.removesuffix("\r") for text in side.decode().split("\n")] for side in sides]
        assert rows == [(n, *pair) for n, pair in enumerate(zip(*texts, strict=False), 1)][: len(rows)]
        assert len(rows) == sides[which].removesuffix(b"\n").count(b"\n") + 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("format", DICTIONARIES)
def test_damaged_dictionaries(tmp_path: Path, format: str, seed: int) -> None:
    chosen = random.Random(f"{format}{seed}")
    before, after = FRAMES.get(format, ("", ""))
    shape = DICTIONARIES[format]
    rows = (
        shape.format(n, source, n, target) if format == "omw" else shape.format(source, target)
        for n, (source, target) in enumerate(WORDS.items(), 1000)
    )
    data = (before + "".join(rows) + after).encode()
    (tmp_path / "d.txt").write_bytes(chosen.choice(PACKERS)(damaged(data, chosen)))
    (tmp_path / "c.tsv").write_bytes(CORPORA["tsv"])
    found = mine(tmp_path, [tmp_path / "c.tsv"], tmp_path / "d.txt", "zh" if format == "cedict" else "de")
    assert found is None or found == [(n, *pair) for n, pair in enumerate(PAIRS, 1)]

"""Whatever a data file holds, it is read or refused with a clear error, never with a traceback."""

import gzip
import io
import tarfile
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vecocli.errors import VecoError
from vecocli.xtreme.formats.bucc import read_mixed
from vecocli.xtreme.formats.pairs import Columns, PairLayout, read_pairs
from vecocli.xtreme.formats.squad import QuestionLayout, read_questions
from vecocli.xtreme.formats.tagged import TagLayout, read_tagged


def packed(data):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        info = tarfile.TarInfo("test")
        info.size, info.pax_headers = len(data), {"comment": "ä"}
        archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


SAMPLES = {
    "plain.tsv": b'"He ""said"" so"\tB\tneutral\r\nA "\tNS\tneutral\r\n',
    "table.tsv": b"language\tsentence1\tsentence2\tlabel\nde\tA\tB\tneutral\n",
    "table.jsonl": b'{"language": "de", "sentence1": "A", "sentence2": "B", "label": "neutral"}\n',
    "columns": "Haus\tB-LOC\n\u3000\tO\n\n:\tO\n".encode(),
    "wikiann": b"de:New\tx\tB-LOC\n\nde::\tO\n",
    "wikiann.tar": packed(b"de:New\tx\tB-LOC\n\nde::\tO\n"),
    "conllu": (
        b"# c\n1-2\tzum\t_\t_\t_\t_\t_\t_\t_\t_\n1\tzu\tzu\tADP\t_\t_\t3\tcase\t3:case|2.1:x\t_\n"
        b"2\tdem\t_\tDET\t_\t_\t3\tdet\t_\t_\n2.1\tx\t_\tX\t_\t_\t_\t_\t_\t_\n3\tHaus\t_\tX\t_\t_\t0\troot\t_\t_\n\n"
    ),
    "squad.json": (
        '{"data": [{"paragraphs": [{"context": "Ein \U0001f600 Haus", "qas": [{"id": "german-1", "question": "q", '
        '"answers": [{"text": "Haus", "answer_start": 4}], "is_impossible": false}]}]}]}'
    ).encode(),
    "de-en.test.de": "de-1\tä\nde-2\tb\n".encode(),
    "de-en.test.gold": b"de-1\ten-1\n",
}


def read(folder, name):
    task = {"task": "x", "source": "Ask."}
    if name.startswith(("plain", "table")):
        columns = Columns(language="language") if name.startswith("table") else None
        layout = PairLayout(name="x", files=(name,), columns=columns)
        read_pairs(folder, "de", "test", labels=("neutral",), layouts=(layout,), **task)
    elif name.startswith("squad"):
        for mixed in (True, False):
            read_questions(
                folder, "de", "test", layouts=(QuestionLayout(name="x", files=(name,), mixed=mixed),), **task
            )
    elif name.startswith("de-en"):
        read_mixed(folder, "de", "test")
    else:
        layout = TagLayout(name="x", files=(name,), format=name.partition(".")[0])
        read_tagged(folder, "de", "test", layouts=(layout,), **task)


def write(folder, name, data):
    for file in ("de-en.test.de", "de-en.test.gold"):
        Path(folder, file).write_bytes(SAMPLES[file])
    Path(folder, "de-en.test.en").write_bytes(b"en-1\tx\n")
    Path(folder, name).write_bytes(data)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_can_be_read(name, tmp_path):
    write(tmp_path, name, SAMPLES[name])
    read(tmp_path, name)


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_files_give_a_clear_error(name, data):
    sample = bytearray(SAMPLES[name])
    if data.draw(st.booleans()):
        sample = bytearray(gzip.compress(sample, mtime=0))
    at = data.draw(st.integers(0, len(sample)))
    cut = data.draw(st.sampled_from([0, 1, 3, 9, len(sample)]))
    pieces = st.sampled_from(
        [b"\t", b"\n", b'"', b"\r\n", b"-", b"1e9", b"\0", b"[", b"null", b"\\ud800", b"\xc3", b"99"]
    )
    sample[at : at + cut] = data.draw(st.binary(max_size=9) | pieces)
    with TemporaryDirectory() as folder:
        write(folder, name, bytes(sample))
        with suppress(VecoError):
            read(Path(folder), name)

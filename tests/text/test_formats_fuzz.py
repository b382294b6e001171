"""Whatever a dictionary file holds, it is read or refused with a clear error, never with a traceback."""

import gzip
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vecocli.errors import VecoError
from vecocli.text.thesaurus import Thesaurus

SAMPLES = {
    "tsv": "house\tHaus\tw,f\ngive up\taufgeben\n",
    "muse": "house haus\ncat katze\n",
    "omw": "# W\teng\tu\tl\n00000001-n\teng:lemma\tcat\n00000001-n\tdeu:lemma\tKatze\n",
    "cedict": "# CC-CEDICT\n人 人 [ren2] /person/(x)/\n",
    "tei": "<?xml version='1.0'?>\n<TEI><teiHeader><title>English-German</title></teiHeader><text><entry><form><orth>a"
    "</orth></form><sense><cit type='trans'><quote>b</quote></cit></sense></entry></text></TEI>",
    "kaikki": '{"word": "a", "lang_code": "en", "translations": [{"code": "de", "word": "b"}]}\n',
    "panlex": "eng-000\ta\tdeu-000\tb\n",
    "lmf": "<?xml version='1.0' encoding='UTF-8'?>\n<!DOCTYPE LexicalResource SYSTEM "
    "'http://globalwordnet.github.io/schemas/WN-LMF-1.0.dtd'>\n<LexicalResource><Lexicon id='w' label='x' "
    "language='en' email='a' license='L' version='1'><LexicalEntry id='w-1'><Lemma writtenForm='a' partOfSpeech='n'/>"
    "<Sense id='w-2' synset='w-3'/></LexicalEntry><Synset id='w-3' ili='i1'/></Lexicon></LexicalResource>",
    "dictd": "00databaseinfo\tA\tB\na\tB\tK\n",
}


@pytest.mark.parametrize("format", SAMPLES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_damaged_files_give_a_clear_error(format: str, data: st.DataObject) -> None:
    sample = bytearray(SAMPLES[format].encode())
    packed = data.draw(st.booleans())
    if packed:
        sample = bytearray(gzip.compress(sample))
    at = data.draw(st.integers(0, len(sample)))
    sample[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    with TemporaryDirectory() as folder:
        path = Path(folder, "d.index")
        path.write_bytes(sample)
        path.with_suffix(".dict").write_bytes(b"\na /x/\nb, c\n")
        for chosen in (format, "auto"):
            with suppress(VecoError):
                Thesaurus.load([path], "en", "de", format=chosen)

import gzip
import sys
from pathlib import Path

import pytest

from vecocli.errors import DataError, MissingError
from vecocli.text.formats import Word
from vecocli.text.formats.lmf import likeness, read
from vecocli.text.thesaurus import Thesaurus

SCHEMA = "http://globalwordnet.github.io/schemas"
HEADER = f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE LexicalResource SYSTEM "{SCHEMA}/WN-LMF-1.0.dtd">
<LexicalResource xmlns:dc="http://purl.org/dc/elements/1.1/">
"""
PAIR = ("en", "fr")


def lexicon(language: str, words: dict[str, str], ili: str = "i") -> str:
    """Write a lexicon of lemmas, each with one synset."""
    start = f'<Lexicon id="w-{language}" label="x" language="{language}" email="a@b.c" license="CC BY" version="1">\n'
    entries = [
        f'<LexicalEntry id="w-{language}-{word}"><Lemma writtenForm="{word}" partOfSpeech="n"/>'
        f'<Sense id="w-{language}-{word}-1" synset="w-{language}-{synset}"/></LexicalEntry>\n'
        for word, synset in words.items()
    ]
    synsets = [
        f'<Synset id="w-{language}-{synset}" ili="{ili and ili + synset[0]}" partOfSpeech="n"/>\n'
        for synset in dict.fromkeys(words.values())
    ]
    return start + "".join(entries + synsets) + "</Lexicon>\n"


def write(path: Path, *lexicons: str) -> Path:
    path.write_text(HEADER + "".join(lexicons) + "</LexicalResource>\n", encoding="utf-8")
    return path


def test_lemmas_meet_in_the_index_of_concepts(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xml", lexicon("en", {"cat": "1-n", "dog": "2-n"}), lexicon("fra", {"chat": "1-x"}))
    content = read(path, PAIR)
    assert list(content.words) == [Word("en", "i1", "cat"), Word("en", "i2", "dog"), Word("fr", "i1", "chat")]
    assert content.licence == "CC BY"


@pytest.mark.parametrize("ili", ["", "in"])
def test_without_an_index_the_synset_counts_less_its_lexicon(tmp_path: Path, ili: str) -> None:
    text = lexicon("en", {"cat": "1-n"}, ili).replace('ili="in1"', f'ili="{ili}"')
    assert list(read(write(tmp_path / "x.xml", text), PAIR).words) == [Word("en", "1-n", "cat")]


def test_files_of_two_languages_make_a_dictionary(tmp_path: Path) -> None:
    english = write(tmp_path / "en.xml", lexicon("en", {"cat": "1-n", "dog": "2-n"}))
    french = write(tmp_path / "fr.xml", lexicon("fr", {"chat": "1-n"}))
    french.write_bytes(gzip.compress(french.read_bytes()))
    thesaurus = Thesaurus.load([english, french], "en", "fr")
    assert thesaurus.entries == {("cat",): {("chat",): ("en", "fr")}}
    assert thesaurus.licences == {"en": "CC BY", "fr": "CC BY"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("</Lexicon>", ""), r":8: not valid WordNet-LMF: mismatched tag$"),
        (("<?xml", "<!-- x --><?xml"), ": not valid WordNet-LMF: invalid or missing XML declaration"),
        ((' license="CC BY"', ""), ": not valid WordNet-LMF: .*license"),
        (('language="en"', 'language="??"'), r": a lexicon of no known language: '\?\?'"),
        (("<Lemma", "<Lemon"), ": not valid WordNet-LMF: unexpected element at line 5: Lemon"),
        (("</LexicalResource>", ""), ":9: not valid WordNet-LMF: no element found"),
    ],
)
def test_malformed_files_are_named(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    path = write(tmp_path / "x.xml", lexicon("en", {"cat": "1-n"}))
    path.write_text(path.read_text().replace(*change))
    with pytest.raises(DataError, match=rf"x\.xml{message}"):
        list(read(path, PAIR).words)


def test_damaged_compression_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xml", lexicon("en", {"cat": "1-n"}))
    path.write_bytes(gzip.compress(path.read_bytes())[:50])
    with pytest.raises(DataError, match=r"x\.xml: damaged compression"):
        read(path, PAIR)


def test_without_wn_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "x.xml")
    monkeypatch.setitem(sys.modules, "wn", None)
    with pytest.raises(MissingError) as caught:
        read(path, PAIR)
    assert "vecocli[wordnet]" in caught.value.hint


def test_the_root_element_tells_the_format() -> None:
    assert likeness(HEADER.splitlines(), Path("x")) == 1
    assert likeness(["<TEI>"], Path("x")) == 0

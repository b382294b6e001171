import gzip
from pathlib import Path

import pytest

from vecocli.errors import DataError
from vecocli.text.formats import Entry
from vecocli.text.formats.tei import likeness, read

PAIR = ("en", "de")
HEADER = """<?xml version="1.0"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>English-German Test</title></titleStmt>
<publicationStmt><availability><p>Under the <ref target="https://gnu.org/gpl-2.0">GPL 2</ref>.</p></availability>
</publicationStmt></fileDesc></teiHeader><text><body>
"""
END = "</body></text></TEI>"


def write(folder: Path, body: str, header: str = HEADER) -> Path:
    path = folder / "eng-deu.tei"
    path.write_text(header + body + END, encoding="utf-8")
    return path


def cit(*quotes: str) -> str:
    return "".join(f'<cit type="trans"><quote>{quote}</quote></cit>' for quote in quotes)


def test_every_spelling_meets_every_translation_of_every_sense(tmp_path: Path) -> None:
    body = (
        f"<entry><form><orth>colour</orth><orth>color</orth><pron>x</pron></form>"
        f"<sense><sense>{cit('Farbe', 'Ton')}</sense></sense><sense>{cit('färben')}</sense></entry>"
    )
    content = read(write(tmp_path, body), PAIR)
    assert (content.languages, content.licence) == (("en", "de"), "GPL 2 <https://gnu.org/gpl-2.0>")
    targets = ["Farbe", "Ton", "färben"]
    assert list(content.entries) == [Entry(word, target) for word in ("colour", "color") for target in targets]


def test_notes_brackets_examples_and_related_entries_are_no_translations(tmp_path: Path) -> None:
    body = (
        "<entry><form><orth>help (out)</orth><form type='infl'><orth>helps</orth></form></form><sense>"
        '<cit type="trans"><quote>(jdm.) helfen <note>mit Dativ</note><usg>ugs.</usg></quote><note>verb</note></cit>'
        f'<cit type="example"><quote>Help me!</quote>{cit("Hilf mir!")}</cit><xr><ref>aid</ref></xr>'
        f"<re><form><orth>help desk</orth></form><sense>{cit('Schalter')}</sense></re></sense></entry>"
    )
    assert list(read(write(tmp_path, body), PAIR).entries) == [Entry("help", "helfen")]


def test_a_definition_is_a_list_of_translations_where_there_is_no_other(tmp_path: Path) -> None:
    body = (
        "<entry><form><orth>fear</orth></form><sense>"
        "<def>Angst, Furcht (vor etw.); <note>alt</note>Bange</def></sense></entry>"
        f"<entry><form><orth>go</orth></form><sense><def>to move</def>{cit('gehen')}</sense></entry>"
    )
    words = [entry.target for entry in read(write(tmp_path, body), PAIR).entries]
    assert words == ["Angst", "Furcht", "Bange", "gehen"]


def test_languages_come_from_the_title_or_from_the_first_entry(tmp_path: Path) -> None:
    entry = f"<entry xml:lang='x'><form><orth xml:lang='fr'>eau</orth></form><sense>{cit('Wasser')}</sense></entry>"
    marked = entry.replace("<quote>", "<quote xml:lang='deu'>")
    assert read(write(tmp_path, marked, "<TEI><text><body>"), PAIR).languages == ("fr", "de")
    assert read(write(tmp_path, entry, "<TEI><text><body>"), PAIR).languages is None
    odd = HEADER.replace("English-German", "Big Words")
    assert read(write(tmp_path, marked, odd), PAIR).languages is None


def test_a_licence_without_an_address_is_quoted(tmp_path: Path) -> None:
    header = HEADER.replace('<ref target="https://gnu.org/gpl-2.0">GPL 2</ref>', "CC BY 4.0")
    assert read(write(tmp_path, "", header), PAIR).licence == "Under the CC BY 4.0."
    assert read(write(tmp_path, "", HEADER.replace("availability", "note")), PAIR).licence == ""


def test_the_root_element_tells_the_format() -> None:
    path = Path("x")
    assert (
        likeness(['<?xml version="1.0"?>', "<!-- <LexicalResource> -->", "<!DOCTYPE TEI>", "<tei:TEI x='y'>"], path)
        == 1
    )
    assert likeness(["<html>", "<TEI>"], path) == 0
    assert likeness(["TEI\t<TEI>"], path) == 0


def test_broken_files_are_named_with_their_line(tmp_path: Path) -> None:
    path = write(tmp_path, "<entry>\n<form><orth>a</form></entry>")
    with pytest.raises(DataError, match=r"eng-deu\.tei:6: malformed XML: mismatched tag"):
        list(read(path, PAIR).entries)
    with pytest.raises(DataError, match=r"eng-deu\.tei: no TEI entry"):
        read(write(tmp_path, "", "<TEI><text><body>"), PAIR)
    packed = gzip.compress((HEADER + f"<entry><form><orth>a</orth></form>{cit('b')}</entry>\n" * 9999).encode())
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(DataError, match=r"eng-deu\.tei:\d{3,}: damaged compression"):
        list(read(path, PAIR).entries)


def test_long_files_are_streamed(tmp_path: Path) -> None:
    content = read(write(tmp_path, f"<entry><form><orth>a</orth></form>{cit('b')}</entry>\n" * 20_000), PAIR)
    assert sum(1 for _ in content.entries) == 20_000

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vecocli.errors import DataError
from vecocli.text.corpus import SentencePair, open_parallel
from vecocli.text.tmx import tmx

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4"><header/><body>\n'
TAIL = "\n</body></tmx>\n"
EN_DE = ("en", "de")


def unit(**segments: str) -> str:
    """One unit a line; the languages' names may hold _ for -."""
    tagged = (f'<tuv xml:lang="{tag.replace("_", "-")}"><seg>{text}</seg></tuv>' for tag, text in segments.items())
    return f"<tu>{''.join(tagged)}</tu>"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.tmx"


def write(path: Path, *units: str) -> Path:
    path.write_text(HEAD + "\n".join(units) + TAIL, encoding="utf-8")
    return path


def test_units_keep_their_numbers(path: Path) -> None:
    write(
        path, unit(en="a", de="ä"), unit(en="only", fr="seul"), unit(fr="x"), unit(DE="b", fr="y", EN="B"), "<tu></tu>"
    )
    assert list(tmx(path, EN_DE)) == [(1, "a", "ä"), (4, "B", "b")]
    assert list(tmx(path, ("fr", "en"))) == [(2, "seul", "only"), (4, "y", "B")]


def test_through_open_parallel(path: Path) -> None:
    write(path, unit(en="a", de="b"))
    corpus = open_parallel([path], "eng", "de")
    assert (corpus.format, list(corpus)) == ("tmx", [SentencePair(1, "a", "b")])
    nameless = path.with_name("memory")
    nameless.write_bytes(gzip.compress(path.read_bytes()))
    assert list(open_parallel([nameless], "en", "de")) == [SentencePair(1, "a", "b")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_declared_encoding_counts(tmp_path: Path, encoding: str) -> None:
    declared = HEAD.replace("UTF-8", encoding.removesuffix("-sig"))
    file = tmp_path / "memory"
    file.write_bytes((declared + unit(en="naïve", de="Ärger") + TAIL).encode(encoding))
    assert list(open_parallel([file], "en", "de")) == [SentencePair(1, "naïve", "Ärger")]


def test_codes_go_and_text_stays(path: Path) -> None:
    segment = (
        'A <bpt i="1">&lt;b&gt;</bpt><hi type="x">bold <hi>one</hi></hi><ept i="1">&lt;/b&gt;</ept>'
        "<ph>{0<sub>hidden <hi>deep</hi></sub>}</ph> &amp; <it pos='begin'>[i]</it>more<ut>{}</ut>&#x20BB7;"
    )
    write(path, unit(en=segment, de=" <![CDATA[<b>]]>\n  zwei\t<!-- not this --> "))
    assert list(tmx(path, EN_DE)) == [(1, "A bold one & more𠮷", " <b>\n  zwei\t ")]


def test_notes_and_properties_are_no_text(path: Path) -> None:
    notes = "<note>no</note><prop type='x'>no</prop>"
    tuv = f"<tuv lang='en' xml:lang='en'>{notes}<seg>yes</seg>{notes}</tuv><tuv lang='de_DE'>{notes}<seg>ja</seg></tuv>"
    write(path, f"<tu>{notes}{tuv}{notes}</tu>")
    assert list(tmx(path, EN_DE)) == [(1, "yes", "ja")]


def test_the_exact_variant_wins_else_the_first(path: Path) -> None:
    write(path, unit(en_GB="colour", en_US="color", pt_PT="autocarro", pt_BR="ônibus", pt="outro"))
    assert list(tmx(path, ("en", "pt_BR"))) == [(1, "colour", "ônibus")]
    assert list(tmx(path, ("EN-us", "pt"))) == [(1, "color", "outro")]
    with pytest.raises(DataError, match="none of its 1 units has both en-IE and pt"):
        list(tmx(path, ("en-IE", "pt")))


def test_segments_may_be_empty_but_not_missing(path: Path) -> None:
    write(
        path,
        unit(en="", de="x"),
        '<tu><tuv xml:lang="en"/><tuv xml:lang="de"><seg>y</seg></tuv></tu>',
        unit(en="z", de=""),
    )
    assert list(tmx(path, EN_DE)) == [(1, "", "x"), (3, "z", "")]


def test_long_and_odd_texts_come_unchanged(path: Path) -> None:
    odd = ["long " * 20_000, "𠮷 👩‍👩‍👧 \u200f\u202e\u0085\u2028|||", "a\tb"]
    write(path, *(unit(en=text, de=text) for text in odd))
    assert [row[1:] for row in tmx(path, EN_DE)] == [(text, text) for text in odd]


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("<tu><tuv></tu>", 4, "broken XML: mismatched tag"),
        (unit(en="a", de="b") + "\n<tu>\n& </tu>", 6, "broken XML: not well-formed"),
        (unit(en="&nbsp;", de="b"), 4, "uses or declares the entity 'nbsp'"),
    ],
)
def test_broken_xml(path: Path, body: str, line: int, message: str) -> None:
    write(path, body)
    with pytest.raises(DataError, match=message) as caught:
        list(tmx(path, EN_DE))
    assert (caught.value.path, caught.value.line) == (str(path), line)


def test_what_came_before_the_break_is_read(path: Path) -> None:
    path.write_text((HEAD + "\n".join([unit(en="a" * 300_000, de="b")] * 3))[:-30], encoding="utf-8")
    rows = tmx(path, EN_DE)
    assert next(rows)[0] == 1
    with pytest.raises(DataError, match=r"memory.tmx:6: broken XML: "):
        list(rows)


def test_a_file_that_was_cut_off_between_tags(path: Path) -> None:
    path.write_text(HEAD + unit(en="a", de="b") + "\n")
    with pytest.raises(DataError, match=r"memory.tmx:5: broken XML: the file stops before its end"):
        list(tmx(path, EN_DE))


@pytest.mark.parametrize(
    "declaration",
    ['<!ENTITY a "aaaa">', '<!ENTITY a SYSTEM "file:///etc/hostname">', '<!ENTITY % a SYSTEM "x.dtd"> %a;'],
)
def test_entities_are_refused(path: Path, declaration: str) -> None:
    path.write_text(f"<!DOCTYPE tmx [\n{declaration}\n]><tmx>{unit(en='&a;', de='b')}</tmx>")
    with pytest.raises(DataError, match=r"memory.tmx:2: it uses or declares the entity 'a'"):
        list(tmx(path, EN_DE))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "memory.tmx: it is empty"),
        (b"<html>\n</html>", "memory.tmx:1: not TMX: its outermost element is <html>"),
        (HEAD.encode() + TAIL.encode(), "none of its 0 units has both en and de"),
        (HEAD.replace("UTF-8", "gb2312").encode() + TAIL.encode(), "cannot be decoded"),
        (HEAD.replace("UTF-8", "nonsense").encode() + TAIL.encode(), "unknown encoding|cannot be decoded"),
        (HEAD.encode() + b"\xff" + TAIL.encode(), "memory.tmx:4: broken XML"),
        (gzip.compress(HEAD.encode())[:-9], "damaged compression"),
    ],
)
def test_unusable_files(path: Path, data: bytes, message: str) -> None:
    path.write_bytes(data)
    with pytest.raises(DataError, match=message):
        list(tmx(path, EN_DE))


def test_the_languages_of_the_file_are_named(path: Path) -> None:
    write(path, unit(fr="a", it_IT="b"))
    with pytest.raises(DataError) as caught:
        list(tmx(path, EN_DE))
    assert caught.value.hint == "It has: fr, it-IT."


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 400), st.integers(0, 12), st.binary(max_size=6))
def test_damage_gives_pairs_or_a_data_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, cut: int, new: bytes
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "memory.tmx"
    data = (HEAD + unit(en="a <ph>x</ph>", de="ä") + unit(en="b", de="c") + TAIL).encode()
    path.write_bytes(data[:at] + new + data[at + cut :])
    try:
        pairs = list(open_parallel([path], "en", "de"))
    except DataError as error:
        assert str(path) in error.message
    else:
        assert [pair.number for pair in pairs] in ([1, 2], [1], [2])

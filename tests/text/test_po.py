import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vecocli.errors import DataError
from vecocli.text.corpus import SentencePair, open_parallel
from vecocli.text.po import po

EN_DE = ("en", "de")
HEADER = r"""# Translators.
msgid ""
msgstr ""
"Language: de\n"
"Content-Type: text/plain; charset=UTF-8\n"
"""
BODY = r"""
#. a comment
#: file.c:1
#, c-format
msgctxt "menu"
msgid "Open"
msgstr "Öffnen"

msgid ""
"two "
"lines\n"
msgstr ""
"zwei "

"Zeilen\n"
msgid "%d file"
msgid_plural "%d files"
msgstr[0] "%d Datei"
msgstr[1] "%d Dateien"
#, fuzzy
#, c-format
#| msgid "Clouse"
msgid "Close"
msgstr "Schluss"
#, fuzzy
#~ msgid "gone"
#~ msgstr "weg"
msgid "after the obsolete one"
msgstr "nach der veralteten"
msgid "untranslated"
msgstr ""
  msgid "a \"b\"\t\\\x41\101"
  msgstr  "Ü"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "de.po"


def test_entries(path: Path) -> None:
    path.write_text(HEADER + BODY, encoding="utf-8")
    lines = path.read_text(encoding="utf-8").split("\n")
    rows = list(po(path, EN_DE))
    assert [row[1:] for row in rows] == [
        ("Open", "Öffnen"),
        ("two lines\n", "zwei Zeilen\n"),
        ("%d file", "%d Datei"),
        ("%d files", "%d Dateien"),
        ("after the obsolete one", "nach der veralteten"),
        ('a "b"\t\\AA', "Ü"),
    ]
    assert [lines[row[0] - 1].strip() for row in rows] == [
        'msgid "Open"',
        'msgid ""',
        'msgid "%d file"',
        'msgid_plural "%d files"',
        'msgid "after the obsolete one"',
        r'msgid "a \"b\"\t\\\x41\101"',
    ]


@pytest.mark.parametrize("name", ["de.po", "de.PO.gz"])
def test_through_open_parallel(path: Path, name: str) -> None:
    path.with_name(name).write_bytes(gzip.compress(b'\xef\xbb\xbfmsgid "a"\r\nmsgstr "b"\r\n'))
    corpus = open_parallel([path.with_name(name)], "en", "de")
    assert (corpus.format, list(corpus)) == ("po", [SentencePair(1, "a", "b")])


@pytest.mark.parametrize("charset", ["ISO-8859-1", "cp1252", "utf-8", "UTF-8", "CHARSET"])
def test_the_charset_of_the_header_counts(path: Path, charset: str) -> None:
    text = f'msgid ""\nmsgstr "Content-Type: text/plain; charset={charset}\\n"\nmsgid "ä"\nmsgstr "ö"\n'
    path.write_bytes(text.encode(charset.replace("CHARSET", "utf-8")))
    assert list(po(path, EN_DE)) == [(3, "ä", "ö")]


@pytest.mark.parametrize(
    ("plural", "pairs"),
    [
        ('msgstr[0] "1"', [(1, "a", "1"), (2, "b", "1")]),
        ('msgstr[0] "1"\nmsgstr[1] "2"\nmsgstr[2] "3"', [(1, "a", "1"), (2, "b", "3")]),
        ('msgstr[0] ""\nmsgstr[1] "2"', [(2, "b", "2")]),
        ('msgstr[0] "1"\nmsgstr[1] ""', [(1, "a", "1")]),
    ],
)
def test_plurals(path: Path, plural: str, pairs: list[tuple[int, str, str]]) -> None:
    path.write_text(f'msgid "a"\nmsgid_plural "b"\n{plural}\n')
    assert list(po(path, EN_DE)) == pairs


@pytest.mark.parametrize(
    ("stated", "target", "fits"),
    [
        ("de_AT", "de", True),
        ("de_DE.UTF-8", "deu", True),
        ("sr@latin", "sr", True),
        ("", "fr", True),
        ("LANGUAGE", "fr", True),
        ("fr", "de", False),
        ("zh_TW", "zh-CN", False),
    ],
)
def test_the_language_of_the_header(path: Path, stated: str, target: str, fits: bool) -> None:
    path.write_text(f'msgid ""\nmsgstr "Language: {stated}\\n"\nmsgid "a"\nmsgstr "b"\n')
    if fits:
        assert list(po(path, ("en", target))) == [(3, "a", "b")]
        return
    with pytest.raises(DataError, match=f"de.po:1: translates into {stated}, not {target}"):
        list(po(path, ("en", target)))


def test_a_long_text(path: Path) -> None:
    text = "𠮷\u2028\u200f " * 30_000
    path.write_text(f'msgid "{text}"\nmsgstr "x"\n', encoding="utf-8")
    assert list(po(path, EN_DE)) == [(1, text, "x")]


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b'msgid "a"\nmsgstr "b\n', 2, "not a line of PO"),
        (b'msgid "a"\nmsgstring "b"\n', 2, "not a line of PO"),
        (b'msgid "a"\nmsgid "b"\nmsgstr "c"', 2, "a msgid where none can stand"),
        (b'msgid "a"\nmsgctxt "b"\nmsgctxt "c"', 3, "a msgctxt where none can stand"),
        (b'msgid "a"\nmsgstr "c"\nmsgstr "c"', 3, "a msgstr where none can stand"),
        (b'msgid "a"\nmsgstr[0] "c"', 2, r"a msgstr\[0\] where none can stand"),
        (b'msgstr "c"', 1, "a msgstr where none can stand"),
        (b'msgid "a"\nmsgstr "c"\nmsgid_plural "c"', 3, "a msgid_plural where none can stand"),
        (b'msgid "a"\nmsgid[1] "b"\n', 2, r"a msgid\[1\] where none can stand"),
        (b'\n"a"\n', 2, "a text without msgid or msgstr before it"),
        (b'msgid "a"\nmsgstr "b"\n\nmsgid "c"\n', 4, "the last entry has no msgstr"),
        (b'msgid "a"\nmsgstr "\\q"\n', 2, r"\\q stands for no character"),
        (b'msgid "a"\nmsgstr "\\xff"\n', 2, r"\\xff stands for no character"),
        (b'msgid "a"\nmsgstr "\xff"\n', 2, "not UTF-8"),
        (b'msgid ""\nmsgstr "charset=ascii\\n"\nmsgid "\xff"\n', 3, "not ascii, which its header names"),
        (b'msgid ""\nmsgstr "charset=klingon\\n"\n', 2, "its charset is unknown: klingon"),
        (
            b'msgid ""\nmsgstr "charset=utf-7\\n"\nmsgid "+2AA-"\nmsgstr "b"\n',
            None,
            "not utf-7, which its header names",
        ),
        (b"", None, "it is empty"),
        (b'msgid ""\nmsgstr "Language: de\\n"\n', None, "no translated entries"),
        (gzip.compress(b"msgid" * 999)[:-4], None, "damaged compression"),
    ],
)
def test_unusable_files(path: Path, data: bytes, line: int | None, message: str) -> None:
    path.write_bytes(data)
    with pytest.raises(DataError, match=message) as caught:
        list(po(path, EN_DE))
    assert (caught.value.path, caught.value.line) == (str(path), line)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 600), st.integers(0, 12), st.binary(max_size=6))
def test_damage_gives_pairs_or_a_data_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, cut: int, new: bytes
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "de.po"
    data = (HEADER + BODY).encode()
    path.write_bytes(data[:at] + new + data[at + cut :])
    try:
        numbers = [pair.number for pair in open_parallel([path], "en", "de")]
    except DataError as error:
        assert str(path) in error.message
    else:
        assert numbers == sorted(set(numbers))

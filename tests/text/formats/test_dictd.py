import gzip
from pathlib import Path

import pytest

from vecocli.errors import DataError
from vecocli.text.formats.dictd import DIGITS, likeness, read

PAIR = ("af", "de")
INFO = "Afrikaans-German Dictionary\n\n    Available under the terms of the GNU General Public\n  License ver. 2.0.\n"


def number(value: int) -> str:
    return (number(value // 64) if value > 63 else "") + list(DIGITS)[value % 64]


def database(folder: Path, *texts: tuple[str, str], info: str = INFO, packed: bool = True) -> Path:
    """Write a database; a text's index words are parted by `|`."""
    whole, index = b"", []
    about = [("00databaseinfo", info), ("00-database-short", "00-database-short\n  Afrikaans-German FreeDict ver. 1\n")]
    for words, text in (*about, *texts):
        index += [f"{word}\t{number(len(whole))}\t{number(len(text.encode()))}\n" for word in words.split("|")]
        whole += text.encode()
    path = folder / "freedict-afr-deu.index"
    path.write_text("".join(index), encoding="utf-8")
    (folder / f"freedict-afr-deu.dict{'.dz' * packed}").write_bytes(gzip.compress(whole) if packed else whole)
    return path


def pairs(path: Path) -> list[tuple[str, str]]:
    return [entry[:2] for entry in read(path, PAIR).entries]


def test_numbered_senses_and_lists_fall_apart(tmp_path: Path) -> None:
    senses = "1. Aussehen <n>, Miene <f>; Ä [alt]\n2.  [cul] Angesicht\n3.\nBlick\n"
    text = f"gesig /xəsˈəx/\n{senses}\n   Synonym: {{x}}\n see: {{y}}\n [Br.] Sicht\n"
    words = ["Aussehen", "Miene", "Ä", "Angesicht", "Blick", "Sicht"]
    assert pairs(database(tmp_path, ("gesig", text))) == [("gesig", word) for word in words]


def test_languages_and_licence_are_those_of_the_database(tmp_path: Path) -> None:
    content = read(database(tmp_path, packed=False), PAIR)
    assert content.languages == ("af", "de")
    assert content.licence == "GNU General Public License ver. 2.0"
    assert list(content.entries) == []
    other = database(tmp_path, info="Words\nCopyright by all\n")
    assert read(other, PAIR).licence == "Copyright by all"
    assert read(database(tmp_path, info="Words"), PAIR).licence == ""


@pytest.mark.parametrize(
    ("words", "first", "headwords"),
    [
        ("goodbye", "good-bye /x/ <interj>", ["good-bye"]),
        ("nyinyi|ninyi", "nyinyi, ninyi /x/ /y/ <pron>", ["nyinyi", "ninyi"]),
        ("comme ci comme ça", "comme ci, comme ça /x/", ["comme ci, comme ça"]),
        ("exhaust end section", "exhaust (end) section <n>", ["exhaust end section"]),
        ("senior|sr", "senior /x/ (Sr /y/, )", ["senior", "sr"]),
        ("kwa heri|kwaheri", "kwa heri, kwaheri /x/", ["kwa heri", "kwaheri"]),
        ("plain|", "plain", ["plain"]),
        ("?", " /x/", ["?"]),
    ],
)
def test_index_words_are_spelt_as_in_the_text(tmp_path: Path, words: str, first: str, headwords: list[str]) -> None:
    assert pairs(database(tmp_path, (words, f"{first}\nWort\n"))) == [(word, "Wort") for word in headwords]


def test_any_of_the_two_files_may_be_named(tmp_path: Path) -> None:
    path = database(tmp_path, ("a", "a\nb\n"))
    texts = path.with_suffix(".dict.dz")
    assert pairs(texts) == pairs(path) == [("a", "b")]
    assert likeness(path.read_text().splitlines(), path) == likeness(["any"], texts) == 1
    assert likeness(["a\tb\tc\td\te", "a\tA\tB"], path) == 0.5 + 0.5
    assert likeness(["a\tb c\td", "a\tA\tB"], path) == 0.5
    texts.unlink()
    assert likeness(["a\tA\tB"], path) == likeness(["a\tA\tB"], Path("a.tsv")) == 0
    with pytest.raises(DataError, match="two files"):
        read(path, PAIR)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a\tA", "not a line"),
        ("a\tA\t?", "not a line"),
        ("a\tA\tzzzz", "beyond the end"),
        ("a\tA\t" + "z" * 99_999, "not a line"),
    ],
)
def test_a_broken_index_is_named_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    path = database(tmp_path)
    path.write_text(path.read_text() + line, encoding="utf-8")
    with pytest.raises(DataError, match=rf"freedict-afr-deu\.index:3: .*{message}"):
        pairs(path)


def test_broken_texts_are_named(tmp_path: Path) -> None:
    path = database(tmp_path, ("a", "a\nb\n"))
    texts = path.with_suffix(".dict.dz")
    texts.write_bytes(gzip.compress(gzip.decompress(texts.read_bytes()).replace(b"\nb", b"\n\xff")))
    with pytest.raises(DataError, match=r"index:3: its text is not UTF-8"):
        pairs(path)
    texts.write_bytes(texts.read_bytes()[:30])
    with pytest.raises(DataError, match=r"dict\.dz: damaged compression"):
        pairs(path)

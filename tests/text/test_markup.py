from pathlib import Path

import pytest

from vecocli.errors import DataError
from vecocli.text.markup import elements, root_name, text_of


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "x.xml"
    path.write_bytes(text.encode(encoding))
    return path


def test_wanted_elements_come_whole_and_without_namespaces(tmp_path: Path) -> None:
    path = write(tmp_path, "<r xmlns='u:x'><a n='1'><b>x <i>y</i>\n z</b><a/></a>text<c><a n='2'/></c></r>")
    found = [(element.tag, element.get("n"), [child.tag for child in element]) for element in elements(path, ("a",))]
    assert found == [("a", "1", ["b", "a"]), ("a", "2", [])]
    assert [text_of(element) for element in elements(path, ("b",))] == ["x y z"]
    assert [text_of(element, ("i",)) for element in elements(path, ("b",))] == ["x z"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_declared_entities_are_refused_with_their_line(tmp_path: Path, encoding: str) -> None:
    lol = "<!ENTITY a 'ha'>\n<!ENTITY b '&a;&a;'>"
    path = write(tmp_path, f"<?xml version='1.0' encoding='{encoding}'?>\n<!DOCTYPE r [\n{lol}]><r>&b;</r>", encoding)
    with pytest.raises(DataError, match=r"x\.xml:3: its document type declares entities"):
        list(elements(path, ("r",)))
    path = write(tmp_path, "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><r>&x;</r>")
    with pytest.raises(DataError, match="declares entities"):
        list(elements(path, ("r",)))


def test_entities_are_seen_however_late_the_root_begins(tmp_path: Path) -> None:
    late = f"<!-- {'x' * 600_000} -->"
    assert [element.tag for element in elements(write(tmp_path, f"{late}<r><a/></r>"), ("a",))] == ["a"]
    with pytest.raises(DataError, match="declares entities"):
        list(elements(write(tmp_path, f"{late}<!DOCTYPE r [<!ENTITY a 'b'>]><r/>"), ("r",)))


def test_a_document_type_without_entities_is_taken(tmp_path: Path) -> None:
    path = write(tmp_path, "<!DOCTYPE r SYSTEM 'r.dtd'><r><a>&amp;</a></r>")
    assert [text_of(element) for element in elements(path, ("a",))] == ["&"]


@pytest.mark.parametrize(
    ("text", "message"),
    [("<r>\n<a>", "x.xml:2: malformed XML: no element found"), ("\n\x01", "x.xml:2: malformed XML: not well-formed")],
)
def test_malformed_files_are_named_with_their_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        list(elements(write(tmp_path, text), ("a",)))


def test_bottomless_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nested more than 200 deep"):
        list(elements(write(tmp_path, "<a>" * 9999), ("b",)))


def test_the_root_is_found_past_comments_and_declarations() -> None:
    assert root_name("\ufeff<?xml version='1.0'?><!-- <a> --><!DOCTYPE b><c:d e='f'>") == "d"
    assert root_name("word\t<b>") == root_name("<!-- <a>") == root_name("") == ""

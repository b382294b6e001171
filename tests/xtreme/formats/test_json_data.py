from pathlib import Path

import pytest

from vecocli.errors import DataError
from vecocli.xtreme.formats.json_data import decode

FILE = Path("file.json")


def test_goes_down_into_a_document():
    node = decode('{"data": [{"n": 1}, {"text": "\\ud83d\\ude00", "n": 7}]}', FILE)
    second = list(node.field("data").items())[1]
    assert (second.keys, second.field("text").text(), second.field("n").number()) == ("data[1]", "\U0001f600", 7)
    assert second.field("other").value is None


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda node: node.items(), "file.json: the document is an object, not a list"),
        (lambda node: node.field("a").field("b").text(), r"file.json: a\.b is a whole number, not a text"),
        (lambda node: node.field("c").text(), "file.json: c is missing or null, not a text"),
        (lambda node: node.field("d").number(), "file.json: d is a number with a fraction, not a whole number"),
        (lambda node: node.field("e").number(), "file.json: e is true or false, not a whole number"),
        (lambda node: next(node.field("f").items()).text(), r"file.json: f\[0\] is a list, not a text"),
        (lambda node: node.field("g").text(), "file.json: g holds half a surrogate pair"),
        (lambda node: node.field("g").field("h"), "file.json: g is a text, not an object"),
    ],
)
def test_says_what_is_wrong_and_where(use, message):
    node = decode('{"a": {"b": 1}, "d": 1.0, "e": true, "f": [[]], "g": "x\\ud800"}', FILE)
    with pytest.raises(DataError, match=message):
        list(use(node))


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('{\n"a": }', None, "file.json:2: not JSON: Expecting value at character 6"),
        ('{"a": }', 12, "file.json:12: not JSON: Expecting value at character 7"),
        ("[" * 200_000, None, "nested too deeply"),
        ("9" * 5000, None, "a number is too long"),
    ],
)
def test_refuses_what_is_not_json(text, line, message):
    with pytest.raises(DataError, match=message):
        decode(text, FILE, line)


def test_names_the_line_of_json_lines():
    with pytest.raises(DataError, match=r"file\.json:3: a is missing or null"):
        decode("{}", FILE, 3).field("a").text()

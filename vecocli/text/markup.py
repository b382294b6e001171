"""XML files as a stream of elements: any compression, constant memory, nothing that a stranger's file can abuse.

A document type that declares entities is refused (entities can grow without bound or name other files); external ones
are never read.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, XMLPullParser
from xml.parsers import expat

from vecocli.errors import DataError
from vecocli.text.files import DAMAGED
from vecocli.text.unpack import DamagedError, blocks

FED = 1 << 12  # bytes fed at once: few enough elements that the garbage collector is not called again and again
DEPTH = 200  # dictionaries nest some ten deep; a file nested without end would exhaust the stack
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]")
NOT_XML = "Check that the file is complete and well-formed: xmllint --noout FILE."
ENTITIES = "Write the entities out: xmllint --noent --dropdtd IN > OUT."


def elements(path: Path, tags: Collection[str]) -> Iterator[Element]:
    """Read the elements with some names, in the order of their ends; each is thrown away when the next is asked for.

    Args:
        path: An XML file, plain or compressed.
        tags: Local names; an element within another of them comes with the outer one only.

    Yields:
        Elements whose tags, and those of all within, are without their namespaces.

    Raises:
        DataError: No such file, damaged compression, malformed or bottomless XML, or declared entities,
            with the line's number.
    """
    parser: XMLPullParser[Element] = XMLPullParser(("start", "end"))
    above: list[Element] = []  # the open elements
    inside = 0  # of how many wanted ones
    for event, element in _events(path, parser):
        if event == "start":
            element.tag = element.tag.rpartition("}")[2]
            inside += element.tag in tags
            above.append(element)
            if len(above) > DEPTH:
                raise DataError(f"elements nested more than {DEPTH} deep", NOT_XML, path=path)
            continue
        above.pop()
        if element.tag in tags:
            inside -= 1
            if not inside:
                yield element
        if above and not inside:
            above[-1].remove(element)


def root_name(head: str) -> str:
    """Return the local name of an XML document's root element from its first characters; empty if it is no XML."""
    text = re.sub(r"<!--.*?(?:-->|\Z)", "", head.lstrip("\ufeff \r\n"), flags=re.DOTALL)
    match = _ROOT.search(text) if text.startswith("<") else None
    return match[2] if match else ""


def text_of(element: Element, without: Collection[str] = ()) -> str:
    """Return the text within an element and its children, but for children with some names, blanks united."""
    return " ".join("".join(_texts(element, without)).split())


def _texts(element: Element, without: Collection[str]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag not in without:
            yield from _texts(child, without)
        yield child.tail or ""


def _events(path: Path, parser: "XMLPullParser[Element]") -> Iterator[tuple[str, Element]]:
    """Feed a file to a parser and yield what it finds."""
    guard: expat.XMLParserType | None = _guard(path)
    line = 1
    try:
        for block in blocks(path):
            if guard is not None:
                guard = _look(guard, block)
            for start in range(0, len(block), FED):
                part = block[start : start + FED]
                parser.feed(part)
                line += part.count(b"\n")
                yield from parser.read_events()  # type: ignore[misc]
        parser.close()
        yield from parser.read_events()  # type: ignore[misc]
    except (ParseError, expat.ExpatError) as error:
        at = error.position[0] if isinstance(error, ParseError) else error.lineno
        raise DataError(f"malformed XML: {expat.ErrorString(error.code)}", NOT_XML, path=path, line=at) from error
    except DamagedError as damage:
        raise DataError(str(damage), DAMAGED, path=path, line=line) from damage


class _Root(Exception):  # noqa: N818 - no error: what may declare entities is over
    """The root element begins."""


def _guard(path: Path) -> expat.XMLParserType:
    """Make a parser for what comes before the root element."""
    guard = expat.ParserCreate()

    def refuse(*_: object) -> None:
        line = guard.CurrentLineNumber
        raise DataError("its document type declares entities", ENTITIES, path=path, line=line)

    def over(*_: object) -> None:
        raise _Root

    guard.EntityDeclHandler = refuse
    guard.StartElementHandler = over
    return guard


def _look(guard: expat.XMLParserType, block: bytes) -> expat.XMLParserType | None:
    """Let the guard see a block; None when the root element began and it is no longer needed."""
    try:
        guard.Parse(block, False)
    except _Root:
        return None
    return guard

"""TEI dictionaries as FreeDict writes them: `<entry>` with `<orth>` and `<cit type="trans"><quote>`.

Every spelling (`<orth>`) of an entry is paired with every translation of its senses. Not taken: inflected forms,
examples, related entries, cross-references, notes, and whatever stands in brackets. An entry without `<cit>` gives the
words of its `<def>`, a list with commas. `&entities;` other than XML's own are refused.

Source: the TEI P5 guidelines, chapter 9; FreeDict's HOWTO.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from xml.etree.ElementTree import Element

from vecocli.errors import DataError
from vecocli.text.formats import Content, Entry, Pair
from vecocli.text.glosses import listed, plain, title_languages
from vecocli.text.languages import known
from vecocli.text.markup import elements, root_name, text_of

NOTES = ("note", "usg", "ref", "xr", "gramGrp", "pron", "lbl")
TRANSLATION = ("trans", "translation")
ASIDE = ("form", "re", "xr", "note", "etym")
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def likeness(head: Sequence[str], path: Path) -> float:
    """Tell by the root element."""
    return float(root_name("\n".join(head)) in ("TEI", "TEI.2"))


def read(path: Path, pair: Pair) -> Content:
    """Open a file and read its header: languages and licence."""
    found = elements(path, ("teiHeader", "entry"))
    first = next(found, None)
    if first is None:
        raise DataError("no TEI entry", "Is it a dictionary?", path=path)
    entries = chain([first], found)
    if first.tag != "teiHeader":
        return Content(_entries(entries), languages=_marked(first))
    title, licence = first.find(".//titleStmt/title"), _licence(first)
    languages = title_languages(text_of(title)) if title is not None else None
    return Content(_entries(found), languages=languages, licence=licence)


def _entries(found: Iterator[Element]) -> Iterator[Entry]:
    for entry in found:
        spellings = [plain(text_of(orth, NOTES)) for orth in entry.iterfind("form/orth")]
        translations = list(_translations(entry)) or [
            text for element in entry.iterfind(".//sense/def") for text in listed(text_of(element, NOTES))
        ]
        for spelling in spellings:
            for translation in translations:
                if spelling and translation:
                    yield Entry(spelling, translation)


def _translations(element: Element) -> Iterator[str]:
    """Yield the translations below an element, in the order of the file."""
    for child in element:
        if child.tag == "cit":
            if child.get("type") in TRANSLATION:
                yield from (plain(text_of(quote, NOTES)) for quote in child.iterfind("quote"))
        elif child.tag not in ASIDE:
            yield from _translations(child)


def _marked(entry: Element) -> Pair | None:
    """Read the languages off an entry's own marks."""
    codes = [
        next((code for element in entry.iterfind(place) if (code := element.get(XML_LANGUAGE))), None)
        for place in (".//orth", ".//quote")
    ]
    source, target = (known(code) if code else None for code in codes)
    return (source, target) if source and target else None


def _licence(header: Element) -> str:
    """Return the address of the licence, or the words about it."""
    availability = header.find(".//availability")
    if availability is None:
        return ""
    for link in (*availability.iterfind(".//licence"), *availability.iterfind(".//ref")):
        if target := link.get("target"):
            return f"{text_of(link)} <{target}>" if len(text_of(link)) < 200 else target
    return text_of(availability)[:200]

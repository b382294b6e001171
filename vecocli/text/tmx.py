"""Translation memories in TMX: an XML stream of units, each the same text in several languages.

Source: TMX 1.4b specification (GALA, 2005), of which this reads `tu`, `tuv`, `seg` and what stands inside `seg`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from vecocli.errors import DataError
from vecocli.text.files import DAMAGED, EMPTY
from vecocli.text.languages import covers
from vecocli.text.readers import Row
from vecocli.text.unpack import DamagedError, blocks, shown

CODES = frozenset({"bpt", "ept", "ph", "it", "ut", "sub"})
"""Elements of a segment that hold formatting codes, not text; `hi` only marks text."""
BROKEN = "Mend the XML at this place, or export the file again."
ENTITIES = "Write the characters themselves; entities could stand for anything, so none are read."


def tmx(path: Path, languages: tuple[str, str]) -> Iterator[Row]:
    """Read the units that have both languages, in constant memory.

    The encoding is the one that the XML declares. Formatting codes in a segment are left out, all other text is kept
    as it is. Where a unit has several variants of a language, the one tagged exactly as asked for counts, else the
    first.

    Args:
        path: The file, compressed or not, or `-` for standard input.
        languages: Codes of source and target as the user gave them; `en` takes `en-US` too, see `languages.covers`.

    Yields:
        Number of the unit in the file from 1 (units without one of the languages count), source, target.

    Raises:
        DataError: Broken XML with its line, one that declares entities, another kind of XML, or no unit with both.
    """
    reader = _Reader(path, languages)
    try:
        for block in blocks(path):
            reader.parser.Parse(block)
            yield from reader.take()
        reader.parser.Parse(b"", True)
    except DamagedError as damage:
        raise reader.error(str(damage), DAMAGED) from damage
    except expat.ExpatError as error:
        raise _broken(path, error) from error
    except (UnicodeError, ValueError, LookupError) as error:  # of an encoding that Python, not expat, decodes
        raise reader.error(f"cannot be decoded: {error}", "Convert the file to UTF-8.") from error
    if not reader.found:
        raise reader.nothing()


def _broken(path: Path, error: expat.ExpatError) -> DataError:
    """Say what is wrong with the XML."""
    reason = expat.ErrorString(error.code)
    if reason == expat.errors.XML_ERROR_NO_ELEMENTS:  # said at the end of what is no whole document
        if error.lineno == 1:
            return DataError("it is empty", EMPTY, path=shown(path))
        reason = "the file stops before its end"
    return DataError(f"broken XML: {reason}", BROKEN, path=shown(path), line=error.lineno)


class _Reader:
    """Takes what expat finds and keeps the pairs; between units it holds nothing but counts and language tags."""

    def __init__(self, path: Path, languages: tuple[str, str]) -> None:
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._root
        parser.EntityDeclHandler = self._entity
        parser.SkippedEntityHandler = self._entity
        self.found = False
        self._path, self._languages = path, languages
        self._number = 0
        self._rows: list[Row] = []
        self._ranks: dict[str, tuple[int, int]] = {}
        self._begin_unit()

    def take(self) -> list[Row]:
        """Hand over the pairs found since the last call."""
        rows, self._rows = self._rows, []
        self.found = self.found or bool(rows)
        return rows

    def error(self, message: str, hint: str) -> DataError:
        """Make an error of the place that is being read."""
        return DataError(message, hint, path=shown(self._path), line=self.parser.CurrentLineNumber)

    def nothing(self) -> DataError:
        """Make the error of a file without a single pair."""
        source, target = self._languages
        message = f"none of its {self._number} units has both {source} and {target}"
        return DataError(
            message, f"It has: {', '.join(sorted(self._ranks)) or 'no languages'}.", path=shown(self._path)
        )

    def _begin_unit(self) -> None:
        self._texts: list[str | None] = [None, None]
        self._best = [0, 0]
        self._side = self._rank = 0
        self._codes = 0
        self._parts: list[str] | None = None

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        if name != "tmx":
            raise self.error(f"not TMX: its outermost element is <{name}>", "Is it the right file?")
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._parts is not None:
            self._codes += name in CODES
        elif name == "seg":
            if self._rank > self._best[self._side]:
                self._parts = []
                self.parser.CharacterDataHandler = self._text
        elif name == "tuv":
            ranks = self._rank_of(attributes.get("xml:lang") or attributes.get("lang", ""))
            self._side = int(ranks[1] > 0)
            self._rank = ranks[self._side]
        elif name == "tu":
            self._number += 1
            self._begin_unit()

    def _end(self, name: str) -> None:
        if self._parts is not None:
            if name == "seg":
                self._texts[self._side], self._best[self._side] = "".join(self._parts), self._rank
                self._parts = self.parser.CharacterDataHandler = None
            else:
                self._codes -= name in CODES
        elif name == "tuv":
            self._rank = 0
        elif name == "tu":
            source, target = self._texts
            if source is not None and target is not None:
                self._rows.append((self._number, source, target))

    def _text(self, text: str) -> None:
        if not self._codes and self._parts is not None:
            self._parts.append(text)

    def _rank_of(self, tag: str) -> tuple[int, int]:
        """Say how well a tag fits source and target: 0 not, 1 same language, 2 same tag."""
        if tag not in self._ranks:
            source, target = (
                0
                if not covers(wanted, tag)
                else 1 + (tag.lower().replace("_", "-") == wanted.lower().replace("_", "-"))
                for wanted in self._languages
            )
            self._ranks[tag] = source, target
        return self._ranks[tag]

    def _entity(self, name: str, *rest: object) -> NoReturn:
        raise self.error(f"it uses or declares the entity {name!r}", ENTITIES)

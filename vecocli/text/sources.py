"""Opens dictionaries for a pair of languages: tells the format, turns pairs round, joins what shares concepts."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from vecocli import registry
from vecocli.errors import DataError, UsageError
from vecocli.text.files import read_lines
from vecocli.text.formats import Content, DictionaryFormat, Entry, Pair
from vecocli.text.languages import canonical, known, name
from vecocli.text.unpack import STDIN

FORMATS = "vecocli.text.formats"
HEAD_LINES = 200  # lines looked at to tell the format
_CODE = r"([A-Za-z]{2,3}(?:[-_][A-Z][A-Za-z]+)?)"
_DECLARED = re.compile(rf"(.+):{_CODE}-{_CODE}")
_NAMED = re.compile(r"(?:.*[^A-Za-z])?([a-z]{2,3})[-_]([a-z]{2,3})")
_ENDING = re.compile(r"(?:\.(?:gz|bz2|xz|zst|dz|tsv|txt|tab|tei|xml|index|dict|u8|jsonl|json|csv))+$")


class Source:
    """One dictionary, open: where it comes from, and what it holds.

    Args:
        path: The file, `PATH:de-en` to say its languages, or the name of a format that reads no file.
        pair: The languages asked for.
        format: A format's name, or `auto` to tell it from the file.

    Raises:
        DataError: The file cannot be read or its format cannot be told.
        UsageError: No such format.
    """

    def __init__(self, path: Path, pair: Pair, format: str) -> None:
        self.path, self.declared = _declared(path)
        self.name = _stem(self.path)
        self.content = _open(self.path, pair, format)

    @property
    def languages(self) -> Pair | None:
        """Source and target language as the user or the file states them."""
        return self.declared or self.content.languages

    @property
    def languages_by_name(self) -> Pair | None:
        """Languages as the file's name has them: `en-fr.tsv.gz`, `freedict-eng-fra.index`."""
        match = _NAMED.fullmatch(self.name)
        source, target = (known(match[1]), known(match[2])) if match else (None, None)
        return (source, target) if source and target else None


def pairs_of(source: Source, pair: Pair, reverse: bool, by_name: bool) -> Iterable[Entry] | None:
    """Return a source's entries for a pair of languages, turned round where needed.

    Args:
        source: A dictionary of pairs.
        pair: The languages asked for.
        reverse: A dictionary that does not state its languages lists target words first.
        by_name: Take the languages from the file's name where nothing else states them.

    Returns:
        The entries, or None where the dictionary is one of other languages or of no stated ones.
    """
    stated = source.languages
    if stated is None:
        stated = source.languages_by_name if by_name else (pair[::-1] if reverse else pair)
    if stated == pair:
        return source.content.entries
    if stated == pair[::-1]:
        return (Entry(target, source, names) for source, target, names in source.content.entries)
    return None


def join(sources: Sequence[Source], pair: Pair) -> Iterator[Entry]:
    """Pair the words of two languages that name the same concept, in whatever files they stand.

    Yields:
        Entries with the names of the files that their two words come from.
    """
    sides: tuple[dict[str, dict[str, str]], ...] = ({}, {})
    for source in sources:
        for language, concept, text in source.content.words:
            if language in pair:
                sides[language == pair[1]].setdefault(concept, {}).setdefault(text, source.name)
    for concept, words in sides[0].items():
        for target, its_name in sides[1].get(concept, {}).items():
            for text, one_name in words.items():
                yield Entry(text, target, tuple(sorted({one_name, its_name})))


def misfit(path: Path, pair: Pair, format: str) -> DataError:
    """Say why a dictionary serves none of the languages asked for.

    Args:
        path: The dictionary, as the user names it.
        pair: Source and target language, without a language between them.
        format: Its format, or `auto`.
    """
    source = Source(path, pair, format)
    stated = source.languages or source.languages_by_name
    asked = f"--source {pair[0]} and --target {pair[1]}"
    if stated is None:
        return DataError(
            "its languages are not known", f"Write them behind its name: {path}:{pair[0]}-xx.", path=source.path
        )
    theirs = f"{name(stated[0])} ({stated[0]}) and {name(stated[1])} ({stated[1]})"
    return DataError(f"a dictionary of {theirs}", f"It does not serve {asked}.", path=source.path)


def _declared(path: Path) -> tuple[Path, Pair | None]:
    """Part `PATH:de-en`, unless there is a file of just that name."""
    match = None if path.exists() else _DECLARED.fullmatch(str(path))
    return (Path(match[1]), (canonical(match[2]), canonical(match[3]))) if match else (path, None)


def _open(path: Path, pair: Pair, format: str) -> Content:
    if str(path) in registry.names(FORMATS) and not path.exists():
        format = str(path)  # a format that reads no file
    elif format == "auto":
        format = _tell(path)
    reader: DictionaryFormat = registry.get(FORMATS, format)
    return reader.read(path, pair)


def _tell(path: Path) -> str:
    """Name the format that a file's first lines follow most."""
    if str(path) == STDIN or path.is_fifo():
        raise UsageError(f"{path} can be read only once", "Name its format with --dictionary-format.")
    head = [line for line in islice(read_lines(path), HEAD_LINES) if line.strip()]
    if not head:
        raise DataError("an empty dictionary", "Give a file with a word and its translation a line.", path=path)
    modules: dict[str, DictionaryFormat] = {name: registry.get(FORMATS, name) for name in registry.names(FORMATS)}
    likeness = {name: module.likeness(head, path) for name, module in modules.items()}
    best = max(likeness, key=lambda name: likeness[name])
    if likeness[best] <= 0.45:
        hint = f"Name the format with --dictionary-format; known: {', '.join(modules)}."
        raise DataError("this dictionary's format cannot be told from its first lines", hint, path=path, line=1)
    return best


def _stem(path: Path) -> str:
    """Return a file's name without the endings that say only how it is written."""
    return _ENDING.sub("", path.name)

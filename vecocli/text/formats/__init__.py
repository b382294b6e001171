"""Dictionary formats: each file of this folder reads one, and its name is the format's name on the command line.

A format gives either pairs of words (`Content.entries`) or words under the concepts that they name (`Content.words`);
words of several files and languages meet through equal concepts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

Pair = tuple[str, str]
"""Canonical codes of a source and a target language."""


class Entry(NamedTuple):
    """A word or phrase as the dictionary writes it, its translation and who says so."""

    source: str
    target: str
    names: tuple[str, ...] = ()


class Word(NamedTuple):
    """A word or phrase of some language, and an id of what it means that other languages share."""

    language: str
    concept: str
    text: str


@dataclass(frozen=True)
class Content:
    """What a file holds; reading it goes on while `entries` or `words` are taken.

    Args:
        entries: Pairs, source word first.
        words: Words to be joined by concept; of languages that are not asked for, some may be left out.
        languages: Canonical source and target language of `entries` where the file states them.
        licence: The licence as the file states it, short; empty if it does not.
    """

    entries: Iterable[Entry] = ()
    words: Iterable[Word] = ()
    languages: Pair | None = None
    licence: str = ""


class DictionaryFormat(Protocol):
    """What a file in this folder offers."""

    def likeness(self, head: Sequence[str], path: Path) -> float:
        """Return how sure (0 to 1) a file is of this format, by its first lines, none of them blank.

        A format with marks of its own gives up to 1; one that other formats' lines look like too stays below.
        """
        ...

    def read(self, path: Path, pair: Pair) -> Content:
        """Open a file.

        Args:
            path: The file; a format that reads none takes its own name.
            pair: The languages asked for, for files that hold several.

        Raises:
            DataError: What does not follow the format, with file and line; also raised while the content is taken.
            MissingError: A package that the format needs is not installed.
        """
        ...

"""Sentences with a tag for each word: UD parts of speech and WikiANN names, as XTREME writes them and as they ship.

    columns   word TAB tag, a blank line after each sentence; XTREME's test files have words only
    wikiann   `xx:word` TAB ... TAB tag, in files of their own or in a tar archive for each language
    conllu    Universal Dependencies treebanks, several for a language (see `vecocli.xtreme.formats.conllu`)

A blank line holds nothing but spaces and tabs: a word may be a space of another kind. Words are kept as they are but
for the spaces around them; what gives no sub-word is the tagger's to handle.

Source: XTREME's scripts (google-research/xtreme) and PAN-X (Rahimi et al. 2019, arXiv 1902.00193).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from vecocli.errors import DataError
from vecocli.text.files import read_lines
from vecocli.xtreme.data import Found, Split, TaggedSentence
from vecocli.xtreme.formats.archive import is_archive, member_lines
from vecocli.xtreme.formats.conllu import read_conllu
from vecocli.xtreme.formats.layouts import Layout, described, find, within

Format = Literal["columns", "wikiann", "conllu"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TagLayout(Layout):
    """A layout of tagged sentences.

    Args:
        format: What the files look like.
    """

    format: Format = "columns"


class _Word(NamedTuple):
    word: str
    tag: str
    line: int


def read_tagged(
    folder: Path,
    language: str,
    split: Split,
    *,
    task: str,
    layouts: Sequence[TagLayout],
    source: str,
    tags: Sequence[str] = (),
) -> Found[TaggedSentence]:
    """Read the tagged sentences of a language.

    Args:
        folder: XTREME's download folder or the task's own.
        language: Canonical code.
        split: Which part of the data; `test` may lack tags.
        task: The task's name, which is that of its sub-folder.
        layouts: Tried in turn.
        source: Where to get the files, as a sentence.
        tags: The task's tags; empty for any.

    Raises:
        DataError: A malformed line, an unknown tag, or lines with and without a tag in one file, with its line.
        MissingError: The files are not there.
    """
    layout, paths = find(folder, language, split, task=task, layouts=layouts, source=source)
    sentences: list[TaggedSentence] = []
    without_words = 0
    for path in paths:
        if layout.format == "conllu":
            found, dropped = read_conllu(path, language, tags)
            sentences += found
            without_words += dropped
        else:
            sentences += _column_sentences(path, layout, split, tags)
    if not sentences:
        raise DataError("it has no sentence with words", "Is it the right file?", path=paths[0])
    where = described(layout, {"sentences without words left out": without_words})
    return Found(tuple(sentences), within(folder, paths), where)


def _column_sentences(path: Path, layout: TagLayout, split: Split, tags: Sequence[str]) -> list[TaggedSentence]:
    if is_archive(path):
        member = layout.splits[split]
        shown, lines = path / member, member_lines(path, member)
    else:
        shown, lines = path, read_lines(path)
    words = _wikiann_words(shown, lines) if layout.format == "wikiann" else _column_words(shown, lines)
    sentences = list(_sentences(words))
    _check_tags(shown, sentences, split, tags)
    return [_tagged(sentence) for sentence in sentences]


def _column_words(path: Path, lines: Iterable[str]) -> Iterator[_Word | None]:
    """Read one word a line; None for a blank line."""
    for number, line in enumerate(lines, start=1):
        cells = line.split("\t")
        if _blank(line):
            yield None
        elif len(cells) > 2:
            message = f"{len(cells)} instead of 2 fields"
            raise DataError(message, "A line is: word, TAB, tag.", path=path, line=number)
        else:
            yield _Word(_word(cells[0]), cells[1].strip() if len(cells) == 2 else "", number)


def _wikiann_words(path: Path, lines: Iterable[str]) -> Iterator[_Word | None]:
    """Read one word a line, its language in front; None for a blank line."""
    for number, line in enumerate(lines, start=1):
        first, *others = line.split("\t")
        _, colon, word = first.partition(":")  # at the first colon: the word may be one itself
        if _blank(line):
            yield None
        elif not colon:
            message = f"{first[:80]!r} has no language in front"
            raise DataError(message, "A line is: xx:word, TAB, tag.", path=path, line=number)
        else:
            yield _Word(_word(word), others[-1].strip() if others else "", number)


def _sentences(words: Iterable[_Word | None]) -> Iterator[list[_Word]]:
    """Cut at blank lines, any number of them."""
    sentence: list[_Word] = []
    for word in words:
        if word is not None:
            sentence.append(word)
        elif sentence:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _check_tags(path: Path, sentences: Sequence[Sequence[_Word]], split: Split, tags: Sequence[str]) -> None:
    """Refuse unknown tags, and lines without a tag unless a whole file of test data has none."""
    known = frozenset(tags)
    needed = split != "test" or any(word.tag for sentence in sentences for word in sentence)
    for word in (word for sentence in sentences for word in sentence):
        if needed and not word.tag:
            message = f"{word.word[:80]!r} has no tag"
            hint = "A line is: word, TAB, tag; only a whole file of test data may lack its tags."
            raise DataError(message, hint, path=path, line=word.line)
        if word.tag and known and word.tag not in known:
            message = f"{word.tag[:80]!r} is not a tag of the task"
            raise DataError(message, f"Tags are {', '.join(tags)}.", path=path, line=word.line)


def _tagged(sentence: Sequence[_Word]) -> TaggedSentence:
    tags = tuple(word.tag for word in sentence)
    return TaggedSentence(tuple(word.word for word in sentence), tags if tags[0] else None)


def _blank(line: str) -> bool:
    return not line.strip(" \t\r")


def _word(cell: str) -> str:
    return cell.strip() or cell

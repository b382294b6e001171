"""A bilingual dictionary in memory: word or phrase -> its translations, both ways, with provenance.

Phrases are tuples of words in normal form, cut by the same segmenter as the text (`vecocli.text.segment`), so that
an entry is found in running text whatever its case, its Unicode form or the language's way of writing words.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from vecocli import registry
from vecocli.errors import DataError
from vecocli.text.files import read_lines
from vecocli.text.formats import DictionaryFormat, Entry
from vecocli.text.languages import canonical
from vecocli.text.segment import normal_form, words

FORMATS = "vecocli.text.formats"
HEAD_LINES = 200  # lines looked at to tell the format

Phrase = tuple[str, ...]
Translations = Mapping[Phrase, tuple[str, ...]]


@dataclass(frozen=True)
class Thesaurus:
    """A dictionary from one language to another; `reversed()` gives the other direction.

    Args:
        source_language: Canonical code of the phrases that are looked up.
        target_language: Canonical code of their translations.
        entries: Source phrase -> target phrase -> sorted names of the sources that list the pair.
        names: What the dictionary was read from, for messages.
    """

    source_language: str
    target_language: str
    entries: Mapping[Phrase, Translations]
    names: tuple[str, ...] = ()

    @classmethod
    def load(
        cls,
        paths: Sequence[Path],
        source_language: str,
        target_language: str,
        *,
        format: str = "auto",
        reverse: bool = False,
    ) -> "Thesaurus":
        """Read dictionaries and merge them.

        Args:
            paths: Files of any format of `vecocli.text.formats`, compressed or not.
            source_language: Language that is looked up, any code that `languages.canonical` takes.
            target_language: Language of the translations.
            format: A format's name, or `auto` to tell it from each file's first lines.
            reverse: The files list target words first.

        Raises:
            DataError: A malformed line, a format that cannot be told, or no usable entry in all files.
            UsageError: An unknown language or format.
        """
        merged: dict[Phrase, dict[Phrase, tuple[str, ...]]] = {}
        source, target = canonical(source_language), canonical(target_language)
        for path in paths:
            _merge(merged, _read(path, format, reverse), source, target, _stem(path))
        if not merged:
            listed = ", ".join(map(str, paths))
            raise DataError(f"no dictionary entry in {listed}", "Give a file with a word and its translation a line.")
        return cls(source, target, merged, tuple(path.name for path in paths))

    @classmethod
    def from_entries(
        cls, entries: Iterable[Entry], source_language: str, target_language: str, name: str
    ) -> "Thesaurus":
        """Build a thesaurus from entries in memory; `name` is the source of those that name none."""
        merged: dict[Phrase, dict[Phrase, tuple[str, ...]]] = {}
        source, target = canonical(source_language), canonical(target_language)
        _merge(merged, entries, source, target, name)
        return cls(source, target, merged, (name,))

    def __len__(self) -> int:
        return sum(map(len, self.entries.values()))

    @property
    def languages(self) -> tuple[str, str]:
        """Source and target language."""
        return self.source_language, self.target_language

    def translations(self, text: str) -> Translations:
        """Return the translations of a word or phrase given as text; empty when it is not listed."""
        return self.entries.get(phrase(text, self.source_language), {})

    def reversed(self) -> "Thesaurus":
        """Return the same pairs looked up from the other side."""
        turned: dict[Phrase, dict[Phrase, tuple[str, ...]]] = {}
        for source, translations in self.entries.items():
            for target, names in translations.items():
                turned.setdefault(target, {})[source] = names
        return replace(self, source_language=self.target_language, target_language=self.source_language, entries=turned)

    def digest(self) -> str:
        """Return a fingerprint of the languages and every entry, to tell whether two runs used the same dictionary."""
        state = hashlib.blake2b(f"{self.source_language}\n{self.target_language}\n".encode(), digest_size=16)
        for source, translations in self.entries.items():
            state.update(f"{source}{translations}\n".encode())
        return state.hexdigest()


def phrase(text: str, language: str) -> Phrase:
    """Cut a text into its words in normal form: the key by which dictionary and text meet."""
    return tuple(normal_form(text[start:end]) for start, end in words(text, language))


def _read(path: Path, format: str, reverse: bool) -> Iterable[Entry]:
    """Read one file's entries, turned round if it lists target words first."""
    lines = iter(read_lines(path))
    head = list(islice(lines, HEAD_LINES))
    reader: DictionaryFormat = registry.get(FORMATS, _tell(head, path) if format == "auto" else format)
    entries = reader.entries(chain(head, lines), path)
    return (Entry(target, source, names) for source, target, names in entries) if reverse else entries


def _tell(head: Sequence[str], path: Path) -> str:
    """Name the format that most of a file's first lines follow."""
    lines = [line for line in head if line.strip()]
    if not lines:
        raise DataError("an empty dictionary", "Give a file with a word and its translation a line.", path=path)
    modules: dict[str, DictionaryFormat] = {name: registry.get(FORMATS, name) for name in registry.names(FORMATS)}
    likeness = {name: module.likeness(lines) for name, module in modules.items()}
    best = max(likeness, key=lambda name: likeness[name])
    if likeness[best] <= 0.5:
        hint = f"Name the format with --dictionary-format; known: {', '.join(modules)}."
        raise DataError("this dictionary's format cannot be told from its first lines", hint, path=path, line=1)
    return best


def _merge(
    merged: dict[Phrase, dict[Phrase, tuple[str, ...]]],
    entries: Iterable[Entry],
    source_language: str,
    target_language: str,
    name: str,
) -> None:
    """Add entries to a thesaurus under way; entries without a word (such as `!`) are passed over."""
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}
    for entry in entries:
        source, target = phrase(entry.source, source_language), phrase(entry.target, target_language)
        if not source or not target:
            continue
        translations = merged.setdefault(source, {})
        names = tuple(sorted({*translations.get(target, ()), *(entry.names or (name,))}))
        translations[target] = shared.setdefault(names, names)


def _stem(path: Path) -> str:
    """Return a file's name without the endings that say only how it is written."""
    name = path.name
    while Path(name).suffix in (".gz", ".bz2", ".xz", ".zst", ".tsv", ".txt"):
        name = Path(name).stem
    return name

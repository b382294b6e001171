"""A bilingual dictionary in memory: word or phrase -> its translations, both ways, with provenance.

Phrases are tuples of words in normal form, cut by the same segmenter as the text (`vecocli.text.segment`), so that
an entry is found in running text whatever its case, its Unicode form or the language's way of writing words.
"""

import hashlib
import marshal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from vecocli.errors import DataError, UsageError
from vecocli.text.formats import Entry, Pair
from vecocli.text.garbage import uncollected
from vecocli.text.languages import canonical
from vecocli.text.phrases import Entries, Phrase, Translations, merge, phrase
from vecocli.text.pivot import AGREEMENT, compose
from vecocli.text.sources import FORMATS, Source, join, misfit, pairs_of

_PLAIN = 2  # of the versions of marshal the one whose bytes follow from the values alone

__all__ = ["FORMATS", "Phrase", "Thesaurus", "Translations", "phrase"]


@dataclass(frozen=True)
class Thesaurus:
    """A dictionary from one language to another; `reversed()` gives the other direction.

    Args:
        source_language: Canonical code of the phrases that are looked up.
        target_language: Canonical code of their translations.
        entries: Source phrase -> target phrase -> sorted names of the sources that list the pair.
        names: What the dictionary was read from, for messages.
        licences: Name of a source -> its licence as the source states it, where it does.
        written: Words are as written (`segment.written_form`), not in normal form.
    """

    source_language: str
    target_language: str
    entries: Mapping[Phrase, Translations]
    names: tuple[str, ...] = ()
    licences: Mapping[str, str] = field(default_factory=dict)
    written: bool = False

    @classmethod
    @uncollected()
    def load(
        cls,
        paths: Sequence[Path],
        source_language: str,
        target_language: str,
        *,
        format: str = "auto",
        reverse: bool = False,
        pivot: str | None = None,
        skip_others: bool = False,
        written: bool = False,
    ) -> "Thesaurus":
        """Read dictionaries and merge them.

        Args:
            paths: Files of any format of `vecocli.text.formats`, compressed or not; `PATH:de-en` says a file's
                languages; the name of a format that reads no file (`cldr`) stands for itself.
            source_language: Language that is looked up, any code that `languages.canonical` takes.
            target_language: Language of the translations.
            format: A format's name for all files, or `auto` to tell it from each file's first lines.
            reverse: Files that do not state their languages list target words first. Others are turned as needed.
            pivot: A language between: the files from the source language to it and from it to the target language
                are joined (`compose`), and added to those from source to target, which are then optional. The
                languages of a file are what it states, else what its name says (`de-en.tsv`).
            skip_others: Pass over files of other languages, which are refused by default.
            written: Keep words as written, so that only equal spelling is found.

        Raises:
            DataError: A malformed line, a format that cannot be told, other languages, or no usable entry at all.
            UsageError: An unknown language or format, or `reverse` together with `pivot`.
            MissingError: A format needs a package that is not installed.
        """
        pair = canonical(source_language), canonical(target_language)
        if reverse and pivot is not None:
            hint = "Write a file's languages behind its name: PATH:en-de."
            raise UsageError("--reverse-dictionary does not go with --pivot", hint)
        if pivot is None:
            found = _collect(paths, pair, format, written, reverse)
        else:
            found = _bridged(paths, pair, format, written, pivot)
        for path in paths:
            if path not in found.used and not skip_others:
                raise misfit(path, pair, format)
        if not found.entries:
            raise _empty(paths, pair)
        return cls(*pair, found.entries, tuple(path.name for path in paths), found.licences, written)

    @classmethod
    def from_entries(
        cls, entries: Iterable[Entry], source_language: str, target_language: str, name: str, written: bool = False
    ) -> "Thesaurus":
        """Build a thesaurus from entries in memory; `name` is the source of those that name none."""
        merged: Entries = {}
        pair = canonical(source_language), canonical(target_language)
        merge(merged, entries, *pair, name, written)
        return cls(*pair, merged, (name,), written=written)

    def __len__(self) -> int:
        return sum(map(len, self.entries.values()))

    @property
    def languages(self) -> tuple[str, str]:
        """Source and target language."""
        return self.source_language, self.target_language

    def translations(self, text: str) -> Translations:
        """Return the translations of a word or phrase given as text; empty when it is not listed."""
        return self.entries.get(phrase(text, self.source_language, self.written), {})

    def reversed(self) -> "Thesaurus":
        """Return the same pairs looked up from the other side."""
        turned: Entries = {}
        for source, translations in self.entries.items():
            for target, names in translations.items():
                turned.setdefault(target, {})[source] = names
        return replace(self, source_language=self.target_language, target_language=self.source_language, entries=turned)

    def through(self, other: "Thesaurus", minimum: float = AGREEMENT) -> "Thesaurus":
        """Return the dictionary that this one and one from its target language on make together.

        Args:
            other: Its source language is this one's target language.
            minimum: Least agreement of a pair; see `vecocli.text.pivot`.

        Raises:
            UsageError: The two do not share a language in this way.
        """
        if self.target_language != other.source_language:
            theirs, ours = "-".join(other.languages), "-".join(self.languages)
            raise UsageError(f"a dictionary {ours} does not lead on to one {theirs}", "Turn one with reversed().")
        composed = compose(self.entries, other.entries, f"pivot:{self.target_language}", minimum)
        names, licences = self.names + other.names, {**self.licences, **other.licences}
        return Thesaurus(self.source_language, other.target_language, composed, names, licences, self.written)

    def digest(self) -> str:
        """Return a fingerprint of the languages and every entry, to tell whether two runs used the same dictionary."""
        state = hashlib.blake2b(f"{self.source_language}\n{self.target_language}\n".encode(), digest_size=16)
        for source, translations in self.entries.items():
            state.update(marshal.dumps((source, dict(translations)), _PLAIN))
        return state.hexdigest()


@dataclass
class _Found:
    """What a list of dictionaries has for one pair of languages."""

    entries: Entries = field(default_factory=dict)
    licences: dict[str, str] = field(default_factory=dict)
    used: set[Path] = field(default_factory=set)


def _collect(
    paths: Sequence[Path], pair: Pair, format: str, written: bool, reverse: bool = False, by_name: bool = False
) -> _Found:
    """Read what dictionaries have for one pair of languages."""
    found = _Found()
    concepts: list[Source] = []
    for path in paths:
        source = Source(path, pair, format)
        if source.content.words:
            concepts.append(source)
        else:
            entries = pairs_of(source, pair, reverse, by_name)
            if entries is None:
                continue
            merge(found.entries, entries, *pair, source.name, written)
        found.used.add(path)
        if source.content.licence:
            found.licences[source.name] = source.content.licence
    merge(found.entries, join(concepts, pair), *pair, "", written)
    return found


def _bridged(paths: Sequence[Path], pair: Pair, format: str, written: bool, pivot: str) -> _Found:
    """Read what dictionaries have for a pair directly and through a language between."""
    source, target = pair
    between = canonical(pivot)
    if between in pair:
        raise UsageError(f"--pivot {pivot} is the source or the target language", "Name a third one.")
    found = _collect(paths, pair, format, written, by_name=True)
    first, second = (
        _collect(paths, leg, format, written, by_name=True) for leg in ((source, between), (between, target))
    )
    for half, leg in ((first, (source, between)), (second, (between, target))):
        if not half.entries:
            raise _empty(paths, leg)
        found.used |= half.used
        found.licences |= half.licences
    for words, translations in compose(first.entries, second.entries, f"pivot:{between}").items():
        known = found.entries.setdefault(words, {})
        for translation, names in translations.items():
            known[translation] = tuple(sorted({*known.get(translation, ()), *names}))
    return found


def _empty(paths: Sequence[Path], pair: Pair) -> DataError:
    listed = ", ".join(map(str, paths))
    hint = f"Give files with words of {pair[0]} and their translations into {pair[1]}."
    return DataError(f"no dictionary entry from {pair[0]} to {pair[1]} in {listed}", hint)

"""From what a command line says to one mixed corpus for each language pair."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from vecocli.errors import UsageError
from vecocli.text.corpus import ParallelCorpus, open_parallel
from vecocli.text.hub import HUB
from vecocli.text.languages import pair
from vecocli.text.mixed import MixedCorpus
from vecocli.text.telling import AUTO, MOSES, by_name
from vecocli.text.unpack import STDIN

LanguagePair = tuple[str, str]
SOURCE, TARGET = "{source}", "{target}"
BLIND = (AUTO, "fast-align", MOSES, "tsv")
"""Formats that do not say which text is in which language."""
MOST_DIGITS = 15
Number = TypeVar("Number", int, float)


def language_pairs(source: str | None, target: str | None, languages: Sequence[str]) -> tuple[LanguagePair, ...]:
    """Settle which language pairs a run is about.

    Args:
        source: Source language of the only pair; None where `languages` names them.
        target: Target language of the only pair.
        languages: Pairs such as `en-de`, see `languages.pair`.

    Returns:
        (source, target) as they are written.

    Raises:
        UsageError: Both ways used, or none, or a pair given twice.
    """
    if bool(languages) == bool(source or target):
        both = "both --languages and --source or --target" if languages else "no languages"
        raise UsageError(f"{both} given", "Name one pair by --source and --target, or any number by --languages.")
    if not languages:
        if not source or not target:
            missing = "--target" if source else "--source"
            raise UsageError(f"{missing} is missing", "A pair of languages has two.")
        return ((source, target),)
    pairs = tuple(pair(text) for text in languages)
    _refuse_twice(["-".join(each).lower().replace("_", "-") for each in pairs])
    return pairs


def per_pair(
    values: Sequence[str], pairs: Sequence[LanguagePair], kind: Callable[[str], Number], flag: str
) -> dict[LanguagePair, Number]:
    """Read a setting that may differ between language pairs: `50000` for all, `en-de=50000` for one.

    Args:
        values: As they are written; what names a pair beats what is for all.
        pairs: The language pairs of the run.
        kind: Makes the number of its text: `count` or `share`.
        flag: Name of the setting, for messages.

    Returns:
        The number of each pair that has one.

    Raises:
        UsageError: Not such a value, or a pair that the run does not have.
    """
    general: dict[LanguagePair, Number] = {}
    special: dict[LanguagePair, Number] = {}
    for value in values:
        name, named, text = value.rpartition("=")
        try:
            number = kind(text.strip())
        except ValueError as error:
            raise UsageError(f"{flag} {value}: {error}", f"Such as {flag} 50000, or {flag} en-de=50000.") from error
        matching = [each for each in pairs if not named or pair(name.strip()) == each]
        if not matching:
            listed = ", ".join("-".join(each) for each in pairs)
            raise UsageError(f"{flag} {value}: the run has no such language pair", f"It has: {listed}.")
        (special if named else general).update(dict.fromkeys(matching, number))
    return general | special


def count(text: str) -> int:
    """Read a number of pairs; ValueError if it is none."""
    if not text.isdecimal() or len(text) > MOST_DIGITS or int(text) < 1:
        raise ValueError(f"not a whole number above 0 of at most {MOST_DIGITS} digits")
    return int(text)


def share(text: str) -> float:
    """Read a share (up to 1) or a number of pairs; ValueError if it is neither."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e18 or (number > 1 and not number.is_integer()):
        raise ValueError("not a share between 0 and 1, nor a whole number of pairs")
    return number


def open_mixed(
    corpora: Sequence[Path | str],
    pairs: Sequence[LanguagePair],
    format: str = AUTO,
    columns: Sequence[int | str] | None = None,
    *,
    limits: Mapping[LanguagePair, int] | None = None,
    samples: Mapping[LanguagePair, float] | None = None,
    seed: int = 0,
) -> list[MixedCorpus]:
    """Open corpora for language pairs; their content is read when they are iterated.

    Each corpus is opened for each pair, with the pair's codes, as they are written, in place of `{source}` and
    `{target}`.

    Args:
        corpora: What `open_parallel` opens, each a path, `A,B` for two line-aligned files, or `-`. Two paths alone are
            line-aligned files, unless the ending of both says that each holds both sides or a format is given that
            does.
        pairs: What `language_pairs` returns.
        format: Of all corpora.
        columns: Of all corpora; they may have the placeholders too.
        limits: Pair -> read only its first pairs.
        samples: Pair -> share or number of its pairs to keep.
        seed: Of the samples.

    Returns:
        One corpus per pair, in that order.

    Raises:
        DataError: A file that cannot be opened, or whose format cannot be told.
        UsageError: Corpora, formats, columns and languages that do not go together.
    """
    groups = _groups(corpora, format)
    mixed = []
    for source, target in pairs:
        parts = []
        for group in groups:
            filled = [_fill(path, source, target) for path in group]
            named = None if columns is None else [_fill(str(column), source, target) for column in columns]
            part = open_parallel(filled, source, target, format, named)
            if len(pairs) > 1 and filled == group and named == (None if columns is None else list(map(str, columns))):
                _check_languages(part)
            parts.append(part)
        limit, sample = (limits or {}).get((source, target)), (samples or {}).get((source, target))
        mixed.append(MixedCorpus(tuple(parts), _names(parts), limit, sample, seed))
    if sum(str(path) == STDIN for each in mixed for part in each.parts for path in part.paths) > 1:
        raise UsageError("standard input can be read only once", "Write it to a file first.")
    return mixed


def _groups(corpora: Sequence[Path | str], format: str) -> list[list[str]]:
    """Part the arguments into corpora of one or two files."""
    texts = [str(corpus) for corpus in corpora]
    groups = [[text] if Path(text).exists() else text.split(",") for text in texts]
    if [len(group) for group in groups] == [1, 1] and format in (AUTO, MOSES) and not _complete(texts):
        return [texts]
    return groups


def _complete(texts: Sequence[str]) -> bool:
    """Tell whether of two corpora each holds both sides: by their endings, or one is a folder or of the Hub."""
    if any(Path(text).is_dir() or text.startswith(HUB) for text in texts):
        return True
    return all(by_name(Path(text)) is not None for text in texts)


def _fill(text: str, source: str, target: str) -> str:
    return text.replace(SOURCE, source).replace(TARGET, target)


def _check_languages(part: ParallelCorpus) -> None:
    """Refuse a corpus of several pairs that does not tell its languages."""
    if part.columns is not None or part.format in BLIND:
        message = f"{part.name} would be read the same for each language pair: nothing in it says its languages"
        raise UsageError(message, "Put {source} and {target} into its name, or into --columns.")


def _names(parts: Sequence[ParallelCorpus]) -> tuple[str, ...]:
    """Name corpora by their files; by their paths where files of several folders have one name."""
    names = [part.name for part in parts]
    if len(set(names)) < len(names):
        names = ["+".join(map(str, part.paths)) for part in parts]
        _refuse_twice(names)
    return tuple(names)


def _refuse_twice(items: Sequence[str]) -> None:
    twice = [item for item, times in Counter(items).items() if times > 1]
    if twice:
        raise UsageError(f"{twice[0]} is given twice", "Give each once.")

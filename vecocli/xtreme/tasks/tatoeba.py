"""Tatoeba: which of up to 1,000 sentences translates an English one? 36 languages, no training data.

Two layouts of the files are read:

    laser   `tatoeba.deu-eng.deu` and `.eng`: line n translates line n (LASER, data/tatoeba/v1)
    xtreme  `de-en.de` in that order and `de-en.en`, whose lines XTREME sorts by code point to hide the gold

The sorted lines do not tell which sentence they belong to: the original English file must lie beside them, and is
checked to hold the same lines. A `de-en.en` that is not sorted did not pass through XTREME's script: it is taken to be
aligned line by line.

Source: XTREME (arXiv 2003.11080) and its scripts; the languages are its 40 less en, ms, my, yo.
"""

from functools import partial
from pathlib import Path

from vecocli.errors import DataError, MissingError
from vecocli.text.files import read_lines
from vecocli.text.languages import XTREME_LANGUAGES, iso3
from vecocli.xtreme.data import AlignedTexts
from vecocli.xtreme.formats.hub import hub_texts
from vecocli.xtreme.hub import HubSource, either
from vecocli.xtreme.task import XtremeTask


def read(folder: Path, language: str) -> AlignedTexts:
    """Read one language, from the folder or its sub-folder `tatoeba`.

    Raises:
        DataError: Files that do not fit together.
        MissingError: The folder lacks the language, or what puts its sorted lines in order.
    """
    places = (folder, folder / "tatoeba")
    laser = f"tatoeba.{iso3(language)}-eng"
    for place in places:
        foreign, english = place / f"{laser}.{iso3(language)}", place / f"{laser}.eng"
        if foreign.is_file() and english.is_file():
            return _aligned(foreign, english, "laser")
    for place in places:
        foreign, shown = place / f"{language}-en.{language}", place / f"{language}-en.en"
        if foreign.is_file() and shown.is_file():
            return _xtreme(foreign, shown, place / f"{laser}.eng")
    hint = f"It needs {laser}.{iso3(language)} and {laser}.eng, or {language}-en.{language} and {language}-en.en."
    raise MissingError(f"{folder} has no pair of Tatoeba files for {language}", hint)


def _xtreme(foreign: Path, shown: Path, original: Path) -> AlignedTexts:
    lines = _lines(shown)
    if lines != sorted(lines):
        return _aligned(foreign, shown, "xtreme, not sorted")
    if not original.is_file():
        hint = f"Put LASER's {original.name} beside it: only the original order says which line translates which."
        raise MissingError(f"{shown}: its lines are sorted, as XTREME does to hide the gold", hint)
    if sorted(_lines(original)) != lines:
        hint = "Take both from one version of the data."
        raise DataError(f"its lines are not those of {shown.name}, sorted", hint, path=original)
    return _aligned(foreign, original, "xtreme, sorted")


def _aligned(foreign: Path, english: Path, layout: str) -> AlignedTexts:
    left, right = _lines(english), _lines(foreign)
    if len(left) != len(right):
        message = f"{len(right):,} lines, but {english.name} has {len(left):,}"
        raise DataError(message, "Line n of one file must translate line n of the other.", path=foreign)
    return AlignedTexts(tuple(left), tuple(right), layout)


def _lines(path: Path) -> list[str]:
    """Read lines without the spaces around them, which XTREME's script takes off before it sorts."""
    return [line.strip() for line in read_lines(path)]


TASK = XtremeTask(
    name="tatoeba",
    kind="retrieve",
    languages=tuple(language for language in XTREME_LANGUAGES if language not in ("en", "ms", "my", "yo")),
    metric="accuracy",
    read=either(
        read,
        partial(
            hub_texts,
            task="tatoeba",
            sources=(
                HubSource(
                    configuration="tatoeba.{iso3}",
                    splits={"test": "validation"},
                    columns=("source_sentence", "target_sentence", "source_lang", "target_lang"),
                ),
            ),
        ),
    ),
)

"""BUCC 2018: two heaps of sentences and, where it is not withheld, which of them translate one another.

    zh-en.dev.zh, zh-en.dev.en    id TAB sentence
    zh-en.dev.gold                foreign id TAB English id

XTREME's dev is the sample of the makers and its test is their training part, without the gold: `zh-en.sample.zh`,
`zh-en.training.zh`, in a folder `zh-en` or not, are read as well.

Source: the BUCC 2018 shared task (https://comparable.limsi.fr/bucc2018) and XTREME's download script.
"""

from collections.abc import Iterator
from pathlib import Path

from vecocli.errors import DataError, MissingError
from vecocli.text.files import read_lines
from vecocli.xtreme.data import MixedTexts, Split
from vecocli.xtreme.formats.layouts import Layout, find, present, within

FLAT, NESTED = "{language}-en.{split}.{language}", "{language}-en/{language}-en.{split}.{language}"
LAYOUTS = (
    Layout(name="xtreme", files=(FLAT,), splits={"dev": "dev", "test": "test"}),
    Layout(name="bucc", files=(NESTED, FLAT), splits={"dev": "sample", "test": "training"}),
)
SOURCE = "XTREME's scripts/download_data.sh fetches them, or see https://comparable.limsi.fr/bucc2018."


def read_mixed(folder: Path, language: str, split: Split) -> tuple[MixedTexts, tuple[str, ...]]:
    """Read the sentences of a language and English.

    Args:
        folder: XTREME's download folder or its `bucc2018`.
        language: Canonical code of the foreign language.
        split: `dev` or `test`; there is no training data.

    Returns:
        The sentences, and the names of the files that were read, within the data folder.

    Raises:
        DataError: A malformed line or an id that occurs twice or nowhere, with its line.
        MissingError: The files are not there.
    """
    _, (foreign_file,) = find(folder, language, split, task="bucc2018", layouts=LAYOUTS, source=SOURCE)
    stem = foreign_file.name[: foreign_file.name.rindex(f".{language}")]
    english_file = present(foreign_file.with_name(f"{stem}.en"))
    if english_file is None:
        raise MissingError(f"{foreign_file} lies there without {stem}.en", SOURCE)
    gold_file = present(foreign_file.with_name(f"{stem}.gold"))
    foreign, english = _sentences(foreign_file), _sentences(english_file)
    gold = None if gold_file is None else frozenset(_gold(gold_file, foreign, english))
    files = [file for file in (foreign_file, english_file, gold_file) if file is not None]
    return MixedTexts(foreign, english, gold), within(folder, files)


def _sentences(path: Path) -> dict[str, str]:
    sentences: dict[str, str] = {}
    for number, line in enumerate(read_lines(path), start=1):
        key, tab, sentence = line.partition("\t")
        if not tab:
            raise DataError(f"{line[:80]!r} has no TAB", "A line is: id, TAB, sentence.", path=path, line=number)
        if key in sentences:
            message = f"the id {key[:80]!r} occurs twice"
            raise DataError(message, "Each sentence needs its own id.", path=path, line=number)
        sentences[key] = sentence.strip()
    return sentences


def _gold(path: Path, foreign: dict[str, str], english: dict[str, str]) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(read_lines(path), start=1):
        ids = line.strip().split("\t")
        if len(ids) != 2:
            message = f"{len(ids)} instead of 2 ids"
            raise DataError(message, "A line is: foreign id, TAB, English id.", path=path, line=number)
        for key, sentences in zip(ids, (foreign, english), strict=True):
            if key not in sentences:
                message = f"there is no sentence {key[:80]!r}"
                hint = "A line is: foreign id, TAB, English id; is it the gold of these sentences?"
                raise DataError(message, hint, path=path, line=number)
        yield ids[0], ids[1]

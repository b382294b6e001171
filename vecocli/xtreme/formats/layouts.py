"""Layouts: under which names a task's files may lie in the user's folder, and finding them there.

The folder is XTREME's download folder, where each task has a sub-folder, or a task's own folder; both are tried. Any
file may be compressed, with the ending that says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from vecocli.errors import DataError, MissingError
from vecocli.text.languages import name as language_name
from vecocli.xtreme.data import Split

ENDINGS = ("", ".gz", ".bz2", ".xz", ".zst")


def _same_names() -> dict[Split, str]:
    return {"train": "train", "dev": "dev", "test": "test"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One way to name a task's files.

    Args:
        name: The layout's name, in a word or two.
        files: Names to try in turn, below the task's folder. `{language}` stands for a language's code, `{name}` for
            its English name in small letters, `{split}` for the split; a `*` stands for anything, and all files that
            fit belong together, sorted by their own names.
        splits: What the names call each split; splits that the layout lacks are left out.
        languages: Those that the layout has; empty for any.
    """

    name: str
    files: tuple[str, ...]
    splits: Mapping[Split, str] = field(default_factory=_same_names)
    languages: tuple[str, ...] = ()

    def names(self, language: str, split: Split) -> Iterator[str]:
        """Fill in the names of a language and split; none where the layout lacks one of them."""
        if split in self.splits and (not self.languages or language in self.languages):
            called, spoken = self.splits[split], language_name(language).lower()
            yield from (file.format(language=language, name=spoken, split=called) for file in self.files)


AnyLayout = TypeVar("AnyLayout", bound=Layout)


def find(
    folder: Path, language: str, split: Split, *, task: str, layouts: Sequence[AnyLayout], source: str
) -> tuple[AnyLayout, tuple[Path, ...]]:
    """Find a language's files of a split: those of the first layout that is there.

    Args:
        folder: XTREME's download folder or the task's own.
        language: Canonical code.
        split: Which part of the data.
        task: The task's name, which is that of its sub-folder.
        layouts: Tried in turn.
        source: Where to get the files, as a sentence.

    Raises:
        DataError: The folder cannot be searched, or holds two versions of a file that belong together by their names.
        MissingError: No layout's files are there; the hint names them all.
    """
    names = [(layout, name) for layout in layouts for name in layout.names(language, split)]
    for layout, name in names:
        for place in (folder / task, folder):
            if paths := _fitting(place, name):
                return layout, paths
    if not folder.is_dir():
        raise MissingError(f"{folder} is not a folder", f"Name the folder that holds the files of {task}. {source}")
    if not names:
        raise MissingError(f"{task} has no {split} data for {language}", source)
    looked = ", ".join(dict.fromkeys(name for _, name in names))
    raise MissingError(
        f"{folder} has no {split} data of {task} for {language}",
        f"These names were looked for, there and in its sub-folder {task}: {looked}. {source}",
    )


def languages_at_hand(
    folder: Path, languages: Sequence[str], split: Split, *, task: str, layouts: Sequence[Layout]
) -> tuple[str, ...]:
    """Return the languages whose files `find` would find; whether they hold good data is not looked at."""
    places = (folder / task, folder)
    return tuple(
        language
        for language in languages
        if any(
            _fitting(place, name) for layout in layouts for name in layout.names(language, split) for place in places
        )
    )


def present(path: Path) -> Path | None:
    """Return the file under its name, or under that name with the ending of a compression; None if neither is there.

    Raises:
        DataError: The place cannot be searched.
    """
    return next(iter(_fitting(path.parent, path.name)), None)


def within(folder: Path, paths: Sequence[Path]) -> tuple[str, ...]:
    """Name files as seen from the folder, with forward slashes."""
    return tuple((path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix() for path in paths)


def described(layout: Layout, counts: Mapping[str, int]) -> str:
    """Name a layout and what was odd in its files: `xtreme, 32 rows with NS`."""
    return ", ".join([layout.name, *(f"{count:,} {what}" for what, count in counts.items() if count)])


def _fitting(place: Path, name: str) -> tuple[Path, ...]:
    """Return the files of that name, sorted; a name without a star fits one at most."""
    try:
        for ending in ENDINGS:
            files = place.glob(name + ending) if "*" in name else [place / (name + ending)]
            paths = sorted((path for path in files if path.is_file()), key=lambda path: path.name)
            if paths:
                _refuse_versions(paths)
                return tuple(paths)
    except OSError as error:
        message = f"cannot be searched for {name}: {error.strerror}"
        raise DataError(message, "Check the folder's name and permissions.", path=place) from error
    return ()


def _refuse_versions(paths: Sequence[Path]) -> None:
    """Refuse files of one name in two folders: two versions of one data set would be read one after the other."""
    for path, following in pairwise(paths):
        if path.name == following.name:
            raise DataError(f"it lies in {following.parent} too", "Keep one version of the data there.", path=path)

"""A folder as a corpus: its files of one format, one after the other, or a data set in a layout of its own."""

from collections.abc import Collection, Sequence
from pathlib import Path

from vecocli.errors import DataError, UsageError
from vecocli.text.hub import HUB, NOTATION
from vecocli.text.telling import AUTO, DATASET, ENDINGS, FORMATS, by_name

LAYOUTS = ("dataset_dict.json", "state.json")
"""Files by which `save_to_disk` of Hugging Face's datasets is known."""


def expand(files: Sequence[Path], format: str) -> tuple[tuple[Path, ...], str]:
    """Replace a folder by its files of one format, in the order of their names, where it has some.

    Where names begin with `train`, only those files count. What the Hub or `datasets` knows is left to `dataset`.

    Args:
        files: What is to be opened; anything but one folder or one `hub:` name is left alone.
        format: A name of `FORMATS`; of a folder's files, only those count.

    Returns:
        Files and format.

    Raises:
        DataError: A folder without such files.
        UsageError: A folder with files of several formats, or a format that does not go with what is opened.
    """
    path = files[0] if len(files) == 1 else Path()
    if str(path).startswith(HUB):
        if format not in (AUTO, DATASET):
            raise UsageError(f"{path} has no format {format}", f"Leave the format {AUTO}.")
        return (path,), DATASET
    if len(files) != 1 or not path.is_dir() or format not in FORMATS:
        if format == DATASET:
            raise UsageError(f"format {DATASET} needs one folder or one name of the Hub", NOTATION)
        return tuple(files), format
    if format == DATASET:
        return (path,), format
    if format == AUTO and any((path / name).is_file() for name in LAYOUTS):
        return (path,), DATASET
    found = _shards(path, ENDINGS.values() if format == AUTO else (format,))
    formats = sorted({str(by_name(file)) for file in found})
    if len(formats) > 1:
        raise UsageError(f"{path} has files of several formats: {', '.join(formats)}", "Name the format, or a file.")
    if found:
        return found, formats[0]
    if format == AUTO and any(inner.is_dir() and inner.name[0] != "." for inner in path.iterdir()):
        return (path,), DATASET
    kinds = ", ".join(sorted(ENDINGS)) if format == AUTO else format
    raise DataError(f"is a folder without files of its own of {kinds}", "Name a file, or another folder.", path=path)


def _shards(folder: Path, formats: Collection[str]) -> tuple[Path, ...]:
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.name[0] != "."]
    files = [path for path in files if by_name(path) in formats]
    return tuple([path for path in files if path.name.startswith("train")] or files)

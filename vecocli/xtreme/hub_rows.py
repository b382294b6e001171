"""The rows of a split of XTREME on the Hub, or in a folder laid out as there.

What `datasets` has in its cache at the wanted commit is read without asking anybody. Else the Hub is asked once: where
it cannot be reached, forty languages do not each wait for it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from vecocli.errors import DataError, MissingError, UsageError, VecoError
from vecocli.text.hub import SECONDS
from vecocli.xtreme.data import Split
from vecocli.xtreme.formats.json_data import Node
from vecocli.xtreme.hub import HUB, XTREME, HubSource, Repository

NOTATION = "Write hub, hub@REVISION, or hub:FOLDER for a folder laid out as on the Hub."
DAMAGED = "Fetch it again with `hf download`; it must be whole, and no pointer of git-lfs."


@dataclass(frozen=True, slots=True)
class Opened:
    """The rows of a language's split.

    Args:
        rows: The asked columns of each, with its place; numbers that stand for labels are replaced by the names that
            the file gives them, and by null where a label is withheld.
        columns: Names of the columns.
        files: What was read.
        layout: `hub`, or the data set and its commit.
    """

    rows: Sequence[Node]
    columns: tuple[str, ...]
    files: tuple[str, ...]
    layout: str


def open_split(data: str, language: str, split: Split, *, task: str, sources: Sequence[HubSource]) -> Opened:
    """Open a language's split.

    Args:
        data: `hub`, `hub@REVISION` (of google/xtreme) or `hub:FOLDER`.
        language: Canonical code.
        split: Which part of the data.
        task: The task's name, for messages.
        sources: The first that has them is read.

    Raises:
        DataError: A damaged file, or one without these columns or any rows.
        MissingError: It has no such data, or the Hub cannot be reached and nothing is in the cache.
        UsageError: Not such a text.
    """
    kind, text = data[len(HUB) :][:1], data[len(HUB) + 1 :]
    if kind and not text:
        raise UsageError(f"{data!r} is no place of data", NOTATION)
    source = next((one for one in sources if one.has(language, split)), None)
    if source is None:
        raise MissingError(f"{XTREME.name} has no {split} data of {task} for {language}", "See docs/tasks.md.")
    if kind == ":":
        opened = _of_folder(Path(text).expanduser(), source, language, split, task)
    else:
        opened = _of_hub(text if source.repository is XTREME else "", source, language, split)
    if not opened.rows:
        raise DataError("no rows in it", DAMAGED, path=opened.files[0])
    return opened


def _of_folder(root: Path, source: HubSource, language: str, split: Split, task: str) -> Opened:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from datasets import Features

    place = Path(source.repository.folder, source.folder or source.named(language), f"{source.splits[split]}-*.parquet")
    files = _files(root, place)
    if not files:
        hint = f"There is no {place.as_posix()}. {source.repository.fetch}"
        raise MissingError(f"{root} has no {split} data of {task} for {language}", hint)
    rows: list[Node] = []
    for file in files:
        try:
            with pq.ParquetFile(file) as opened:
                _check_columns(opened.schema_arrow.names, source, file)
                features = Features.from_arrow_schema(opened.schema_arrow)
                rows += _rows(opened.read(list(source.columns)), features, file)
        except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise DataError(f"not a sound Parquet file: {_said(error)}", DAMAGED, path=file) from error
    return Opened(rows, source.columns, tuple(file.relative_to(root).as_posix() for file in files), HUB)


def _files(root: Path, place: Path) -> list[Path]:
    """Find the files of a split, of which none may be missing."""
    try:
        if not root.is_dir():
            raise MissingError(f"{root} is not a folder", NOTATION)
        files = sorted((root / place.parent).glob(place.name))
    except OSError as error:
        message = f"cannot be searched for {place.as_posix()}: {error.strerror}"
        raise DataError(message, "Check the folder's name and permissions.", path=root) from error
    shards = re.search(r"-of-0*(\d+)\.parquet$", files[0].name) if files else None
    if shards and len(files) != int(shards[1]):
        raise DataError(f"there are {len(files)} files of {shards[1]}", DAMAGED, path=files[0])
    return files


def _of_hub(revision: str, source: HubSource, language: str, split: Split) -> Opened:
    repository = _pinned(source.repository, revision or source.repository.revision)
    configuration, called = source.named(language), source.splits[split]
    place = Path(repository.name, configuration, called)
    try:
        found = _dataset(repository, configuration, called)
        _check_columns(found.column_names, source, place)
        table = found.select_columns(list(source.columns)).with_format("arrow")[:]
        rows = _rows(table, found.features, place)
    except VecoError:
        raise
    except Exception as error:  # of the network, the Hub or what lies in the cache
        raise MissingError(f"{place.as_posix()} cannot be read: {_said(error)}", repository.fetch) from error
    return Opened(rows, source.columns, (place.as_posix(),), f"{HUB}, {repository.name} at {repository.revision[:8]}")


def _dataset(repository: Repository, configuration: str, split: str) -> Any:
    """Take a split from the cache, or else fetch its configuration."""
    import datasets
    from datasets.packaged_modules.cache.cache import Cache

    datasets.disable_progress_bars()
    owner, _, name = repository.name.partition("/")
    about = {"repo_id": repository.name, "dataset_name": name, "config_name": configuration}
    cached = Path(datasets.config.HF_DATASETS_CACHE, f"{owner}___{name}", configuration)
    for known in cached.glob(f"*/{repository.revision}"):
        return Cache(**about, version=known.parent.name, hash=repository.revision).as_dataset(split=split)
    if why := _asked(repository.name, repository.revision)[1]:
        raise MissingError(f"cannot fetch {repository.name} from the Hub: {why}", repository.fetch)
    return datasets.load_dataset(
        repository.name, configuration, split=split, revision=repository.revision, streaming=False
    )


def _pinned(repository: Repository, revision: str) -> Repository:
    """Return the data set at the commit that a revision means; what is a commit is known without asking the Hub."""
    if re.fullmatch("[0-9a-f]{40}", revision):
        return replace(repository, revision=revision)
    commit, why = _asked(repository.name, revision)
    if why:
        message = f"cannot find out which commit of {repository.name} {revision!r} is: {why}"
        raise MissingError(message, "Check its name and the network, or give all 40 digits of a commit.")
    return replace(repository, revision=commit)


@cache
def _asked(name: str, revision: str) -> tuple[str, str]:
    """Ask the Hub, once in a process, for a commit; returns it, or why it cannot be had."""
    from huggingface_hub import HfApi

    try:
        return str(HfApi().dataset_info(name, revision=revision, timeout=SECONDS).sha), ""
    except Exception as error:  # of the network, the Hub or the name
        return "", _said(error)


def _check_columns(names: Sequence[str], source: HubSource, place: Path) -> None:
    if absent := [name for name in source.columns if name not in names]:
        raise DataError(f"it has no column {', '.join(absent)}", f"It has: {', '.join(names)}.", path=place)


def _rows(table: Any, features: Any, place: Path) -> list[Node]:
    """Take a table apart, and put names where it has numbers of labels."""
    rows = [Node(row, place, number) for number, row in enumerate(table.to_pylist(), start=1)]
    for column in table.column_names:
        names: Any = getattr(getattr(features[column], "feature", features[column]), "names", None)
        for row in rows if names else ():
            value = row.value[column]
            many = isinstance(value, list)
            row.value[column] = [_name(label, names, row) for label in value] if many else _name(value, names, row)
    return rows


def _name(label: int | None, names: Sequence[str], row: Node) -> str | None:
    """Return the name of a label; -1 is how `datasets` writes one that is withheld."""
    if label is None or label == -1:
        return None
    if not 0 <= label < len(names):
        raise DataError(f"{label} is the number of no label", f"There are {len(names)}.", path=row.path, line=row.line)
    return names[label]


def _said(error: Exception) -> str:
    """Take the first line of a foreign error."""
    return str(error).strip().split("\n")[0].rstrip(".") or type(error).__name__

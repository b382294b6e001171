"""Data sets of the Hugging Face Hub, streamed, and folders that hold one: `hub:ID[@REVISION][:CONFIG[:SPLIT]]`."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from vecocli.errors import DataError, MissingError, UsageError, VecoError
from vecocli.text.arrow import find_columns, pairs
from vecocli.text.languages import covers, pair
from vecocli.text.readers import Columns, Row

HUB = "hub:"
TRAIN = "train"
BATCH_ROWS = 1024
SECONDS = 15  # to wait for the Hub's first answer
NOTATION = "Write hub:ID, hub:ID:CONFIG or hub:ID@REVISION:CONFIG:SPLIT."
NETWORK = "Check name and network; or fetch it elsewhere with `hf download --repo-type dataset` and give the folder."


def dataset(path: Path, languages: tuple[str, str], columns: Columns) -> Iterator[Row]:
    """Read a data set row by row; null counts as an empty text.

    Args:
        path: `hub:` with the name of a data set or with a folder of its files; or a folder, also one that
            `save_to_disk` wrote.
        languages: Codes of source and target; where no configuration is named and there are several, the one whose
            name is made of both counts.
        columns: Per side, names or indices of columns, or names of fields of the `translation` column.

    Yields:
        Row number from 1, source, target.

    Raises:
        DataError: A folder without a data set, no rows, or no such columns of text.
        MissingError: The Hub cannot be reached or lacks it.
        UsageError: No such configuration or split, or several to choose from.
    """
    done = 0
    try:
        batches = _batches(path, languages)
        first = next(batches, None)
        if first is None or not first.num_rows:
            raise DataError("no rows in it", "Is it the right data set?", path=path)
        for row in pairs(chain([first], batches), find_columns(first.schema, columns, path), path):
            done = row[0]
            yield row
    except (VecoError, GeneratorExit):
        raise
    except Exception as error:  # of the network, the Hub, or what reads the files
        place = f"row {done + 1} or later cannot be read" if done else "cannot be opened"
        raise _failed(path, f"{place}: {_said(error)}") from error


def _batches(path: Path, languages: tuple[str, str]) -> Iterator[Any]:
    """Open a data set as Arrow tables."""
    import datasets
    import pyarrow as pa

    datasets.disable_progress_bars()
    saved = _saved(path)
    if saved is not None:
        yield from datasets.load_from_disk(str(saved)).with_format("arrow").iter(BATCH_ROWS)
        return
    opened = _streamed(*_parse(str(path).removeprefix(HUB)), languages)
    for batch in opened.iter(BATCH_ROWS):  # not as Arrow: tables of which one has no text at all would not fit together
        yield pa.Table.from_pydict(batch)


def _saved(path: Path) -> Path | None:
    """Find the split to read in what `save_to_disk` wrote; None in other folders."""
    if (path / "dataset_dict.json").is_file():
        splits = sorted(inner.parent.name for inner in path.glob("*/state.json"))
        return path / _only(splits, TRAIN, "split", f"Give the folder of one, such as {path}/{(splits or [TRAIN])[0]}.")
    return path if (path / "state.json").is_file() else None


def _streamed(name: str, config: str, split: str, languages: tuple[str, str]) -> Any:
    """Open a data set that is fetched, or read from local files, while it is iterated."""
    import datasets

    name, revision = (name, None) if Path(name).is_dir() else _on_hub(name)
    configs = datasets.get_dataset_config_names(name, revision=revision)
    if config and config not in configs:
        raise UsageError(f"{name} has no configuration {config!r}", _listed(configs))
    chosen = config or _of_languages(configs, languages, name)
    splits = datasets.load_dataset(name, chosen, revision=revision, streaming=True)
    if split and split not in splits:
        raise UsageError(f"{name} has no split {split!r}", _listed(list(splits)))
    return splits[
        split or _only(list(splits), TRAIN, "split", f"Write hub:{name}:{chosen}:SPLIT. {_listed(list(splits))}")
    ]


def _on_hub(name: str) -> tuple[str, str]:
    """Ask the Hub once, since `datasets` would ask again and again; returns the name and the commit to read."""
    from huggingface_hub import HfApi

    name, _, revision = name.partition("@")
    try:
        return name, str(HfApi().dataset_info(name, revision=revision or None, timeout=SECONDS).sha)
    except Exception as error:  # of the network, the Hub or the name
        raise MissingError(f"cannot open data set {name!r} of the Hub: {_said(error)}", NETWORK) from None


def _parse(text: str) -> tuple[str, str, str]:
    """Part name, configuration and split; what is missing is empty."""
    name, *rest = [text] if Path(text).is_dir() else text.split(":")
    if not name or len(rest) > 2:
        raise UsageError(f"{HUB}{text} is no data set", NOTATION)
    config, split = [*rest, "", ""][:2]
    return name, config, split


def _of_languages(configs: Sequence[str], languages: tuple[str, str], name: str) -> str:
    """Choose the configuration that is named for the languages, in their order or the other, or the only one."""
    fitting = [config for config in configs if _fits(config, languages)] or [
        config for config in configs if _fits(config, languages[::-1])
    ]
    hint = f"Write hub:{name}:CONFIG. {_listed(configs)}"
    return fitting[0] if fitting else _only(configs, "default", f"configuration named {'-'.join(languages)}", hint)


def _fits(config: str, languages: tuple[str, str]) -> bool:
    try:
        parts = pair(config)
    except UsageError:
        return False
    return all(map(covers, languages, parts))


def _only(names: Sequence[str], default: str, what: str, hint: str) -> str:
    """Take the default if it is there, or the only one."""
    if default in names or len(names) == 1:
        return default if default in names else names[0]
    raise UsageError(f"no {what} among {len(names)}: one must be chosen", hint)


def _listed(names: Sequence[str]) -> str:
    return f"It has: {', '.join(names[:20])}{', …' * (len(names) > 20)}."


def _failed(path: Path, message: str) -> VecoError:
    """Make an error of a folder or of the Hub."""
    if Path(_parse(str(path).removeprefix(HUB))[0]).is_dir():
        return DataError(message, "Check its files.", path=path)
    return MissingError(f"{path}: {message}", NETWORK)


def _said(error: Exception) -> str:
    """Take the first line of a foreign error."""
    return str(error).strip().split("\n")[0] or type(error).__name__

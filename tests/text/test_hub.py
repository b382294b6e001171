import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import datasets
import huggingface_hub
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vecocli.errors import DataError, MissingError, UsageError
from vecocli.text.corpus import open_parallel
from vecocli.text.hub import dataset
from vecocli.text.readers import Columns

EN_DE = ("en", "de")
COLUMNS: Columns = (("en",), ("de",))
ROWS = [{"translation": {"en": f"a{n}", "de": f"b{n}" if n != 1 else None}} for n in range(3)]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the Hub shows it: two configurations, two splits, two files."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(datasets.config, "HF_MODULES_CACHE", tmp_path / "modules")
    folder, card = tmp_path / "repository", "---\nconfigs:\n"
    for source, target in (("de", "en"), ("en", "fr")):
        config = f"{source}-{target}"
        (folder / config).mkdir(parents=True)
        card += f"- config_name: {config}\n  data_files:\n"
        for split in ("train", "test"):
            card += f"  - split: {split}\n    path: {config}/{split}-*\n"
            for shard in range(2):
                pairs = [{source: f"{source} {split}{shard}", target: f"{target} {split}{shard}"}]
                pq.write_table(pa.table({"translation": pairs}), folder / config / f"{split}-{shard}.parquet")
    (folder / "README.md").write_text(card + "---\n")
    return folder


@pytest.mark.parametrize("notation", ["hub:{}", "{}", "hub:{}:de-en", "hub:{}::train"])
def test_a_folder_as_the_hub_has_it(repository: Path, notation: str) -> None:
    corpus = open_parallel([notation.format(repository)], "eng", "de")
    assert list(corpus) == [(1, "en train0", "de train0", ""), (2, "en train1", "de train1", "")]
    assert corpus.format == "dataset"


def test_configuration_and_split(repository: Path) -> None:
    rows = list(dataset(Path(f"hub:{repository}:en-fr:test"), ("fr", "en"), (("fr",), ("en",))))
    assert rows == [(1, "fr test0", "en test0"), (2, "fr test1", "en test1")]


@pytest.mark.parametrize(
    ("tail", "languages", "message", "hint"),
    [
        (":xx", EN_DE, "has no configuration 'xx'", "It has: de-en, en-fr."),
        (":de-en:dev", EN_DE, "has no split 'dev'", "It has: train, test."),
        ("", ("en", "ja"), "no configuration named en-ja among 2", "It has: de-en, en-fr."),
        (":a:b:c", EN_DE, "is no data set", "Write hub:ID"),
    ],
)
def test_what_is_not_there(repository: Path, tail: str, languages: tuple[str, str], message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        list(dataset(Path(f"hub:{repository}{tail}"), languages, COLUMNS))
    assert hint in caught.value.hint


def test_a_damaged_file_of_a_folder(repository: Path) -> None:
    damaged = repository / "de-en" / "train-1.parquet"
    damaged.write_bytes(b"PAR1 and nothing more")
    with pytest.raises(DataError, match=r"repository: (row 2 or later cannot be read|cannot be opened): "):
        list(dataset(Path(f"hub:{repository}"), EN_DE, COLUMNS))


def test_what_save_to_disk_wrote(tmp_path: Path) -> None:
    saved = datasets.Dataset.from_list(ROWS)
    saved.select([2, 0, 1]).save_to_disk(tmp_path / "one")
    datasets.DatasetDict({"train": saved, "test": saved.select([0])}).save_to_disk(tmp_path / "several")
    datasets.DatasetDict({"test": saved}).save_to_disk(tmp_path / "single")
    datasets.DatasetDict({"a": saved, "b": saved}).save_to_disk(tmp_path / "unclear")
    corpus = open_parallel([tmp_path / "one"], "en", "de")
    assert list(corpus) == [(1, "a2", "b2", ""), (2, "a0", "b0", ""), (3, "a1", "", "")]
    assert (corpus.name, corpus.repeatable) == ("one", True)
    assert len(list(open_parallel([tmp_path / "several"], "en", "de"))) == 3
    assert len(list(open_parallel([tmp_path / "several" / "test"], "en", "de"))) == 1
    assert len(list(open_parallel([tmp_path / "single"], "en", "de"))) == 3
    with pytest.raises(UsageError, match="no split among 2") as caught:
        list(open_parallel([tmp_path / "unclear"], "en", "de"))
    assert f"{tmp_path}/unclear/a" in caught.value.hint
    with pytest.raises(DataError, match="no column is called fr"):
        list(open_parallel([tmp_path / "one"], "en", "fr"))
    (tmp_path / "one" / "data-00000-of-00001.arrow").write_bytes(b"no")
    with pytest.raises(DataError, match="one: cannot be opened"):
        list(corpus)


class Hub:
    """A stand-in that answers as the Hub would, and notes what it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, configs: list[str], rows: Any, splits: tuple[str, ...]) -> None:
        self.asked: list[Any] = []
        self.features: datasets.Features | None = None
        self._configs, self._rows, self._splits = configs, rows, splits
        monkeypatch.setattr(huggingface_hub.HfApi, "dataset_info", self._info)
        monkeypatch.setattr(datasets, "get_dataset_config_names", self._names)
        monkeypatch.setattr(datasets, "load_dataset", self._load)

    def _info(self, name: str, *, revision: str | None, timeout: float) -> SimpleNamespace:
        self.asked.append((name, revision))
        return SimpleNamespace(sha=f"commit of {revision}")

    def _names(self, name: str, *, revision: str) -> list[str]:
        return self._configs

    def _load(self, name: str, config: str, *, revision: str, streaming: bool) -> datasets.IterableDatasetDict:
        self.asked.append((name, config, revision, streaming))
        made = datasets.IterableDataset.from_generator(self._rows, features=self.features)
        return datasets.IterableDatasetDict(dict.fromkeys(self._splits, made))


def rows() -> Iterator[dict[str, Any]]:
    yield from ROWS


@pytest.mark.parametrize(
    ("configs", "languages", "chosen"),
    [
        (["default"], EN_DE, "default"),
        (["only"], EN_DE, "only"),
        (["de-en", "en-de", "en-fr"], EN_DE, "en-de"),
        (["de-en", "en-fr"], EN_DE, "de-en"),
        (["ace_Latn-eng_Latn", "deu_Latn-eng_Latn"], EN_DE, "deu_Latn-eng_Latn"),
        (["all", "default"], EN_DE, "default"),
    ],
)
def test_the_configuration_of_the_languages(
    monkeypatch: pytest.MonkeyPatch, configs: list[str], languages: tuple[str, str], chosen: str
) -> None:
    hub = Hub(monkeypatch, configs, rows, ("test", "train"))
    corpus = open_parallel(["hub:some/corpus@v2"], *languages)
    assert (corpus.name, corpus.repeatable) == ("hub:some/corpus@v2", False)
    assert list(corpus) == [(1, "a0", "b0", ""), (2, "a1", "", ""), (3, "a2", "b2", "")]
    assert hub.asked == [("some/corpus", "v2"), ("some/corpus", chosen, "commit of v2", True)]


def test_features_that_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub(monkeypatch, ["default"], rows, ("train",))
    hub.features = datasets.Features({"translation": datasets.Translation(["en", "de"])})
    assert list(open_parallel(["hub:x/y"], "en", "de")) == [(1, "a0", "b0", ""), (2, "a1", "", ""), (3, "a2", "b2", "")]


def test_columns_and_the_only_split(monkeypatch: pytest.MonkeyPatch) -> None:
    Hub(monkeypatch, ["default"], lambda: iter([{"source_sentence": "a", "target_sentence": "b"}]), ("test",))
    columns = ["source_sentence", "target_sentence"]
    assert list(open_parallel(["hub:x"], "en", "de", columns=columns)) == [(1, "a", "b", "")]
    with pytest.raises(DataError, match="no column is called en"):
        list(open_parallel(["hub:x"], "en", "de"))


def test_a_stream_that_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Iterator[dict[str, Any]]:
        for _ in range(1024):
            yield ROWS[0]
        raise ConnectionError("gone\nand more")

    Hub(monkeypatch, ["default"], broken, ("train",))
    corpus = iter(open_parallel(["hub:x/y"], "en", "de"))
    assert sum(1 for _ in zip(range(1024), corpus, strict=False)) == 1024
    with pytest.raises(MissingError, match=r"^hub:x/y: row 1025 or later cannot be read: gone$"):
        next(corpus)


def test_no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    Hub(monkeypatch, ["default"], lambda: iter(()), ("train",))
    with pytest.raises(DataError, match="no rows in it"):
        list(open_parallel(["hub:x/y"], "en", "de"))


def test_no_way_to_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*args: Any, **options: Any) -> None:
        raise OSError("no network\nat all")

    monkeypatch.setattr(huggingface_hub.HfApi, "dataset_info", unreachable)
    with pytest.raises(MissingError, match=r"cannot open data set 'a/b' of the Hub: no network$") as caught:
        list(open_parallel(["hub:a/b@main:en-de:train"], "en", "de"))
    assert "give the folder" in caught.value.hint


def test_a_hub_that_is_switched_off_fails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(MissingError, match="offline mode is enabled"):
        list(open_parallel(["hub:a/b"], "en", "de"))


def test_datasets_is_loaded_by_nothing_else() -> None:
    code = "import sys, vecocli.text.plan; sys.exit('datasets' in sys.modules or 'pyarrow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

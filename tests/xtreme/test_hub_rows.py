from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import datasets
import huggingface_hub
import pyarrow.parquet as pq
import pytest
from datasets.packaged_modules.parquet.parquet import Parquet

from vecocli.errors import DataError, MissingError, UsageError
from vecocli.xtreme.hub import MULTI_NLI, XTREME, HubSource
from vecocli.xtreme.hub_rows import Opened, open_split

SOURCE = HubSource(
    configuration="PAWS-X.{language}", splits={"test": "test"}, columns=("sentence1", "label"), languages=("de", "fr")
)
ROWS = [{"sentence1": "a", "sentence2": "b", "label": "1"}]
Hub = Callable[..., str]


def opened(data: str, language: str = "de", source: HubSource = SOURCE) -> Opened:
    return open_split(data, language, "test", task="pawsx", sources=(source,))


def texts(found: Opened) -> list[str]:
    return [row.field("sentence1").text() for row in found.rows]


def test_a_folder_is_read_with_its_place(hub: Hub, tmp_path: Path) -> None:
    found = opened(hub("PAWS-X.de", "test", [*ROWS, {"sentence1": "c"}]))
    assert [row.value for row in found.rows] == [{"sentence1": "a", "label": "1"}, {"sentence1": "c", "label": None}]
    file = tmp_path / "hub" / "PAWS-X.de" / "test-00000-of-00001.parquet"
    assert [(row.path, row.line) for row in found.rows] == [(file, 1), (file, 2)]
    assert (found.files, found.layout) == (("PAWS-X.de/test-00000-of-00001.parquet",), "hub")


def test_several_files_are_read_in_their_order_and_none_may_be_missing(hub: Hub, tmp_path: Path) -> None:
    folder = tmp_path / "hub" / "PAWS-X.de"
    for shard, text in enumerate("abc"):
        data = hub("PAWS-X.de", "test", [{"sentence1": text}])
        (folder / "test-00000-of-00001.parquet").rename(folder / f"test-{shard:05}-of-00003.parquet")
    assert texts(opened(data)) == ["a", "b", "c"]
    (folder / "test-00001-of-00003.parquet").unlink()
    with pytest.raises(DataError, match="there are 2 files of 3"):
        opened(data)


def test_what_a_folder_lacks_is_named_with_how_to_fetch_it(hub: Hub, tmp_path: Path) -> None:
    data = hub("PAWS-X.de", "test", ROWS)
    with pytest.raises(MissingError, match=f"{tmp_path / 'hub'} has no test data of pawsx for fr") as caught:
        opened(data, "fr")
    assert (
        "There is no PAWS-X.fr/test-*.parquet. Fetch it where there is a network, with `hf download google/xtreme "
        in (caught.value.hint)
    )
    with pytest.raises(MissingError, match="google/xtreme has no test data of pawsx for ja"):
        opened(data, "ja")
    with pytest.raises(MissingError, match="nowhere is not a folder"):
        opened(f"hub:{tmp_path}/nowhere")
    with pytest.raises(DataError, match=r"xxx: cannot be searched for PAWS-X.de/test-\*.parquet: File name too long"):
        opened(f"hub:{'x' * 300}")
    nli = HubSource(configuration="default", splits={"test": "t"}, columns=(), repository=MULTI_NLI, folder="data")
    with pytest.raises(MissingError) as caught:
        opened(data, source=nli)
    assert f"--revision {MULTI_NLI.revision} --local-dir DIR/multi_nli`" in caught.value.hint


def test_missing_columns_are_named(hub: Hub, tmp_path: Path) -> None:
    data = hub("PAWS-X.de", "test", ROWS)
    file = tmp_path / "hub" / "PAWS-X.de" / "test-00000-of-00001.parquet"
    pq.write_table(pq.read_table(file).drop_columns(["label"]), file)
    with pytest.raises(DataError, match="parquet: it has no column label") as caught:
        opened(data)
    assert caught.value.hint == "It has: sentence1, sentence2."


@pytest.mark.parametrize("content", [b"", b"PAR1 and nothing more", b"version https://git-lfs.github.com/spec/v1\n"])
def test_a_damaged_file_is_named(hub: Hub, tmp_path: Path, content: bytes) -> None:
    data = hub("PAWS-X.de", "test", ROWS)
    (tmp_path / "hub" / "PAWS-X.de" / "test-00000-of-00001.parquet").write_bytes(content)
    with pytest.raises(DataError, match="parquet: not a sound Parquet file: "):
        opened(data)


def test_a_file_whose_features_are_no_features_is_refused(hub: Hub, tmp_path: Path) -> None:
    data = hub("PAWS-X.de", "test", ROWS)
    file = tmp_path / "hub" / "PAWS-X.de" / "test-00000-of-00001.parquet"
    for metadata in ("{", '{"info": 3}', '{"info": {"features": {"label": {"_type": "Nothing"}}}}'):
        pq.write_table(pq.read_table(file).replace_schema_metadata({"huggingface": metadata}), file)
        with pytest.raises(DataError, match="not a sound Parquet file"):
            opened(data)


def test_a_file_without_rows_is_refused(hub: Hub) -> None:
    with pytest.raises(DataError, match=r"test-00000-of-00001.parquet: no rows in it"):
        opened(hub("PAWS-X.de", "test", []))


@pytest.mark.parametrize("data", ["hub:", "hub@"])
def test_half_a_notation_is_refused(data: str) -> None:
    with pytest.raises(UsageError, match="is no place of data"):
        opened(data)


def test_without_network_the_message_says_how_to_do_without(no_cache: Path) -> None:
    with pytest.raises(MissingError, match=r"cannot fetch google/xtreme from the Hub: .*offline") as caught:
        opened("hub")
    command = f"hf download google/xtreme --repo-type dataset --revision {XTREME.revision} --local-dir DIR"
    assert f"`{command}`, and give --data hub:DIR." in caught.value.hint
    with pytest.raises(MissingError, match=r"cannot find out which commit of google/xtreme 'main' is: .*offline"):
        opened("hub@main")


class Asked:
    """A stand-in for the Hub that notes what it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, Any]]) -> None:
        self.commits: list[tuple[str, str]] = []
        self.splits: list[dict[str, Any]] = []
        self.rows = rows
        monkeypatch.setattr(huggingface_hub.HfApi, "dataset_info", self._info)
        monkeypatch.setattr(datasets, "load_dataset", self._load)

    def _info(self, name: str, *, revision: str, timeout: float) -> SimpleNamespace:
        self.commits.append((name, revision))
        if revision == "nothing":
            raise ConnectionError("no route\nto it.")
        return SimpleNamespace(sha=revision if len(revision) == 40 else "c" * 40)

    def _load(self, name: str, configuration: str, **settings: Any) -> Any:
        self.splits.append({"name": name, "configuration": configuration, **settings})
        if configuration.endswith("fr"):
            raise ValueError("BuilderConfig 'PAWS-X.fr' not found.\nIt has others.")
        return datasets.Dataset.from_list(self.rows)


def test_the_hub_is_asked_once_and_read_at_the_pinned_commit(no_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch, ROWS)
    for _ in range(2):
        found = opened("hub")
    assert texts(found) == ["a"]
    assert (found.files, found.layout) == (("google/xtreme/PAWS-X.de/test",), "hub, google/xtreme at ec5f1f46")
    assert asked.commits == [("google/xtreme", XTREME.revision)]
    settings = {"split": "test", "revision": XTREME.revision, "streaming": False}
    assert asked.splits == [{"name": "google/xtreme", "configuration": "PAWS-X.de", **settings}] * 2
    with pytest.raises(MissingError, match=r"google/xtreme/PAWS-X.fr/test cannot be read: BuilderConfig"):
        opened("hub", "fr")


def test_another_revision_is_of_xtreme_only(no_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch, ROWS)
    assert opened("hub@main").layout == "hub, google/xtreme at cccccccc"
    assert asked.splits[-1]["revision"] == "c" * 40
    nli = HubSource(configuration="default", splits={"test": "t"}, columns=("sentence1",), repository=MULTI_NLI)
    opened("hub@main", source=nli)
    assert (asked.splits[-1]["name"], asked.splits[-1]["revision"]) == ("nyu-mll/multi_nli", MULTI_NLI.revision)
    with pytest.raises(MissingError, match=r"which commit of google/xtreme 'nothing' is: no route$"):
        opened("hub@nothing")


def test_columns_missing_on_the_hub_are_named(no_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Asked(monkeypatch, [{"sentence1": "a"}])
    with pytest.raises(DataError, match=r"google/xtreme/PAWS-X.de/test: it has no column label"):
        opened("hub")


def test_what_is_in_the_cache_at_that_commit_is_read_without_asking(hub: Hub, tmp_path: Path, no_cache: Path) -> None:
    hub("PAWS-X.de", "test", ROWS)
    for commit in ("d" * 40, XTREME.revision):
        builder = Parquet(
            cache_dir=str(no_cache),
            dataset_name="xtreme",
            config_name="PAWS-X.de",
            hash=commit,
            data_files={"test": str(tmp_path / "hub" / "PAWS-X.de" / "test-00000-of-00001.parquet")},
        )
        builder.download_and_prepare(str(no_cache / "google___xtreme" / "PAWS-X.de" / "0.0.0" / commit))
        hub("PAWS-X.de", "test", [{"sentence1": "newer", "label": "0"}])
    assert texts(opened("hub")) == ["newer"]
    assert texts(opened(f"hub@{'d' * 40}")) == ["a"]
    with pytest.raises(MissingError, match="cannot fetch"):
        opened("hub", "fr")

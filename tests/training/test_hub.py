from pathlib import Path
from typing import Any

import huggingface_hub
import pytest

from vecocli.errors import MissingError, UsageError, VecoError
from vecocli.training.hub import check_upload, upload


class Api:
    """What is called of the Hub, in order."""

    calls: list[tuple[str, Any]]
    fails = ""

    def create_repo(self, repository: str, **settings: Any) -> huggingface_hub.RepoUrl:
        self.calls.append(("create", (repository, settings)))
        return huggingface_hub.RepoUrl(f"https://huggingface.co/owner/{repository.rpartition('/')[2]}")

    def upload_folder(self, **settings: Any) -> None:
        if self.fails:
            raise ConnectionError(self.fails)
        self.calls.append(("upload", settings))


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> type[Api]:
    monkeypatch.setattr(huggingface_hub, "HfApi", Api)
    monkeypatch.setattr(Api, "calls", [], raising=False)
    return Api


@pytest.mark.parametrize("private", [False, True])
def test_what_the_hub_is_asked(api: type[Api], tmp_path: Path, private: bool) -> None:
    assert upload(tmp_path, "aligned", private=private) == "https://huggingface.co/owner/aligned"
    (_, created), (_, uploaded) = api.calls
    assert created == ("aligned", {"private": private, "exist_ok": True})
    assert uploaded.pop("commit_message")
    assert uploaded == {
        "repo_id": "owner/aligned",
        "folder_path": tmp_path,
        "ignore_patterns": ["checkpoint-*/*", "best/*", "logs/*", ".*"],
    }


def test_what_is_left_out(tmp_path: Path) -> None:
    from huggingface_hub.utils import filter_repo_objects

    from vecocli.training.hub import LEFT_OUT

    names = ["model.safetensors", "1_Pooling/config.json", "adapter/adapter_config.json", "README.md", "run.yaml"]
    others = ["checkpoint-000002/model.safetensors", "checkpoint-000002/training_state/state.json", ".lock"]
    others += ["best/model.safetensors", "logs/pretrain/events.out"]
    assert list(filter_repo_objects(names + others, ignore_patterns=list(LEFT_OUT))) == names


def test_an_upload_that_fails_says_how_to_go_on(
    api: type[Api], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "fails", "503 of the Hub\n\nRequest ID: 1")
    folder = tmp_path / "my run"
    with pytest.raises(VecoError, match=r"could not be uploaded to owner/aligned: 503 of the Hub$") as caught:
        upload(folder, "owner/aligned", private=True)
    assert f"the run is complete in {folder}" in caught.value.message
    left_out = "--exclude 'checkpoint-*/*' --exclude 'best/*' --exclude 'logs/*' --exclude '.*'"
    by_hand = f"hf upload owner/aligned '{folder}' . {left_out} --private"
    assert caught.value.hint == f"Try again with --resume auto added, or by hand: {by_hand}"


def test_nobody_is_logged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub, "get_token", lambda: None)
    with pytest.raises(MissingError, match="needs a login") as caught:
        check_upload("owner/aligned")
    assert "hf auth login" in caught.value.hint
    monkeypatch.setattr(huggingface_hub, "get_token", lambda: "token")
    check_upload("owner/aligned")


@pytest.mark.parametrize("name", ["a/b/c", "two words", "-x"])
def test_no_name_of_a_repository(name: str) -> None:
    with pytest.raises(UsageError, match=f"--push-to-hub {name}: "):
        check_upload(name)

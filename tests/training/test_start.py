from pathlib import Path

import huggingface_hub
import pytest

from vecocli.training.start import start_facts

CARD = """---
license: mit
license_link: LICENSE
base_model: owner/first
language: [en]
---
# A model
"""


def test_a_folder_passes_on_licence_and_base(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(CARD, encoding="utf-8")
    assert start_facts(str(tmp_path)) == {"base_model": "owner/first", "license": "mit", "license_link": "LICENSE"}


@pytest.mark.parametrize("text", [None, "# No front matter", "---\n: [\n---\n", "---\n- list\n---\n", "---\n---\n"])
def test_a_folder_that_says_nothing(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "README.md").write_text(text, encoding="utf-8")
    assert start_facts(str(tmp_path)) == {}


def test_a_model_of_the_hub_is_the_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def fetch(name: str, file: str) -> str:
        asked.append((name, file))
        return str(tmp_path / "README.md")

    (tmp_path / "README.md").write_text(CARD, encoding="utf-8")
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", fetch)
    assert start_facts("owner/second") == {"base_model": "owner/second", "license": "mit", "license_link": "LICENSE"}
    assert asked == [("owner/second", "README.md")]


def test_without_a_way_to_the_hub_the_name_is_known() -> None:
    assert start_facts("owner/never-cached") == {"base_model": "owner/never-cached"}

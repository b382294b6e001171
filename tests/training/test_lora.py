import json
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoModelForMaskedLM, AutoTokenizer

from vecocli.config.lora import LoraSettings
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.inference import sentence_vectors
from vecocli.errors import DataError, MissingError, UsageError
from vecocli.training.lora import Adapters, need_peft

TEXTS = ["The cat sees the old house.", "Wir mögen das Haus!"]


def adapted(encoder: Encoder, seed: int = 0, **settings: Any) -> Adapters:
    return Adapters.add(encoder, LoraSettings(lora_rank=2, **settings), seed)


def disturb(encoder: Encoder) -> None:
    """Give the adapters, and what else is trained, other weights, as training does."""
    torch.manual_seed(3)
    with torch.no_grad():
        for weight in encoder.parameters():
            if weight.requires_grad:
                weight += 0.3 * torch.randn_like(weight)


def vectors(encoder: Encoder) -> torch.Tensor:
    return sentence_vectors(encoder, TEXTS, layers=[-1])


@pytest.fixture
def bare(tiny_model: Path, tmp_path: Path) -> Path:
    """The tiny model without its head."""
    folder = tmp_path / "bare"
    AutoModel.from_pretrained(tiny_model).save_pretrained(folder)
    AutoTokenizer.from_pretrained(tiny_model).save_pretrained(folder)
    return folder


def test_new_adapters_change_nothing_and_are_all_that_is_trained(tiny_model: Path) -> None:
    plain, encoder = Encoder.load(tiny_model), Encoder.load(tiny_model)
    adapted(encoder)
    assert torch.allclose(vectors(encoder), vectors(plain), atol=1e-6)
    trained = [name for name, weight in encoder.named_parameters() if weight.requires_grad]
    assert len(trained) == 2 * 6 * 2  # layers, linear layers of each, factors
    assert all(".encoder.layer." in name and ".lora_" in name for name in trained)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("attention", {"query", "key", "value", "attention.output.dense"}),
        ("query,value", {"query", "value"}),
        ("intermediate.dense", {"intermediate.dense"}),
    ],
)
def test_targets(tiny_encoder: Encoder, tmp_path: Path, wanted: str, found: set[str]) -> None:
    adapted(tiny_encoder, lora_targets=wanted).save(tmp_path / "adapter")
    config = json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())
    assert len(config["target_modules"]) == 2 * len(found)
    assert {name.split(".", 3)[3].removeprefix("attention.self.") for name in config["target_modules"]} == found
    assert config["lora_alpha"] == 4


def test_a_target_that_no_layer_has(tiny_encoder: Encoder) -> None:
    with pytest.raises(UsageError, match="--lora-targets q_proj") as caught:
        adapted(tiny_encoder, lora_targets="q_proj")
    assert caught.value.hint == "There are: dense, key, query, value."


def test_the_merged_model_is_the_adapted_one(tiny_encoder: Encoder, tmp_path: Path) -> None:
    adapters = adapted(tiny_encoder)
    before = vectors(tiny_encoder)
    disturb(tiny_encoder)
    expected = vectors(tiny_encoder)
    assert not torch.allclose(expected, before, atol=1e-2)
    names = set(adapters.merged().state_dict())
    adapters.merged().save_pretrained(tmp_path)
    tiny_encoder.tokens.hf.save_pretrained(tmp_path)
    again = Encoder.load(tmp_path)
    assert names == set(again.model.state_dict())
    assert not again.new_head
    assert torch.allclose(vectors(again), expected, atol=1e-5)
    assert torch.equal(vectors(tiny_encoder), expected)  # merging was done on a copy


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # peft asks by an old name
def test_peft_opens_the_adapters(tiny_model: Path, tiny_encoder: Encoder, tmp_path: Path) -> None:
    from peft import PeftModel

    adapters = adapted(tiny_encoder)
    disturb(tiny_encoder)
    adapters.save(tmp_path / "adapter")
    model = PeftModel.from_pretrained(AutoModel.from_pretrained(tiny_model), str(tmp_path / "adapter")).eval()
    inputs = AutoTokenizer.from_pretrained(tiny_model)(TEXTS, padding=True, return_tensors="pt")
    with torch.inference_mode():
        states = model(**inputs).last_hidden_state
    mask = inputs["attention_mask"].unsqueeze(-1)
    assert torch.allclose((states * mask).sum(1) / mask.sum(1), vectors(tiny_encoder)[0], atol=1e-5)


def test_saved_adapters_come_back_bit_for_bit(tiny_model: Path, tiny_encoder: Encoder, tmp_path: Path) -> None:
    adapters = adapted(tiny_encoder)
    disturb(tiny_encoder)
    adapters.save(tmp_path / "adapter")
    again = Encoder.load(tiny_model)
    adapted(again, seed=1).load(tmp_path / "adapter")
    assert torch.equal(vectors(again), vectors(tiny_encoder))
    assert sorted(path.name for path in (tmp_path / "adapter").iterdir()) == [
        "adapter_config.json",
        "adapter_model.safetensors",
    ]


def test_a_new_head_is_trained_and_comes_back(bare: Path, tmp_path: Path) -> None:
    encoder, again = Encoder.load(bare), Encoder.load(bare)
    adapters = adapted(encoder)
    disturb(encoder)
    adapters.save(tmp_path / "adapter")
    head = load_file(tmp_path / "adapter" / "head.safetensors")
    assert {name.partition(".")[0] for name in head} == {"lm_head"}
    assert not any(name.endswith("decoder.weight") for name in head)  # that of the embeddings
    adapted(again).load(tmp_path / "adapter")
    ours, theirs = encoder.model.state_dict(), again.model.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    adapters.merged().save_pretrained(tmp_path / "merged")
    merged = AutoModelForMaskedLM.from_pretrained(tmp_path / "merged").state_dict()
    assert all(torch.equal(merged[name], ours[name]) for name in head)


@pytest.mark.parametrize("damage", ["missing", "cut", "other"])
def test_adapters_that_cannot_be_read(tiny_encoder: Encoder, tmp_path: Path, damage: str) -> None:
    adapters = adapted(tiny_encoder)
    folder = tmp_path / "adapter"
    if damage != "missing":
        adapters.save(folder)
    if damage == "cut":
        (folder / "adapter_model.safetensors").write_bytes(b"\x10")
    if damage == "other":
        adapters = Adapters.add(Encoder.load(tiny_encoder.model.name_or_path), LoraSettings(lora_rank=3), 0)
    with pytest.raises(DataError, match=r"adapter: cannot read the adapters"):
        adapters.load(folder)


def test_without_peft(monkeypatch: pytest.MonkeyPatch) -> None:
    need_peft()
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(MissingError, match="--lora-rank needs peft") as caught:
        need_peft()
    assert "vecocli[lora]" in caught.value.hint

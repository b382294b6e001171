import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from vecocli.encoder.checkpoint import save_model
from vecocli.encoder.encoder import Encoder, Inputs, pool
from vecocli.errors import DataError, MissingError, UsageError


def single(encoder: Encoder, text: str) -> Inputs:
    ids = torch.tensor([encoder.tokens.single(encoder.tokens.pieces([text])[0].ids)])
    return Inputs(ids, torch.ones_like(ids, dtype=torch.bool))


def copy(tiny_model: Path, folder: Path, *left_out: str) -> Path:
    shutil.copytree(tiny_model, folder, ignore=shutil.ignore_patterns(*left_out))
    return folder


def test_sizes(tiny_encoder: Encoder) -> None:
    assert (tiny_encoder.num_layers, tiny_encoder.hidden_size, tiny_encoder.max_length) == (2, 32, 128)
    assert tiny_encoder.aligning_layer == 1
    assert tiny_encoder.device == torch.device("cpu")
    assert tiny_encoder.has_head
    assert not tiny_encoder.new_head


def test_layers(tiny_encoder: Encoder) -> None:
    assert [tiny_encoder.layer(number) for number in (0, 1, 2, -1, -2, -3)] == [0, 1, 2, 2, 1, 0]
    for number in (3, -4):
        with pytest.raises(UsageError, match=f"no layer {number}"):
            tiny_encoder.layer(number)


@torch.no_grad()
def test_padding_changes_nothing(tiny_encoder: Encoder) -> None:
    tiny_encoder.eval()
    alone = single(tiny_encoder, "Die Katze sieht das Haus.")
    width = alone.ids.shape[1]
    padded = Inputs(
        torch.nn.functional.pad(alone.ids, (0, 5), value=tiny_encoder.tokens.pad_id),
        torch.nn.functional.pad(alone.mask, (0, 5), value=False),
    )
    for short, long in zip(tiny_encoder.hidden_states(alone), tiny_encoder.hidden_states(padded), strict=True):
        torch.testing.assert_close(long[:, :width], short, rtol=1e-5, atol=1e-5)


def test_pooling_against_a_loop() -> None:
    states = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(0))
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0]], dtype=torch.bool)
    mean = pool(states, mask, "mean")
    for row in range(2):
        kept = [states[row, at] for at in range(4) if mask[row, at]]
        torch.testing.assert_close(mean[row], sum(kept) / len(kept))
    assert not mean[2].any()
    assert torch.equal(pool(states, mask, "first"), states[:, 0])


@torch.no_grad()
def test_saved_models_open_without_veco(tiny_encoder: Encoder, tmp_path: Path) -> None:
    from transformers import AutoModel, AutoModelForMaskedLM, AutoTokenizer

    save_model(tiny_encoder, tmp_path)
    assert (tmp_path / "model.safetensors").exists()
    text = "Кошка видит дом. 猫看见房子。"
    given = single(tiny_encoder, text)
    coded = AutoTokenizer.from_pretrained(tmp_path)(text, return_tensors="pt")
    assert torch.equal(coded["input_ids"], given.ids)
    tiny_encoder.eval()
    ours = tiny_encoder.hidden_states(given)
    theirs = AutoModel.from_pretrained(tmp_path, add_pooling_layer=False).eval()(**coded, output_hidden_states=True)
    torch.testing.assert_close(ours, theirs.hidden_states)  # not bit for bit: the attention is computed in another way
    masked = AutoModelForMaskedLM.from_pretrained(tmp_path).eval()(**coded)
    torch.testing.assert_close(tiny_encoder.mlm_logits(ours[-1]), masked.logits)


def test_dropout_is_replaced(tiny_model: Path, tmp_path: Path) -> None:
    folder = copy(tiny_model, tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    config |= {"hidden_dropout_prob": 0, "attention_probs_dropout_prob": 0.1}  # ALBERT's are integers
    (folder / "config.json").write_text(json.dumps(config))
    kept = Encoder.load(folder)
    assert {module.p for module in kept.modules() if isinstance(module, torch.nn.Dropout)} == {0, 0.1}
    replaced = Encoder.load(folder, dropout=0.3)
    assert {module.p for module in replaced.modules() if isinstance(module, torch.nn.Dropout)} == {0.3}
    given = single(replaced, "Two words")
    replaced.train()
    assert not torch.equal(replaced.hidden_states(given)[-1], replaced.hidden_states(given)[-1])


def test_a_model_without_head(tiny_model: Path, tmp_path: Path) -> None:
    from transformers import AutoModel, AutoTokenizer

    bare = AutoModel.from_pretrained(tiny_model, add_pooling_layer=False)
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    encoder = Encoder(bare, tokenizer)
    assert not encoder.has_head
    with pytest.raises(UsageError, match="XLMRobertaModel has no masked-language head"):
        encoder.mlm_logits(torch.zeros(1, 32))
    assert encoder.hidden_states(single(encoder, "Haus"))[-1].shape[-1] == 32
    bare.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    loaded = Encoder.load(tmp_path)
    assert loaded.has_head
    assert loaded.new_head


def test_an_architecture_without_head_loads(tmp_path: Path, bert_tokenizer: Any) -> None:
    from transformers import GPT2Config, GPT2Model

    config = GPT2Config(vocab_size=len(bert_tokenizer), n_embd=16, n_layer=1, n_head=2, bos_token_id=2, eos_token_id=3)
    GPT2Model(config).save_pretrained(tmp_path)
    bert_tokenizer.save_pretrained(tmp_path)
    encoder = Encoder.load(tmp_path)
    assert (encoder.has_head, encoder.new_head, encoder.num_layers) == (False, False, 1)


@pytest.mark.parametrize(
    ("left_out", "missing"), [("*token*", "tokenizer"), ("*.safetensors", "model"), ("config.json", "config.json")]
)
def test_a_folder_with_something_missing(tiny_model: Path, tmp_path: Path, left_out: str, missing: str) -> None:
    folder = copy(tiny_model, tmp_path / "model", left_out)
    with pytest.raises(DataError) as caught:
        Encoder.load(folder)
    assert str(folder) in caught.value.message
    assert missing in caught.value.message + caught.value.hint
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_folder_with_something_damaged(tiny_model: Path, tmp_path: Path, name: str) -> None:
    folder = copy(tiny_model, tmp_path / "model")
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError) as caught:
        Encoder.load(folder)
    assert str(folder) in caught.value.message


@pytest.mark.parametrize("bare", [False, True])
def test_a_model_without_some_of_its_weights_is_refused(tiny_model: Path, tmp_path: Path, bare: bool) -> None:
    """They would be random."""
    file = copy(tiny_model, tmp_path / "model") / "model.safetensors"
    lacking = "roberta.encoder.layer.0.attention.self.key.weight"
    kept = {name: one for name, one in load_file(file).items() if name != lacking}
    save_file(
        {name.removeprefix("roberta.") if bare else name: one for name, one in kept.items()}, file, {"format": "pt"}
    )
    with pytest.raises(DataError, match=f"1 weights of the encoder are not in its files, such as {lacking}"):
        Encoder.load(tmp_path / "model")


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no model: it has no config"):
        Encoder.load(tmp_path)


@pytest.mark.parametrize("family", ["T5", "Bart"])
def test_an_encoder_with_a_decoder_is_refused(family: str, tiny_model: Path, tmp_path: Path) -> None:
    import transformers

    getattr(transformers, f"{family}Config")().save_pretrained(tmp_path)
    transformers.AutoTokenizer.from_pretrained(tiny_model).save_pretrained(tmp_path)
    with pytest.raises(DataError, match=f"is an encoder with a decoder \\({family.lower()}\\)"):
        Encoder.load(tmp_path)


def test_a_tokenizer_of_another_model_is_refused(tiny_encoder: Encoder, tmp_path: Path) -> None:
    tiny_encoder.model.resize_token_embeddings(100)
    save_model(tiny_encoder, tmp_path)
    highest = len(tiny_encoder.tokens.hf) - 1
    with pytest.raises(DataError, match=f"its tokenizer has ids up to {highest}, its model 100 embeddings"):
        Encoder.load(tmp_path)


@pytest.mark.parametrize("name", ["no/such/folder", "./model", "/no/model"])
def test_a_folder_that_is_not_there(name: str) -> None:
    with pytest.raises(DataError, match="there is no folder"):
        Encoder.load(name)


@pytest.mark.parametrize("name", ["xlm-roberta-nothing", "some-owner/some-model"])
def test_a_name_that_cannot_be_reached(name: str) -> None:
    with pytest.raises(MissingError, match="cannot open") as caught:
        Encoder.load(name)
    assert caught.value.exit_code == 4


def test_the_hub_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def unreachable(url: str) -> None:
        asked.append(url)
        raise ConnectionError("no way to the Hub")

    monkeypatch.setattr("huggingface_hub.get_hf_file_metadata", unreachable)
    with pytest.raises(MissingError, match="no way to the Hub"):
        Encoder.load("some-owner/some-model")
    assert asked == ["https://huggingface.co/some-owner/some-model/resolve/main/config.json"]


def test_a_cached_model_needs_no_hub(monkeypatch: pytest.MonkeyPatch, tiny_model: Path) -> None:
    config = str(tiny_model / "config.json")
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda name, file: config)
    monkeypatch.setattr("huggingface_hub.get_hf_file_metadata", lambda url: pytest.fail("asked the Hub"))
    with pytest.raises(MissingError, match="cannot open"):  # transformers finds that no more than this is there
        Encoder.load("some-owner/some-model")


def test_a_fingerprint_tells_weights_apart(tiny_encoder: Encoder, tiny_model: Path) -> None:
    before = tiny_encoder.fingerprint(1)
    assert tiny_encoder.fingerprint(2) != before
    assert Encoder.load(tiny_model).fingerprint(1) == before
    with torch.no_grad():
        for parameter in tiny_encoder.parameters():
            parameter += 1e-4
    assert tiny_encoder.fingerprint(1) != before

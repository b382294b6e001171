"""The code of a model card is run as it stands."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.checkpoint import save_model
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.inference import sentence_vectors
from vecocli.encoder.passes import Readout
from vecocli.training.sentence_transformers import write_modules
from vecocli.training.snippets import usage


def blocks(text: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("layer", [0, 1, 2])
@pytest.mark.parametrize("pooling", ["mean", "first"])
def test_the_code_gives_the_vectors_of_veco(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], layer: int, pooling: Any
) -> None:
    config = PretrainConfig(mined=(tiny_model,), out=tiny_model, model="some/model")
    monkeypatch.chdir(tiny_model.parent)
    names: dict[str, Any] = {}
    for code in blocks(usage(config, Readout(layer, pooling), 2, 64)):
        exec(code, names)
    expected = sentence_vectors(Encoder.load(tiny_model), names["texts"], layers=[layer], pooling=pooling)[0]
    assert torch.allclose(names["vectors"], torch.nn.functional.normalize(expected, dim=-1), atol=1e-6)
    assert "tensor([[1." in capsys.readouterr().out


@pytest.mark.skipif(find_spec("sentence_transformers") is None, reason="sentence-transformers is not installed")
def test_the_code_for_sentence_transformers(tiny_encoder: Encoder, tmp_path: Path, monkeypatch: Any) -> None:
    config = PretrainConfig(mined=(tmp_path,), out=tmp_path / "new", model="some/model", sentence_transformers=True)
    save_model(tiny_encoder, config.out)
    write_modules(config.out, tiny_encoder, Readout(), "cosine")
    monkeypatch.chdir(tmp_path)
    names: list[dict[str, Any]] = [{}, {}]
    for code, into in zip(blocks(usage(config, Readout(), 2, 128)), names, strict=True):
        exec(code, into)
    assert torch.allclose(names[0]["vectors"], torch.tensor(names[1]["vectors"]), atol=1e-6)


def test_lengths_stay_where_the_dot_product_compares(tiny_model: Path) -> None:
    config = PretrainConfig(mined=(tiny_model,), out=tiny_model, model="some/model", sequence_similarity="dot")
    assert "normalize" not in usage(config, Readout(), 2, 64)


def test_code_that_the_model_brings_is_asked_for(tiny_model: Path) -> None:
    config = PretrainConfig(mined=(tiny_model,), out=tiny_model, model="some/model", trust_remote_code=True)
    assert usage(config, Readout(), 2, 64).count(", trust_remote_code=True)") == 2

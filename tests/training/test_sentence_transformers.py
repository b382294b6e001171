import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch

from vecocli.encoder.checkpoint import save_model
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.inference import sentence_vectors
from vecocli.encoder.passes import Readout
from vecocli.errors import UsageError
from vecocli.training.sentence_transformers import check_readable, write_modules

TEXTS = ["The cat sees the old house.", "Wir mögen das Haus!", "x", "猫は家を見る。" * 40]


def written(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_the_files(tiny_encoder: Encoder, tmp_path: Path) -> None:
    write_modules(tmp_path, tiny_encoder, Readout(2, "mean"), "cosine")
    modules = written(tmp_path, "modules.json")
    assert [module["path"] for module in modules] == ["", "1_Pooling", "2_Normalize"]
    assert [module["type"].rpartition(".")[2] for module in modules] == ["Transformer", "Pooling", "Normalize"]
    pooling = written(tmp_path, "1_Pooling/config.json")
    assert pooling["word_embedding_dimension"] == 32
    assert [name for name, chosen in pooling.items() if chosen is True] == ["pooling_mode_mean_tokens"]
    assert written(tmp_path, "sentence_bert_config.json")["max_seq_length"] == 128
    assert written(tmp_path, "config_sentence_transformers.json")["similarity_fn_name"] == "cosine"


def test_lengths_stay_where_the_dot_product_compares(tiny_encoder: Encoder, tmp_path: Path) -> None:
    write_modules(tmp_path, tiny_encoder, Readout(-1, "first"), "dot")
    assert [module["path"] for module in written(tmp_path, "modules.json")] == ["", "1_Pooling"]
    pooling = written(tmp_path, "1_Pooling/config.json")
    assert [name for name, chosen in pooling.items() if chosen is True] == ["pooling_mode_cls_token"]
    assert written(tmp_path, "config_sentence_transformers.json")["similarity_fn_name"] == "dot"


def test_another_layer_is_refused(tiny_encoder: Encoder) -> None:
    check_readable(tiny_encoder, Readout(2))
    with pytest.raises(UsageError, match="reads the last layer, not layer 1"):
        check_readable(tiny_encoder, Readout(1))


@pytest.mark.skipif(find_spec("sentence_transformers") is None, reason="sentence-transformers is not installed")
@pytest.mark.parametrize(("pooling", "similarity"), [("mean", "cosine"), ("first", "cosine"), ("mean", "dot")])
def test_gives_the_vectors_of_veco(tiny_encoder: Encoder, tmp_path: Path, pooling: Any, similarity: Any) -> None:
    from sentence_transformers import SentenceTransformer

    save_model(tiny_encoder, tmp_path)
    write_modules(tmp_path, tiny_encoder, Readout(2, pooling), similarity)
    model = SentenceTransformer(str(tmp_path), device="cpu")
    vectors = model.encode(TEXTS, convert_to_tensor=True)
    expected = sentence_vectors(tiny_encoder, TEXTS, layers=[-1], pooling=pooling)[0]
    if similarity == "cosine":
        expected = torch.nn.functional.normalize(expected, dim=-1)
    assert torch.allclose(vectors, expected, atol=1e-6)
    assert model.similarity_fn_name == similarity

from pathlib import Path

import pytest

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.passes import Readout
from vecocli.errors import DataError
from vecocli.text.shards import ShardFolder
from vecocli.training.lora import Adapters
from vecocli.training.output import Output


def output(mined: Path, encoder: Encoder, *, rank: int = 0) -> Output:
    config = PretrainConfig(
        mined=(mined,), out=mined / "out", model="some/model", sentence_transformers=True, lora_rank=rank
    )
    adapters = Adapters.add(encoder, config, 0) if rank else None
    return Output.of(config, encoder, Readout(), ShardFolder(mined), None, adapters)


MODEL = {"README.md", "config.json", "model.safetensors", "run.yaml", "tokenizer.json", "tokenizer_config.json"}
MODULES = {"1_Pooling", "config_sentence_transformers.json", "modules.json", "sentence_bert_config.json"}


@pytest.mark.parametrize("rank", [0, 2])
def test_what_a_folder_holds(mined: Path, tiny_encoder: Encoder, tmp_path: Path, rank: int) -> None:
    made = output(mined, tiny_encoder, rank=rank)
    made.ready()(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == MODEL | MODULES | ({"adapter"} if rank else set())
    assert made.card.pairs == {("en", "de"): 36}
    assert (made.card.layers, made.card.longest, made.card.start) == (2, 128, {"base_model": "some/model"})


def test_a_damaged_summary_is_named_before_anything_is_trained(
    mined: Path, tiny_encoder: Encoder, tmp_path: Path
) -> None:
    for shard in mined.iterdir():
        (tmp_path / shard.name).write_bytes(shard.read_bytes())
    (tmp_path / "summary.json").write_text("{}")
    with pytest.raises(DataError, match="not the summary of a mining run"):
        output(tmp_path, tiny_encoder)

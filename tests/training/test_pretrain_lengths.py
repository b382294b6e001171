"""Long sentences and joined pairs must fit the model; what has no weights yet must be the same in every run."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.batches import AlignedBatch, Pass
from vecocli.encoder.encoder import Encoder
from vecocli.text.shards import ShardFolder
from vecocli.text.synonyms import MinedPair, shard_path, to_table, write_shard
from vecocli.training.mono import MonoText
from vecocli.training.pretrain import pretrain
from vecocli.training.steps import StepBatches

LONG = [MinedPair(number, "the cat " * 90, "die Katze " * 90, ()) for number in range(1, 5)]


@pytest.fixture
def long(tmp_path: Path) -> Path:
    folder = tmp_path / "long"
    folder.mkdir()
    languages = {"source_language": "en", "target_language": "de"}
    write_shard(shard_path(folder, 0), to_table(LONG, "en", "de"), **languages)
    return folder


def width(batch: AlignedBatch, name: Pass) -> int:
    return max(bucket.inputs.ids.shape[1] for bucket in batch.passes[name])


def first(long: Path, encoder: Encoder, passes: set[Pass], mono: Path | None = None, **settings: Any) -> AlignedBatch:
    config = PretrainConfig(mined=(long,), out=long / "out", model="x", batch_size=2, **settings)
    text = MonoText([mono]) if mono else None
    ((batch,),) = StepBatches(config, encoder, ShardFolder(long), text, frozenset(passes))(0)
    assert batch.passes.keys() == passes
    return batch


@torch.no_grad()
def test_joined_pairs_fit_the_model(long: Path, tiny_encoder: Encoder) -> None:
    batch = first(long, tiny_encoder, {"joint"}, max_length=500)
    assert width(batch, "joint") == tiny_encoder.max_length == 128
    assert tiny_encoder.hidden_states(batch.passes["joint"][0].inputs)[-1].shape[1] == 128


@torch.no_grad()
def test_single_sentences_may_be_as_long_as_the_model_takes(long: Path, tiny_encoder: Encoder) -> None:
    batch = first(long, tiny_encoder, {"clean"}, max_length=500)
    assert width(batch, "clean") == 128
    assert tiny_encoder.hidden_states(batch.passes["clean"][0].inputs)[-1].shape[1] == 128


def test_the_users_limit_holds_for_pairs_and_monolingual_text(long: Path, tiny_encoder: Encoder) -> None:
    mono = long / "mono.txt"
    mono.write_text("Кошка видит дом. " * 50 + "\n")
    batch = first(long, tiny_encoder, {"mono", "clean"}, mono, max_length=20)
    assert width(batch, "clean") == width(batch, "mono") == 20
    assert sum(len(bucket.rows) for bucket in batch.passes["mono"]) == 4


def test_batches_are_functions_of_their_number(long: Path, tiny_encoder: Encoder) -> None:
    one, again, other = (
        first(long, tiny_encoder, {"joint"}, max_length=40, seed=seed).passes["joint"][0].inputs.ids
        for seed in (3, 3, 4)
    )
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


def test_a_new_head_is_the_same_in_every_run(mined: Path, tiny_model: Path, tmp_path: Path) -> None:
    from transformers import AutoModel, AutoTokenizer

    bare = tmp_path / "bare"
    AutoModel.from_pretrained(tiny_model, add_pooling_layer=False).save_pretrained(bare)
    AutoTokenizer.from_pretrained(tiny_model).save_pretrained(bare)
    found = []
    for name in ("one", "other"):
        torch.manual_seed(hash(name))
        settings: dict[str, Any] = {"steps": 1, "batch_size": 4, "precision": "fp32", "objectives": "mlm"}
        pretrain(PretrainConfig(mined=(mined,), out=tmp_path / name, model=str(bare), **settings))
        found.append(load_file(tmp_path / name / "model.safetensors"))
    assert all(torch.equal(found[0][name], found[1][name]) for name in found[0])


def test_from_scratch_twice_is_the_same_run(mined: Path, tmp_path: Path) -> None:
    found = []
    for name in ("one", "other"):
        settings: dict[str, Any] = {"from_scratch": "tiny", "vocabulary": 150, "steps": 3, "precision": "fp32"}
        pretrain(PretrainConfig(mined=(mined,), out=tmp_path / name, batch_size=8, dropout=0.1, **settings))
        found.append(tmp_path / name)
    for file in ("model.safetensors", "tokenizer.json", "config.json"):
        assert (found[0] / file).read_bytes() == (found[1] / file).read_bytes()

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import (
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
)

from vecocli.config.finetuning import FinetuneConfig
from vecocli.errors import DataError, Interrupted, MissingError, UsageError
from vecocli.training.finetune import finetune
from vecocli.training.loop import Loop

NOUNS = ("cat", "house", "chat", "maison", "Katze", "Haus")
VERBS = ("sees", "like", "sieht", "voit")


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small tasks that can be learned."""
    folder = tmp_path_factory.mktemp("xtreme")
    sentences = [(one, verb, other) for one in NOUNS for verb in VERBS for other in NOUNS]
    tagged = "".join(f"{a}\tNOUN\n{v}\tVERB\n{b}\tNOUN\n.\tPUNCT\n\n" for a, v, b in sentences)
    for split in ("train", "dev"):
        put(folder / "udpos" / f"{split}-en.tsv", tagged)
        pairs = "".join(f"{a} {v}\t{b} .\t{int(a == b)}\n" for a, v, b in sentences)
        put(folder / "pawsx" / f"{split}-en.tsv", pairs)
    put(folder / "pawsx" / "train-de.tsv", pairs)
    questions = [
        {"id": f"q{at}", "question": f"who {v}?", "answers": [{"text": a, "answer_start": 0}]}
        for at, (a, v, _) in enumerate(sentences)
    ]
    paragraphs = [
        {"context": f"{a} {v} the old {b}.", "qas": [question]}
        for (a, v, b), question in zip(sentences, questions, strict=True)
    ]
    put(folder / "squad" / "train-v1.1.json", json.dumps({"data": [{"paragraphs": paragraphs}]}))
    return folder


def config(out: Path, model: Path, data: Path, task: str = "udpos", **settings: Any) -> FinetuneConfig:
    small = {"batch_size": 8, "learning_rate": 1e-3, "epochs": 1, "log_every": 3, "train_limit": 40, "dev_limit": 20}
    return FinetuneConfig(task=task, model=str(model), data=str(data), out=out, **(small | settings))


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


@pytest.mark.parametrize(
    ("task", "auto", "figure"),
    [
        ("udpos", AutoModelForTokenClassification, "eval/f1"),
        ("pawsx", AutoModelForSequenceClassification, "eval/accuracy"),
        ("xquad", AutoModelForQuestionAnswering, None),
    ],
)
def test_a_run_leaves_a_folder_that_transformers_opens(
    tmp_path: Path, tiny_model: Path, data: Path, task: str, auto: Any, figure: str | None
) -> None:
    notes: list[str] = []
    result = finetune(config(tmp_path / "run", tiny_model, data, task, epochs=2), note=notes.append)
    assert result.steps == 10 and result.examples == {"en": 40}
    _, info = auto.from_pretrained(result.folder, output_loading_info=True)
    assert not info["missing_keys"]
    assert not (result.folder / "best").exists()
    if figure:
        assert result.kept == "best" and result.best is not None
        assert result.best["value"] == max(one["eval/score"] for one in result.evaluations)
        assert result.best["value"] == result.best["figures"][figure]
        assert len(result.evaluations) == 11
    else:
        assert (result.kept, result.best) == ("last", None)
        assert "no dev data of squad for en" in notes[0] and "the last model is kept" in notes[0]


def test_training_learns(tmp_path: Path, tiny_model: Path, data: Path) -> None:
    result = finetune(config(tmp_path / "run", tiny_model, data, epochs=8, learning_rate=3e-3, train_limit=None))
    assert result.best is not None
    assert result.evaluations[0]["eval/score"] < 50 < 90 < result.best["value"]


def test_the_best_model_is_kept_or_the_last(tmp_path: Path, tiny_model: Path, data: Path) -> None:
    settings = {"learning_rate": 0.3, "epochs": 2, "warmup_steps": 6}  # which ruins it after a while
    best = finetune(config(tmp_path / "best", tiny_model, data, **settings))
    last = finetune(config(tmp_path / "last", tiny_model, data, keep="last", **settings))
    assert (best.kept, last.kept) == ("best", "last")
    assert best.best == last.best and best.best is not None and best.best["step"] < best.steps
    assert any(not torch.equal(one, weights(last.folder)[name]) for name, one in weights(best.folder).items())


@pytest.mark.parametrize("lora_rank", [0, 2])
def test_a_run_that_was_stopped_goes_on_bit_by_bit(
    tmp_path: Path, tiny_model: Path, data: Path, monkeypatch: pytest.MonkeyPatch, lora_rank: int
) -> None:
    settings: dict[str, Any] = {"save_every": 2, "epochs": 2, "precision": "fp32", "lora_rank": lora_rank}
    whole = finetune(config(tmp_path / "whole", tiny_model, data, **settings))
    advance, seen = Loop.advance, []

    def stop(self: Loop, batch: Any) -> None:
        seen.append(batch)
        if len(seen) == 6:
            raise Interrupted("stopped here")
        advance(self, batch)

    monkeypatch.setattr(Loop, "advance", stop)
    with pytest.raises(Interrupted):
        finetune(config(tmp_path / "parts", tiny_model, data, **settings))
    monkeypatch.setattr(Loop, "advance", advance)
    parts = finetune(config(tmp_path / "parts", tiny_model, data, resume="auto", **settings))
    for name, one in weights(whole.folder).items():
        assert torch.equal(one, weights(parts.folder)[name]), name
    assert [one["eval/score"] for one in parts.evaluations] == [one["eval/score"] for one in whole.evaluations]
    again = finetune(config(tmp_path / "parts", tiny_model, data, resume="auto", **settings))
    assert again == parts


def test_several_languages_are_mixed_by_size(tmp_path: Path, tiny_model: Path, data: Path) -> None:
    result = finetune(config(tmp_path / "run", tiny_model, data, "pawsx", train_languages="en,de", train_limit=16))
    assert result.examples == {"en": 16, "de": 16}
    assert result.steps == 4
    card = (result.folder / "README.md").read_text(encoding="utf-8")
    assert "16 examples in en, 16 examples in de" in card and "pipeline_tag: text-classification" in card


def test_a_seed_decides_the_run(tmp_path: Path, tiny_model: Path, data: Path) -> None:
    runs = [
        finetune(config(tmp_path / name, tiny_model, data, seed=seed)) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    first, same, other = (weights(run.folder)["classifier.weight"] for run in runs)
    assert torch.equal(first, same) and not torch.equal(first, other)


def test_what_cannot_be_trained_on_is_named(tmp_path: Path, tiny_model: Path, data: Path) -> None:
    with pytest.raises(MissingError, match="no train data of pawsx for fr"):
        finetune(config(tmp_path / "run", tiny_model, data, "pawsx", train_languages="fr"))
    with pytest.raises(UsageError, match="tatoeba has no training data"):
        finetune(config(tmp_path / "run", tiny_model, data, "tatoeba"))
    with pytest.raises(UsageError, match="no task is called 'udpas'") as caught:
        finetune(config(tmp_path / "run", tiny_model, data, "udpas"))
    assert "udpos" in caught.value.hint
    stripped = tmp_path / "data"
    shutil.copytree(data, stripped)
    paragraph = {"context": "The cat.", "qas": [{"id": "1", "question": "Who?", "answers": [{"text": ""}]}]}
    put(stripped / "squad" / "train-v1.1.json", json.dumps({"data": [{"paragraphs": [paragraph]}]}))
    with pytest.raises(DataError, match="1 of 1 examples have no label, tags or answer"):
        finetune(config(tmp_path / "run", tiny_model, stripped, "xquad"))
    assert not (tmp_path / "run").exists()

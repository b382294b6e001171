from pathlib import Path
from typing import Any

import pytest
import torch

from vecocli.config.pretraining import PretrainConfig
from vecocli.errors import UsageError
from vecocli.training.plan import Plan, plan
from vecocli.training.pretrain import pretrain


@pytest.fixture
def settings(mined: Path, tmp_path: Path, tiny_model: Path) -> dict[str, Any]:
    return {
        "mined": (mined,),
        "out": tmp_path / "run",
        "model": str(tiny_model),
        "steps": 40,
        "batch_size": 6,
        "objectives": "sequence",
        "precision": "fp32",
        "dry_run": True,
    }


def of(settings: dict[str, Any], **changes: Any) -> Plan:
    return plan(PretrainConfig(**settings | changes))


def test_counts_weights_pairs_and_epochs(settings: dict[str, Any], tiny_encoder: torch.nn.Module) -> None:
    found = of(settings)
    assert found.parameters == sum(weight.numel() for weight in tiny_encoder.parameters())
    head = sum(weight.numel() for name, weight in tiny_encoder.named_parameters() if "lm_head" in name)
    tied = sum(weight.numel() for name, weight in tiny_encoder.named_parameters() if "decoder.weight" in name)
    assert found.trained == found.parameters - (head - tied)
    [corpus] = found.languages
    assert (corpus.name, corpus.rows, corpus.share) == ("en-de", 36, 1.0)
    assert (corpus.planned, corpus.read, corpus.epochs) == (240, 240, 6.667)
    assert not found.mono
    assert (found.steps, found.pairs) == (40, 6)
    assert found.seconds == pytest.approx(40 * found.step_seconds)


def test_nothing_is_written(settings: dict[str, Any], tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    of(settings)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("objectives", "changes", "runs", "parts"),
    [
        ("sequence", {}, 2, 1),
        ("mlm,tlm,sequence,token", {}, 5, 1),
        ("tlm", {}, 1, 1),
        ("sequence", {"tokens_per_batch": 8}, 4, 6),  # each pair by itself, and again for the gradient
    ],
)
def test_counts_forward_passes(
    settings: dict[str, Any], objectives: str, changes: dict[str, Any], runs: float, parts: float
) -> None:
    found = of(settings, objectives=objectives, **changes)
    assert (found.runs, found.parts) == (runs, parts)


def test_monolingual_text_counts_by_its_files(settings: dict[str, Any], tmp_path: Path) -> None:
    files = []
    for name, lines in (("a", 4), ("b", 16)):
        files.append(tmp_path / f"{name}.txt")
        files[-1].write_text("".join(f"Das Haus {n}.\n" for n in range(lines)), encoding="utf-8")
    found = of(settings, objectives="mlm,sequence", mono=tuple(files))
    assert [one.name for one in found.mono] == list(map(str, files))
    assert [round(one.share, 2) for one in found.mono] == [0.33, 0.67]
    assert sum(one.planned for one in found.mono) == 2 * 40 * 6
    assert found.runs == 2 + 2  # the sides of the pair, and two sentences


def test_memory_is_what_is_trained_and_what_autograd_keeps(settings: dict[str, Any]) -> None:
    found = of(settings)
    memory = found.memory
    assert memory.weights == 4 * found.parameters
    assert memory.gradients == 4 * found.trained
    assert memory.optimiser == 8 * found.trained
    assert memory.total == memory.weights + memory.gradients + memory.optimiser + memory.states
    parted = of(settings, tokens_per_batch=8).memory
    assert 0 < parted.states < memory.states / 2


def test_a_queue_of_keys_counts(settings: dict[str, Any]) -> None:
    plain, queued = (plan(PretrainConfig(**settings | {"objectives": "sequence", "sequence_queue": n})) for n in (0, 9))
    assert queued.memory.weights > 2 * plain.memory.weights
    assert (plain.runs, queued.runs) == (2.0, 4.0)
    assert (queued.parameters, queued.memory.gradients) == (plain.parameters, plain.memory.gradients)


def test_with_a_time_limit_there_are_as_many_steps_as_fit(settings: dict[str, Any]) -> None:
    found = of(settings, minutes=2.0)
    assert found.steps == max(1, round(120 / found.step_seconds))


def test_padding_is_a_share(settings: dict[str, Any]) -> None:
    found = of(settings)
    assert 0 <= found.padding < 0.5
    assert found.tokens > 6 * 2 * 5


def test_a_run_that_would_be_refused_is_refused(settings: dict[str, Any]) -> None:
    pretrain(PretrainConfig(**settings | {"steps": 1, "dry_run": False}))
    stamp = (settings["out"] / "metrics.jsonl").stat().st_mtime_ns
    with pytest.raises(UsageError, match="holds a run already"):
        of(settings)
    assert of(settings, overwrite=True).steps == 40
    assert (settings["out"] / "metrics.jsonl").stat().st_mtime_ns == stamp


def test_its_numbers_are_those_of_the_run(settings: dict[str, Any]) -> None:
    found = of(settings, steps=3)
    result = pretrain(PretrainConfig(**settings | {"steps": 3, "dry_run": False}))
    assert [dict(one) for one in result.languages] == [one._asdict() for one in found.languages]


def test_a_document_of_plain_values(settings: dict[str, Any]) -> None:
    document = of(settings).document()
    assert document["languages"][0]["name"] == "en-de"
    assert document["memory"]["states"] > 0

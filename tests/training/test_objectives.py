"""The gradient of a step does not depend on how it is cut into passes and processes."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate import Accelerator
from safetensors.torch import load_file, save_file

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.modes import recompute
from vecocli.encoder.passes import Readout
from vecocli.objectives import build
from vecocli.text.shards import ShardFolder
from vecocli.training.keys import KeyQueue
from vecocli.training.model import Passes
from vecocli.training.mono import MonoText
from vecocli.training.objectives import ObjectiveGradients, _Step
from vecocli.training.sharding import full, is_sharded, shard
from vecocli.training.steps import StepBatches

StartTwo = Callable[..., Any]
ALL = "mlm,tlm,sequence,token"
STEP = """
import sys
import test_objectives
test_objectives.save(*sys.argv[1:])
"""


def step(mined: Path, model: Path, **settings: Any) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """One step's figures and gradients."""
    settings = {"batch_size": 9, "token_layer": 1} | settings
    config = PretrainConfig(mined=(mined,), out=mined / "out", model=str(model), **settings)
    encoder = Encoder.load(model, dropout=config.dropout)
    if config.gradient_checkpointing:
        recompute(encoder)
    switches = config.model_dump() | {"token_links": config.link_sources}
    objectives = {name: build(name, switches) for name in config.objective_names}
    gradients = ObjectiveGradients(objectives, config.weight)
    readout = Readout(token_layer=1, sentence_states=config.sequence_states, token_states=config.token_states)
    mono = MonoText(config.mono) if config.mono else None
    needs = readout.passes(gradients.needs, mono=mono is not None)
    batches = StepBatches(config, encoder, ShardFolder(mined), mono, needs)
    accelerator = Accelerator(cpu=True)
    keys = KeyQueue(encoder, readout, "fp32", 0.9) if config.sequence_queue else None
    module = Passes(encoder, readout, "fp32", keys).train()
    gradients.freeze_unreached(module, batches(3)[0][0])
    if keys:
        keys.forget()
        keys.fill(batches.before(config.sequence_queue))
    if config.sharding == "full":
        shard(module, encoder.layers, encoder.device, "fp32")
        assert sum(map(is_sharded, module.modules())) == 1 + encoder.num_layers
    wrapped = module if is_sharded(module) else accelerator.prepare(module)
    figures = gradients(accelerator, wrapped, batches(3), lambda number: torch.manual_seed(number))
    found = {name: full(weight.grad) for name, weight in encoder.named_parameters() if weight.grad is not None}
    return {name: value.detach().double() for name, value in figures.items()}, found


def save(mined: str, model: str, out: str, text: str) -> None:
    """Save what each of several settings gives; run in each process."""
    from torch import distributed

    for number, settings in enumerate(eval(text)):
        figures, gradients = step(Path(mined), Path(model), **settings)
        if int(os.environ["RANK"]) == 0:
            save_file({f"figure {name}": value for name, value in figures.items()}, f"{out}-{number}-figures")
            save_file({name: value.contiguous() for name, value in gradients.items()}, f"{out}-{number}-gradients")
    distributed.destroy_process_group()


def agree(ours: Any, theirs: Any, tolerance: float = 1e-6) -> None:
    figures, gradients = ours
    others, expected = theirs
    assert figures.keys() == others.keys()
    for name, value in figures.items():
        assert value.item() == pytest.approx(others[name].item(), rel=tolerance, abs=1e-6), name
    assert gradients.keys() == expected.keys()
    scale = max(float(gradient.norm()) for gradient in expected.values())
    for name, gradient in gradients.items():
        assert float((gradient - expected[name]).norm()) <= tolerance * scale, name


SETTINGS: list[dict[str, Any]] = [
    {"objectives": "mlm"},
    {"objectives": "tlm", "tlm_sides": "one"},
    {"objectives": "aligned-mlm", "aligned_mlm_rate": 0.7},
    {"objectives": "mlm", "code_switch": 0.5},
    {"objectives": "sequence"},
    {"objectives": "sequence,token", "sequence_queue": 30, "sequence_temperature": 0.2},
    {"objectives": "sequence,ranking", "sequence_queue": 30, "sequence_temperature": 0.2},
    {"objectives": "token", "token_links": "both"},
    {"objectives": "token", "token_links": "dictionary"},
    {"objectives": "token", "token_links": "both", "token_negatives": "batch", "max_length": 10},
    {"objectives": "self-training,consistency", "self_training_links": "both"},
    {"objectives": "token,ranking,self-training", "token_units": "sub-word", "token_negatives": "batch"},
    {"objectives": "token", "token_units": "sub-word", "token_repeats": "repel"},
    {"objectives": "token", "token_negatives": "batch", "token_repeats": "repel"},
    {
        "objectives": "sequence,token,ranking",
        "token_negatives": "batch",
        "sequence_margin": 0.3,
        "contrastive_batch": 5,
    },
    {"objectives": "ranking"},
    {"objectives": "self-training", "token_units": "sub-word"},
    {"objectives": "consistency"},
    {"objectives": "sequence", "sequence_queue": 30, "sequence_temperature": 0.2},
    {"objectives": "tlm,sequence,token", "sequence_states": "masked", "token_states": "masked"},
    {"objectives": ALL, "weight": {"token": 0.5}},
    {"objectives": ALL, "contrastive_batch": 4},
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_parts_give_the_gradient_of_the_whole(mined: Path, tiny_model: Path, settings: dict[str, Any]) -> None:
    whole = step(mined, tiny_model, **settings)
    assert any(gradient.abs().sum() > 0 for gradient in whole[1].values())
    agree(step(mined, tiny_model, tokens_per_batch=70, **settings), whole)


def test_parts_draw_the_same_dropout_twice(mined: Path, tiny_model: Path) -> None:
    """Else the slopes would belong to other vectors than those that carry them on."""
    settings: dict[str, Any] = {"objectives": "sequence", "tokens_per_batch": 70, "dropout": 0.3}
    one, again = (step(mined, tiny_model, **settings) for _ in range(2))
    agree(one, again, 0.0)
    plain = step(mined, tiny_model, objectives="sequence", tokens_per_batch=70)
    assert plain[0]["loss"] != one[0]["loss"]


@pytest.mark.parametrize(
    "settings",
    [
        {"objectives": "aligned-mlm,sequence"},
        {"objectives": "tlm,sequence,token", "sequence_states": "masked", "token_states": "masked"},
        {"objectives": "mlm,sequence,token", "token_states": "masked"},
        {"objectives": "tlm,sequence", "sequence_queue": 9, "sequence_states": "masked"},
    ],
)
def test_dropout_does_not_depend_on_what_else_is_run(
    mined: Path, tiny_model: Path, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vectors that are compared are those that carry the slopes on, whatever else a pass is run for."""
    seen: dict[int, list[dict[str, torch.Tensor]]] = {}
    encoded = _Step._encoded

    def noting(self: _Step, place: int, *given: Any) -> Any:
        found = encoded(self, place, *given)
        seen.setdefault(place, []).append({name: one.detach() for name, one in found.vectors.items()})
        return found

    monkeypatch.setattr(_Step, "_encoded", noting)
    step(mined, tiny_model, tokens_per_batch=70, dropout=0.3, **settings)
    twice = [vectors for vectors in seen.values() if len(vectors) == 2]
    assert len(twice) > 1 or "sequence_queue" in settings
    for ahead, again in twice:
        for name, one in ahead.items():
            assert torch.equal(one, again[name])


@pytest.mark.parametrize("tokens", [70, 16384])
@pytest.mark.parametrize("objectives", ["token", ALL])
def test_recomputed_layers_give_the_same(mined: Path, tiny_model: Path, objectives: str, tokens: int) -> None:
    """Also in passes without a graph, beneath a layer that is not trained, and with dropout drawn again."""
    settings: dict[str, Any] = {"objectives": objectives, "tokens_per_batch": tokens, "dropout": 0.3}
    again = step(mined, tiny_model, gradient_checkpointing=True, **settings)
    agree(again, step(mined, tiny_model, **settings))
    assert any(gradient.abs().sum() > 0 for gradient in again[1].values())


def test_contrastive_batches_are_apart(mined: Path, tiny_model: Path) -> None:
    halves = step(mined, tiny_model, objectives="sequence", contrastive_batch=5)[0]
    whole = step(mined, tiny_model, objectives="sequence")[0]
    assert halves["loss"] < whole["loss"]  # fewer negatives


def test_the_loss_is_the_weighted_sum(mined: Path, tiny_model: Path) -> None:
    figures = step(mined, tiny_model, objectives=ALL, weight={"token": 0.5, "mlm": 2.0})[0]
    expected = 2 * figures["mlm"] + figures["tlm"] + figures["sequence"] + 0.5 * figures["token"]
    assert figures["loss"].item() == pytest.approx(expected.item(), rel=1e-6)


@pytest.fixture
def mono(tmp_path: Path) -> Path:
    path = tmp_path / "mono.txt"
    path.write_text("".join(f"Wir mögen das alte Haus {n}.\n" for n in range(40)), encoding="utf-8")
    return path


def test_monolingual_text_is_read_instead_of_the_pairs(mined: Path, tiny_model: Path, mono: Path) -> None:
    one = step(mined, tiny_model, objectives="mlm,sequence", mono=(mono,))
    other = step(mined, tiny_model, objectives="mlm,sequence")
    assert one[0]["sequence"].item() == pytest.approx(other[0]["sequence"].item(), rel=1e-6)
    assert one[0]["mlm"] != other[0]["mlm"]
    agree(step(mined, tiny_model, objectives="mlm,sequence", mono=(mono,), tokens_per_batch=70), one)


@pytest.mark.parametrize(
    "settings",
    [
        {"objectives": ALL},
        {"objectives": ALL, "tokens_per_batch": 70, "contrastive_batch": 5},
        {"objectives": "tlm", "tokens_per_batch": 70},
        {"objectives": "token", "token_negatives": "batch"},
    ],
)
def test_idle_passes_change_nothing(
    mined: Path, tiny_model: Path, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the weights were sharded, and another process had two parts and buckets more of everything."""
    expected = step(mined, tiny_model, **settings)
    passes: list[tuple[int, int]] = []
    monkeypatch.setattr("vecocli.training.even.most", lambda values: values + 2)
    monkeypatch.setattr("vecocli.training.objectives.is_sharded", lambda model: True)
    monkeypatch.setattr(Passes, "forward", counting(passes, Passes.forward))
    agree(step(mined, tiny_model, **settings), expected)
    assert passes.count((0, passes[-1][1])) >= 2
    assert passes[-1][1] >= 3


def counting(seen: list[tuple[int, int]], forward: Any) -> Any:
    """Note the number of pairs and buckets of each pass."""

    def counted(self: Passes, batch: Any, needs: Any) -> Any:
        seen.append((len(batch.sentences) // 2, sum(map(len, batch.passes.values()))))
        return forward(self, batch, needs)

    return counted


def test_two_processes_give_the_gradient_of_one(
    mined: Path, tiny_model: Path, mono: Path, tmp_path: Path, start_two: StartTwo
) -> None:
    """With nine pairs, one of the two has a pair more than the other; with small parts, also more of these."""
    straddling: dict[str, Any] = {"batch_size": 3, "tokens_per_batch": 8}  # one part here, two there
    chosen = [
        *SETTINGS,
        {"objectives": "token,mlm"} | straddling,
        {"objectives": "sequence,token,tlm"} | straddling,
        {"objectives": ALL, "tokens_per_batch": 70},
        {"objectives": "mlm,token", "mono": (str(mono),)},
    ]
    both = [settings | {"sharding": sharding} for settings in chosen for sharding in ("none", "full")]
    both = [settings for settings in both if not ("sequence_queue" in settings and settings["sharding"] == "full")]
    out = tmp_path / "two"
    running = start_two("-c", STEP, str(mined), str(tiny_model), str(out), repr(both))
    errors = [process.communicate(timeout=300)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], "\n".join(errors)
    wanted = {str(settings): step(mined, tiny_model, **settings) for settings in chosen}
    for place, settings in enumerate(both):
        expected = wanted[str({name: value for name, value in settings.items() if name != "sharding"})]
        figures = {name.split()[1]: value for name, value in load_file(f"{out}-{place}-figures").items()}
        agree((figures, load_file(f"{out}-{place}-gradients")), expected)

from pathlib import Path

import pytest
import torch

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.batches import AlignedBatch
from vecocli.encoder.encoded import Need
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.passes import Readout, encode
from vecocli.text.shards import ShardFolder
from vecocli.training.keys import KeyQueue
from vecocli.training.model import Passes
from vecocli.training.steps import StepBatches

NEEDS: frozenset[Need] = frozenset({"sentences", "keys"})


@pytest.fixture
def batches(mined: Path, tiny_model: Path) -> StepBatches:
    config = PretrainConfig(mined=(mined,), out=mined / "out", model=str(tiny_model), batch_size=4)
    return StepBatches(config, Encoder.load(tiny_model), ShardFolder(mined), None, frozenset({"clean"}))


@pytest.fixture
def encoder(tiny_model: Path) -> Encoder:
    return Encoder.load(tiny_model)


def part(batches: StepBatches, step: int) -> AlignedBatch:
    return batches(step)[0][0]


def test_keys_are_the_vectors_of_a_copy_that_follows(encoder: Encoder, batches: StepBatches) -> None:
    queue = KeyQueue(encoder, Readout(), "fp32", 0.75)
    queue.fill(batches.before(10))
    before = {name: weight.detach().clone() for name, weight in encoder.named_parameters()}
    given = part(batches, 0)
    expected = encode(encoder, given, frozenset({"sentences"}), Readout())
    with torch.no_grad():
        for weight in encoder.parameters():
            weight += 1
    found = Passes(encoder, Readout(), "fp32", queue)(given, NEEDS)
    assert expected.source_sentences is not None
    torch.testing.assert_close(found.keys.source, expected.source_sentences.detach())
    assert found.source_sentences.requires_grad
    assert not found.keys.source.requires_grad
    assert torch.equal(found.keys.source_hashes, found.source_hashes)
    assert len(found.queue.source) == 12  # 10, in whole steps of 4
    queue.after_step()
    copied = {name: tensor for name, tensor in queue.state().items() if name.startswith("keys/copy/")}
    assert len(copied) == len(before)
    for name, tensor in copied.items():
        torch.testing.assert_close(tensor, before[name.removeprefix("keys/copy/")] + 0.25)


def test_the_oldest_keys_fall_out(encoder: Encoder, batches: StepBatches) -> None:
    queue = KeyQueue(encoder, Readout(), "fp32", 0.9)
    queue.fill(batches.before(8))
    passes = Passes(encoder, Readout(), "fp32", queue)
    seen = []
    for step in range(3):
        seen.append(passes(part(batches, step), NEEDS).source_hashes.tolist())
        queue.after_step()
    assert queue.state()["keys/source_hashes"].tolist() == seen[2] + seen[1]


def test_a_step_that_was_not_taken_leaves_no_keys(encoder: Encoder, batches: StepBatches) -> None:
    one, other = (KeyQueue(encoder, Readout(), "fp32", 0.9) for _ in range(2))
    for queue, steps in ((one, (0, 1)), (other, (1,))):
        queue.fill(batches.before(8))
        for step in steps:
            queue.forget()
            Passes(encoder, Readout(), "fp32", queue)(part(batches, step), NEEDS)
        queue.after_step()
    assert all(torch.equal(tensor, other.state()[name]) for name, tensor in one.state().items())


def test_goes_on_from_its_state(encoder: Encoder, tiny_model: Path, batches: StepBatches) -> None:
    queue = KeyQueue(encoder, Readout(), "fp32", 0.5)
    queue.fill(batches.before(8))
    with torch.no_grad():
        for weight in encoder.parameters():
            weight *= 1.5
    Passes(encoder, Readout(), "fp32", queue)(part(batches, 0), NEEDS)
    queue.after_step()
    again = KeyQueue(Encoder.load(tiny_model), Readout(), "fp32", 0.5)
    again.load(queue.state())
    state = again.state()
    assert state.keys() == queue.state().keys()
    assert all(torch.equal(tensor, state[name]) for name, tensor in queue.state().items())
    assert int(state["keys/next"]) == 4

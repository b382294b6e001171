"""Forward passes: each is run once, and only if an enabled objective asks for it.

Shapes: B pairs, R rows of a bucket, S sub-words, U units, H hidden, N masked positions.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import torch
from torch import Tensor

from vecocli.encoder.batches import AlignedBatch, Pass
from vecocli.encoder.buckets import Bucket
from vecocli.encoder.devices import Precision, at_least_fp32, autocast
from vecocli.encoder.encoded import PREDICTED, EncodedBatch, Need, Prediction
from vecocli.encoder.encoder import Encoder, Pooling, pool
from vecocli.encoder.lookup import looked_up_once

States = Literal["clean", "masked"]


@dataclass(frozen=True, slots=True)
class Readout:
    """Where vectors are read from the hidden states.

    Args:
        sentence_layer: Layer of the sentence vectors; -1 is the last.
        sentence_pooling: `mean` over the positions or the `first` one.
        sentence_states: Read them from the sentences as they are (`clean`) or as MLM hides parts of them (`masked`).
        token_layer: Layer of the unit vectors.
        token_pooling: `mean` over a unit's sub-words or its `first` one.
        token_states: As `sentence_states`.
    """

    sentence_layer: int = -1
    sentence_pooling: Pooling = "mean"
    sentence_states: States = "clean"
    token_layer: int = -1
    token_pooling: Pooling = "mean"
    token_states: States = "clean"

    def passes(self, needs: frozenset[Need], *, mono: bool = False) -> frozenset[Pass]:
        """Return the passes that give what is needed.

        Args:
            needs: What is read.
            mono: There is monolingual text, which MLM then reads.
        """
        states: dict[Need, Pass] = {"sentences": self.sentence_states, "units": self.token_states}
        states["keys"] = self.sentence_states
        return frozenset(states.get(need) or predicting(need, mono=mono) for need in needs)


def predicting(need: Need, *, mono: bool) -> Pass:
    """Return the pass that gives a prediction; with monolingual text, MLM reads that."""
    passes: dict[Need, Pass] = {"mlm": "mono" if mono else "masked", "tlm": "joint", "aligned": "aligned"}
    return passes[need]


def encode(
    encoder: Encoder, batch: AlignedBatch, needs: frozenset[Need], readout: Readout, precision: Precision = "fp32"
) -> EncodedBatch:
    """Run the passes that are needed.

    Args:
        encoder: The encoder.
        batch: B pairs.
        needs: What is read.
        readout: Where vectors are read.
        precision: Arithmetic of the layers; vectors and everything after them are at least fp32.

    Raises:
        ValueError: The batch was made without such a pass.
    """
    mono = "mono" in batch.passes
    predicted = {predicting(need, mono=mono): need for need in needs & PREDICTED}
    passes = {name: _buckets(batch, name) for name in sorted(readout.passes(needs, mono=mono))}
    ids = [bucket.inputs.ids for buckets in passes.values() for bucket in buckets]
    found: dict[str, Tensor] = {}
    hidden: dict[Need, _Hidden] = {}
    words = looked_up_once(encoder.model.get_input_embeddings(), ids)
    with autocast(encoder.device, precision), words:  # weights are converted once for all passes
        for name, buckets in passes.items():
            reader = _Reader(encoder, batch, needs, readout, name)
            with _own_dropout(encoder, name):
                for bucket in buckets:
                    reader.read(bucket, predicts=name in predicted)
            found |= reader.vectors()
            if name in predicted:
                hidden[predicted[name]] = reader.hidden()
        predictions = _predictions(encoder, hidden)
    source_forms, target_forms = batch.forms.chunk(2)
    source_hashes, target_hashes = batch.sentences.chunk(2)
    return EncodedBatch(
        source_forms,
        target_forms,
        source_hashes,
        target_hashes,
        batch.links,
        mlm=predictions.get("mlm"),
        tlm=predictions.get("tlm"),
        aligned=predictions.get("aligned"),
        lost=batch.lost,
    ).with_vectors(found)


class _Hidden(NamedTuple):
    """What a pass is to predict: states [N, H] and labels [N]."""

    states: Tensor
    labels: Tensor


class _Reader:
    """Reads one pass, bucket by bucket."""

    def __init__(
        self, encoder: Encoder, batch: AlignedBatch, needs: frozenset[Need], readout: Readout, name: Pass
    ) -> None:
        self.encoder, self.batch, self.readout = encoder, batch, readout
        self._sentences = "sentences" in needs and readout.sentence_states == name
        self._units = "units" in needs and readout.token_states == name
        self._found: dict[str, list[Tensor]] = {}
        self._rows: list[Tensor] = []

    def read(self, bucket: Bucket, *, predicts: bool) -> None:
        """Run one bucket and keep what is needed of it."""
        encoder, readout, inputs = self.encoder, self.readout, bucket.inputs
        states = encoder.hidden_states(inputs)
        self._rows.append(bucket.rows)
        with torch.autocast(encoder.device.type, enabled=False):  # vectors are at least fp32
            if self._sentences:
                whole = at_least_fp32(states[encoder.layer(readout.sentence_layer)])
                self._keep("sentences", pool(whole, inputs.mask, readout.sentence_pooling))
            if self._units:
                assert bucket.units is not None
                parts = at_least_fp32(states[encoder.layer(readout.token_layer)])
                self._keep("units", pool_units(parts, bucket.units, self.batch.forms.shape[1], readout.token_pooling))
        if predicts:
            if inputs.labels is None:
                raise ValueError("the batch was built without labels")
            chosen = inputs.labels != -100
            self._keep("states", states[-1][chosen])
            self._keep("labels", inputs.labels[chosen])

    def vectors(self) -> dict[str, Tensor]:
        """Return the vectors of both sides, in the order of the batch; rows that are none of it come last in this."""
        found = {}
        for kind in ("sentences", "units"):
            if kind in self._found:
                source, target = torch.argsort(torch.cat(self._rows))[: len(self.batch.forms)].chunk(2)
                vectors = torch.cat(self._found[kind])
                found[f"source_{kind}"], found[f"target_{kind}"] = vectors[source], vectors[target]
        return found

    def hidden(self) -> _Hidden:
        """Return what is to be predicted of all buckets."""
        return _Hidden(torch.cat(self._found["states"]), torch.cat(self._found["labels"]))

    def _keep(self, kind: str, value: Tensor) -> None:
        self._found.setdefault(kind, []).append(value)


@contextmanager
def _own_dropout(encoder: Encoder, name: Pass) -> Iterator[None]:
    """Let the dropout of a pass depend on the seed and its name, and not on which passes ran before."""
    if not encoder.training:
        yield
        return
    seed = torch.initial_seed()
    torch.manual_seed(hash((seed, get_args(Pass).index(name))) % 2**63)
    yield
    torch.manual_seed(seed)


def _predictions(encoder: Encoder, hidden: Mapping[Need, _Hidden]) -> dict[Need, Prediction]:
    """Predict the hidden sub-words of all passes at once: the gradient by a large vocabulary's weights is made once."""
    if not hidden:
        return {}
    counts = [len(one.labels) for one in hidden.values()]
    losses, right = encoder.mlm_loss(*(torch.cat(parts) for parts in zip(*hidden.values(), strict=True)))
    found = zip(hidden, torch.split(losses, counts), torch.split(right, counts), strict=True)
    return {
        need: Prediction(loss.sum(), torch.tensor(len(hit), device=hit.device), hit.sum()) for need, loss, hit in found
    }


def _buckets(batch: AlignedBatch, name: Pass) -> Sequence[Bucket]:
    if not batch.passes.get(name):
        raise ValueError(f"the batch was built without the pass {name}")
    return batch.passes[name]


def pool_units(states: Tensor, units: Tensor, count: int, pooling: Pooling) -> Tensor:
    """Unit vectors [R, U, H] from states [R, S, H].

    Args:
        states: Hidden states of one layer.
        units: [R, S] unit index per sub-word, -1 for none.
        count: U.
        pooling: `mean` of a unit's sub-words (SimAlign's word mode) or the `first` one.

    Returns:
        Zero vectors where a unit has no sub-word.
    """
    member = units.unsqueeze(1) == torch.arange(count, device=units.device).view(1, -1, 1)  # [R, U, S]
    if pooling == "first":
        member = member & (member.cumsum(-1) == 1)
    weights = member.to(states.dtype)
    return (weights / weights.sum(-1, keepdim=True).clamp(min=1)) @ states

"""One step's gradient of all objectives, over several contrastive batches, passes and processes.

A step's loss is, for each objective, the mean over its contrastive batches of the mean over the batch's terms (masked
positions, sentences, instances with links), whatever the number of processes and of passes. Where a contrastive batch
takes several passes, its vectors are computed first without a graph, the loss is differentiated by the vectors, and
each pass is run again to carry that on to the weights.

Source: gradient caching (Gao et al. 2021, arXiv 2101.06983).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from vecocli.encoder.batches import AlignedBatch
from vecocli.encoder.encoded import PREDICTED, EncodedBatch, Need, join
from vecocli.encoder.passes import predicting
from vecocli.errors import UsageError
from vecocli.objectives import Loss, Mean, Objective
from vecocli.training.even import even
from vecocli.training.gather import added, gathered, processes
from vecocli.training.model import Passes
from vecocli.training.sharding import is_sharded

Figures = dict[str, Tensor]
Seed = Callable[[int], None]


class ObjectiveGradients:
    """Adds the gradient of a step to the weights.

    Args:
        objectives: Objectives by name.
        weights: Weight of each in the sum; 1 where not given.
    """

    def __init__(self, objectives: Mapping[str, Objective], weights: Mapping[str, float]) -> None:
        self.objectives = dict(objectives)
        self._weights = {name: weights.get(name, 1.0) for name in objectives}
        self.needs: frozenset[Need] = frozenset().union(*(one.needs for one in objectives.values()))
        batchwide = (one.needs for one in objectives.values() if one.scope == "batch")
        self.compared: frozenset[Need] = frozenset().union(*batchwide)

    def __call__(
        self, accelerator: Any, model: nn.Module, batches: Sequence[Sequence[AlignedBatch]], seed: Seed
    ) -> Figures:
        """Run forward and backward passes.

        Args:
            accelerator: Of the model.
            model: `Passes`, wrapped.
            batches: The step's contrastive batches, each in parts of one pass; this process's share of them.
            seed: Called with the number of a part before each of its passes, which then draw the same.

        Returns:
            The step's figures over all processes: `loss`, every objective's loss, and their parts.
        """
        found: Figures = {}
        number = 0
        batches = [[part.to(accelerator.device) for part in parts] for parts in batches]
        if is_sharded(model):
            batches = even(batches)
        for place, parts in enumerate(batches):
            step = _Step(self, accelerator, model, 1 / len(batches), place == len(batches) - 1, seed, number)
            for name, value in step.run(parts).items():
                found[name] = found.get(name, torch.zeros((), device=value.device)) + value / len(batches)
            number += len(parts)
        return found

    def freeze_unreached(self, passes: Passes, part: AlignedBatch) -> None:
        """Leave out of training the weights that no objective reaches, such as layers above the one that is read.

        Weights that are left out already stay so.

        Data parallelism waits for the gradient of every weight that is trained.

        Args:
            passes: The model, on its device.
            part: Any batch of at least one pair; which weights are reached does not depend on it.
        """
        weights = [weight for weight in passes.parameters() if weight.requires_grad]
        encoded = passes(part, self.needs)
        found = {**self.losses(encoded, "pair", self.needs), **self.losses(encoded, "batch", self.needs)}
        value = self.weighted({name: loss.value for name, loss in found.items()})
        if not value.requires_grad:
            raise UsageError("the objectives reach none of the weights that are trained", "Read a higher layer.")
        for weight, gradient in zip(weights, torch.autograd.grad(value, weights, allow_unused=True), strict=True):
            weight.requires_grad_(gradient is not None)

    def losses(self, batch: EncodedBatch, scope: str, needs: frozenset[Need]) -> dict[str, Loss]:
        """Compute the objectives of a scope that read no more than `needs`."""
        return {name: one(batch) for name, one in self.objectives.items() if one.scope == scope and one.needs <= needs}

    def weighted(self, values: Mapping[str, Tensor]) -> Tensor:
        """Add up values by objective, weighted."""
        return torch.stack([self._weights[name] * value for name, value in values.items()]).sum()


class _Step:
    """One contrastive batch."""

    def __init__(
        self,
        gradients: ObjectiveGradients,
        accelerator: Any,
        model: nn.Module,
        share: float,
        last: bool,
        seed: Seed,
        first: int,
    ) -> None:
        self.gradients, self.accelerator, self.model = gradients, accelerator, model
        self.scale = share * processes()  # gradients are averaged over processes
        self.last, self.seed, self.first = last, seed, first

    def run(self, parts: Sequence[AlignedBatch]) -> Figures:
        """Add the batch's gradient to the weights; return its figures."""
        return self._at_once(parts[0]) if len(parts) == 1 else self._cached(parts)

    def _at_once(self, part: AlignedBatch) -> Figures:
        needs = self.gradients.needs
        with self._synced(self.last):
            encoded = self._encoded(0, part, needs)
            own = self.gradients.losses(encoded, "pair", needs)
            shared = self._shared(encoded)
            counts = self._counts({name: loss.mean.count for name, loss in own.items()})
            values = {name: loss.mean.total / counts[name] for name, loss in own.items()}
            values |= {name: loss.value for name, loss in shared.items()}
            self.accelerator.backward(self.gradients.weighted(values) * self.scale)
        return self._figures([own], counts, shared)

    def _cached(self, parts: Sequence[AlignedBatch]) -> Figures:
        shared, counts, slopes = self._ahead(parts)
        found = []
        for place, part in enumerate(parts):
            with self._synced(self.last and place == len(parts) - 1):
                encoded = self._encoded(place, part, self.gradients.needs)
                own = self.gradients.losses(encoded, "pair", self.gradients.needs)
                values = {name: loss.mean.total / counts[name] for name, loss in own.items()}
                terms = [self.gradients.weighted(values)] if values else []
                terms += [(encoded.vectors[name] * slope).sum() for name, slope in slopes[place].items()]
                self.accelerator.backward(torch.stack(terms).sum() * self.scale)
            found.append(own)
        return self._figures(found, counts, shared)

    def _ahead(
        self, parts: Sequence[AlignedBatch]
    ) -> tuple[dict[str, Loss], dict[str, Tensor], list[dict[str, Tensor]]]:
        """Compute all vectors without a graph.

        Returns:
            The losses that compare all vectors; the number of terms of the other objectives; and for each part the
            derivative of the first by its vectors.
        """
        labels = {name: self._labels(parts, one) for name, one in self.gradients.objectives.items()}
        known = {name: count for name, count in labels.items() if count is not None}
        ahead = (one for name, one in self.gradients.objectives.items() if name not in known)
        needs: frozenset[Need] = frozenset().union(*(one.needs for one in ahead))
        if not needs:
            return {}, self._counts(known), [{} for _ in parts]
        with torch.no_grad():
            encoded = [self._encoded(place, part, needs) for place, part in enumerate(parts)]
            whole = join(encoded)
            own = self.gradients.losses(whole, "pair", needs)
        whole = whole.with_vectors({name: vectors.requires_grad_() for name, vectors in whole.vectors.items()})
        shared = self._shared(whole)
        slopes: dict[str, Tensor] = {}
        if shared:
            value = self.gradients.weighted({name: loss.value for name, loss in shared.items()})
            found = torch.autograd.grad(value, list(whole.vectors.values()), allow_unused=True)
            slopes = {name: slope for name, slope in zip(whole.vectors, found, strict=True) if slope is not None}
        return (
            shared,
            self._counts(known | {name: loss.mean.count for name, loss in own.items()}),
            _cut(slopes, encoded),
        )

    def _shared(self, encoded: EncodedBatch) -> dict[str, Loss]:
        """Compute the losses that compare the pairs of all processes; only what these read is sent."""
        needs = self.gradients.compared
        return self.gradients.losses(gathered(encoded, needs), "batch", needs) if needs else {}

    def _labels(self, parts: Sequence[AlignedBatch], objective: Objective) -> Tensor | None:
        """Return how many terms an objective has, where that is known before its vectors are; else None."""
        if "keys" in objective.needs:
            return torch.tensor(sum(len(part.sentences) for part in parts) // 2)
        names = [predicting(need, mono="mono" in parts[0].passes) for need in objective.needs & PREDICTED]
        return torch.tensor(sum(part.labels(name) for part in parts for name in names)) if names else None

    def _encoded(self, place: int, part: AlignedBatch, needs: frozenset[Need]) -> EncodedBatch:
        self.seed(self.first + place)
        encoded: EncodedBatch = self.model(part, needs)
        return encoded

    def _counts(self, own: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Add up numbers of terms over all processes; at least 1 each."""
        if not own:
            return {}
        device, names = self.accelerator.device, sorted(own)  # in one order, however a process came to its own
        counts = added(torch.stack([own[name].to(device, torch.float64) for name in names])).clamp(min=1)
        return dict(zip(names, counts.float().unbind(), strict=True))

    def _synced(self, last: bool) -> AbstractContextManager[Any]:
        """Let processes add up their gradients only where the step ends, or at once where each keeps but a part."""
        at_once = last or is_sharded(self.model)
        context: AbstractContextManager[Any] = nullcontext() if at_once else self.accelerator.no_sync(self.model)
        return context

    def _figures(
        self, own: Sequence[Mapping[str, Loss]], counts: Mapping[str, Tensor], shared: Mapping[str, Loss]
    ) -> Figures:
        """Put together what the whole batch gave."""
        sums: dict[str, list[Mean]] = {}
        for losses in own:
            for name, loss in losses.items():
                sums.setdefault(name, []).append(Mean(loss.mean.total, counts[name]))
                for figure, mean in loss.figures.items():
                    sums.setdefault(f"{name}/{figure}", []).append(mean)
        found = self._added(sums)
        for name, loss in shared.items():
            found[name] = loss.value.detach()
            found |= {f"{name}/{figure}": mean.value for figure, mean in loss.figures.items()}
        total = self.gradients.weighted({name: found[name] for name in self.gradients.objectives})
        return {"loss": total, **found}

    def _added(self, sums: Mapping[str, Sequence[Mean]]) -> Figures:
        """Add up means over parts and processes; a loss's number of terms is known for all of these already."""
        if not sums:
            return {}
        device = self.accelerator.device
        both = torch.zeros(2, len(sums), dtype=torch.float64, device=device)
        for place, means in enumerate(sums.values()):
            for mean in means:
                both[0, place] += mean.total.detach().to(device)
                both[1, place] += mean.count.to(device)
        found = {}
        for (name, means), total, count in zip(sums.items(), *added(both).unbind(), strict=True):
            known = name in self.gradients.objectives
            found[name] = (total / (means[0].count.to(device) if known else count.clamp(min=1))).float()
        return found


def _cut(slopes: Mapping[str, Tensor], parts: Sequence[EncodedBatch]) -> list[dict[str, Tensor]]:
    """Cut derivatives into those of each part, units that only other parts have left out."""
    cut, first = [], 0
    for part in parts:
        rows = {name: slope[first : first + len(part)] for name, slope in slopes.items()}
        cut.append({name: row[:, : part.vectors[name].shape[1]] for name, row in rows.items()})
        first += len(part)
    return cut

import pytest
import torch

from vecocli.encoder.batches import AlignedBatch, Pass
from vecocli.encoder.buckets import Bucket
from vecocli.encoder.encoder import Inputs
from vecocli.training.even import IDLE, even


def bucket(rows: list[int], labels: bool = False) -> Bucket:
    ids = torch.arange(1, 1 + 3 * len(rows)).reshape(-1, 3)
    return Bucket(Inputs(ids, ids > 0, None, ids if labels else None), torch.tensor(rows), None if labels else ids)


def part(pairs: int, passes: dict[Pass, tuple[Bucket, ...]]) -> AlignedBatch:
    return AlignedBatch(
        torch.ones(2 * pairs, 4).long(), torch.ones(2 * pairs).long(), torch.ones(1, 3).long(), passes, 2
    )


def test_one_process_is_even() -> None:
    batches = [[part(1, {"clean": (bucket([0, 1]),)})]]
    assert even(batches) == batches


def test_fills_up_parts_and_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = iter([torch.tensor([2, 1]), torch.tensor([[1, 3], [2, 1], [1, 2]])])
    asked: list[list[int]] = []

    def most(values: torch.Tensor) -> torch.Tensor:
        asked.append(values.tolist())
        return next(wanted)

    monkeypatch.setattr("vecocli.training.even.most", most)
    one = part(2, {"joint": (bucket([0, 1], labels=True),), "clean": (bucket([3, 1]), bucket([2, 0]))[:1]})
    (first, idle), (other,) = even([[one], [one]])
    assert asked == [[1, 1], [[1, 1]] * 3]

    assert first.sentences is one.sentences
    assert first.lost == 2
    assert [len(first.passes[name]) for name in ("clean", "joint")] == [1, 3]
    assert first.passes["joint"][0] is one.passes["joint"][0]
    for added in first.passes["joint"][1:]:
        assert added.rows.tolist() == [IDLE]
        assert added.inputs.ids.tolist() == [[1, 2, 3]]
        assert added.inputs.labels is not None
        assert added.inputs.labels.unique().tolist() == [-100]
    assert [len(other.passes[name]) for name in ("clean", "joint")] == [1, 2]

    assert (len(idle.forms), len(idle.sentences), len(idle.links), idle.lost) == (0, 0, 0, 0)
    assert [len(idle.passes[name]) for name in ("clean", "joint")] == [2, 1]
    assert idle.passes["clean"][0].units is not None
    assert idle.passes["clean"][0].rows.tolist() == [IDLE]

from collections.abc import Iterator
from threading import Event, get_ident

import pytest
import torch

from vecocli.encoder import threads
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.inference import sentence_vectors
from vecocli.encoder.threads import side_by_side


@pytest.fixture(params=[1, 4])
def count(request: pytest.FixtureRequest) -> Iterator[int]:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


def test_results_come_in_the_order_of_the_jobs(count: int) -> None:
    later = [Event() for _ in range(20)]

    def run(job: int) -> tuple[int, int, int]:
        later[job].set()
        if count > 1 and job % 2 == 0 and job + 1 < len(later):
            assert later[job + 1].wait(10)  # the next one runs at the same time
        return job, get_ident(), torch.get_num_threads()

    found = list(side_by_side(run, range(20)))
    assert [job for job, _, _ in found] == list(range(20))
    assert (len({thread for _, thread, _ in found}) > 1) == (count > 1)
    assert {inside for _, _, inside in found} == {1}
    assert torch.get_num_threads() == count


def test_threads_are_shared_out_where_there_are_many(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(threads, "MOST", 2)
    found = set(side_by_side(lambda _: torch.get_num_threads(), range(6)))
    assert found == {max(1, count // 2)}


def test_no_more_is_begun_than_is_asked_for(count: int) -> None:
    begun: list[int] = []

    def jobs() -> Iterator[int]:
        for job in range(100):
            begun.append(job)
            yield job

    results = side_by_side(lambda job: job, jobs())
    assert next(results) == 0
    assert len(begun) <= 3 * count
    results.close()
    assert torch.get_num_threads() == count


def test_an_error_ends_it(count: int) -> None:
    with pytest.raises(ZeroDivisionError):
        list(side_by_side(lambda job: 1 // (3 - job), range(100)))
    assert torch.get_num_threads() == count


def test_vectors_are_the_same(tiny_encoder: Encoder) -> None:
    texts = [f"The cat {number} sees {'the old house ' * (number % 5)}" for number in range(30)]
    before = torch.get_num_threads()
    alone = sentence_vectors(tiny_encoder, texts, layers=[0, 1, 2], tokens_per_batch=40)
    torch.set_num_threads(3)
    try:
        both = sentence_vectors(tiny_encoder, texts, layers=[0, 1, 2], tokens_per_batch=40)
        half = sentence_vectors(tiny_encoder, texts, layers=[1], tokens_per_batch=40)
    finally:
        torch.set_num_threads(before)
    assert torch.equal(alone, both)
    assert torch.equal(alone[1:2], half)

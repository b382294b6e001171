import pickle
from itertools import pairwise
from pathlib import Path

import pytest

from vecocli.errors import DataError, UsageError
from vecocli.text.corpus import SentencePair, open_parallel
from vecocli.text.mixed import MixedCorpus


@pytest.fixture
def mixed(tmp_path: Path) -> MixedCorpus:
    (tmp_path / "a.tsv").write_text("".join(f"s{n}\tt{n}\n" for n in range(1, 3001)))
    (tmp_path / "b.tsv").write_text("x\ty\n\nz\tw\n")
    parts = tuple(open_parallel([tmp_path / name], "eng", "de") for name in ("a.tsv", "b.tsv"))
    return MixedCorpus(parts, ("a", "b"))


def test_one_after_the_other(mixed: MixedCorpus) -> None:
    pairs = list(mixed)
    assert len(pairs) == 3003
    assert pairs[2999:] == [(3000, "s3000", "t3000", "a"), (1, "x", "y", "b"), (2, "", "", "b"), (3, "z", "w", "b")]
    assert pairs[0] == SentencePair(1, "s1", "t1", corpus="a")
    assert list(mixed) == pairs
    assert (mixed.source_language, mixed.target_language, mixed.label) == ("en", "de", "eng-de")
    assert mixed.facts == {"corpus": ["a", "b"]}


def test_the_limit_counts_over_all(mixed: MixedCorpus) -> None:
    assert [pair.corpus for pair in MixedCorpus(mixed.parts, mixed.names, limit=3002)] == ["a"] * 3000 + ["b"] * 2


def test_a_sampled_share(mixed: MixedCorpus) -> None:
    sampled = MixedCorpus(mixed.parts, mixed.names, sample=0.1)
    kept = list(sampled)
    assert 240 < len(kept) < 360
    assert all(pair.source == f"s{pair.number}" for pair in kept if pair.corpus == "a")
    assert sampled.facts == {"corpus": ["a", "b"], "sample": 0.1, "seed": 0}
    assert list(MixedCorpus(mixed.parts, mixed.names, limit=100, sample=0.1)) == kept[:100]


def test_a_sample_depends_on_seed_name_and_number_alone(mixed: MixedCorpus) -> None:
    def numbers(name: str, sample: float = 0.1, seed: int = 0) -> set[int]:
        return {pair.number for pair in MixedCorpus(mixed.parts[:1], (name,), sample=sample, seed=seed)}

    alone = numbers("a")
    assert alone == {
        pair.number for pair in MixedCorpus(mixed.parts[::-1], ("b", "a"), sample=0.1) if pair.corpus == "a"
    }
    assert alone < numbers("a", sample=0.2), "a larger sample has the smaller one"
    for other in (numbers("c"), numbers("a", seed=1)):
        assert len(alone & other) < 70, "about 0.1 of 300 are in both"


def test_the_sample_is_spread_evenly(mixed: MixedCorpus) -> None:
    sample = [pair.number for pair in MixedCorpus(mixed.parts[:1], ("a",), sample=0.5)]
    for start in range(0, 3000, 500):
        assert 200 < sum(start < number <= start + 500 for number in sample) < 300
    assert 650 < sum(before + 1 == number for before, number in pairwise(sample)) < 850


def test_a_number_of_pairs(mixed: MixedCorpus) -> None:
    corpus = MixedCorpus(mixed.parts, mixed.names, sample=600)
    assert corpus.share == pytest.approx(600 / 3003)
    assert 520 < len(list(corpus)) < 680
    assert len(list(pickle.loads(pickle.dumps(corpus)))) == len(list(corpus))
    assert len(list(MixedCorpus(mixed.parts, mixed.names, sample=9000))) == 3003


def test_a_pipe_cannot_be_counted() -> None:
    corpus = MixedCorpus((open_parallel(["-"], "en", "de"),), ("-",), sample=600)
    assert not corpus.repeatable
    with pytest.raises(UsageError, match="a sample of 600 pairs needs files"):
        next(iter(corpus))


def test_errors_come_through(mixed: MixedCorpus, tmp_path: Path) -> None:
    (tmp_path / "b.tsv").write_text("x\ty\nz\n")
    with pytest.raises(DataError, match=r"b\.tsv:2: 1 column"):
        list(mixed)

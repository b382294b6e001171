import io
import sys
from pathlib import Path

import pytest

from vecocli.errors import DataError
from vecocli.mining import sample
from vecocli.mining.sample import sampling
from vecocli.text.mixed import MixedCorpus
from vecocli.text.plan import open_mixed

LANGUAGES = ("en", "de")


def opened(path: Path, share: float | None = None) -> MixedCorpus:
    return open_mixed([path], [LANGUAGES], "tsv", samples={} if share is None else {LANGUAGES: share})[0]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.tsv"
    path.write_text("".join(f"cat {n}\tKatze {n}\n" for n in range(100)), encoding="utf-8")
    return path


@pytest.mark.parametrize("apart", [False, True])
def test_pairs_are_from_all_over_the_corpus(path: Path, monkeypatch: pytest.MonkeyPatch, *, apart: bool) -> None:
    monkeypatch.setattr(sample, "SAMPLE_PAIRS", 10)
    with sampling(opened(path), apart=apart) as look:
        some, pairs, total = look()
    assert [pair.number for pair in some] == [1, 17, 33, 49, 65, 81, 97]
    assert (len(list(pairs)), total) == (100, 100)


@pytest.mark.parametrize("apart", [False, True])
def test_a_number_of_pairs_is_counted_once(path: Path, *, apart: bool) -> None:
    with sampling(opened(path, 50), apart=apart) as look:
        pairs = look().pairs
    assert isinstance(pairs, MixedCorpus)
    path.write_text("cat\tKatze\n" * 1000, encoding="utf-8")  # what is known already is not looked at again
    assert pairs.share == 0.5


def test_of_a_pipe_the_beginning_is_looked_at_and_nothing_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "SAMPLE_PAIRS", 10)
    text = "".join(f"cat {n}\tKatze {n}\n" for n in range(30))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    with sampling(opened(Path("-")), apart=True) as look:
        some, pairs, total = look()
    assert (len(some), total) == (10, None)
    assert [pair.number for pair in pairs] == list(range(1, 31))


@pytest.mark.parametrize("apart", [False, True])
def test_a_corpus_without_text_on_a_side_is_refused(path: Path, *, apart: bool) -> None:
    path.write_text("cat\t \n", encoding="utf-8")
    with sampling(opened(path), apart=apart) as look, pytest.raises(DataError, match="no sentence pairs with text"):
        look()

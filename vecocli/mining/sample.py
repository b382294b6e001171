"""A look at a whole corpus before its words are linked, while something else is read."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain, count, islice
from typing import NamedTuple

from vecocli.errors import DataError
from vecocli.mining.frequent import spread
from vecocli.mining.workers import Report, Share, beside
from vecocli.text.corpus import SentencePair
from vecocli.text.mixed import MixedCorpus

SAMPLE_PAIRS = 10_000  # at most


class Sample(NamedTuple):
    """What was seen of a corpus.

    Args:
        some: Pairs from all over it; the beginning of a pipe, which can be read only once.
        pairs: All its pairs.
        total: Their number, where it is known.
    """

    some: list[SentencePair]
    pairs: Iterable[SentencePair]
    total: int | None


@contextmanager
def sampling(corpus: MixedCorpus, *, apart: bool) -> Iterator[Callable[[], Sample]]:
    """Look at a corpus; what is called inside waits until that is done, and raises what `sampled` does.

    Args:
        corpus: Read through once; of a pipe only the beginning is.
        apart: Do it in another process, from now on. Else, and of a pipe, it is done when it is waited for.
    """
    if not (apart and corpus.repeatable):
        yield partial(sampled, corpus)
        return
    with beside(partial(_sampled, corpus)) as sample:
        yield sample


def sampled(corpus: MixedCorpus) -> Sample:
    """Look at a corpus.

    Raises:
        DataError: There is no text on both sides, or the corpus cannot be read.
    """
    if corpus.repeatable:
        return _sampled(corpus, Share(), lambda done: None)
    rest = iter(corpus)
    some = list(islice(rest, SAMPLE_PAIRS))
    _check(some, corpus)
    return Sample(some, chain(some, rest), None)


def _sampled(corpus: MixedCorpus, share: Share, report: Report) -> Sample:
    """Look at a corpus that can be read more than once."""
    numbers = count()
    some = spread((pair for pair, _ in zip(corpus, numbers, strict=False)), SAMPLE_PAIRS)
    _check(some, corpus)
    return Sample(some, corpus, next(numbers))


def _check(some: list[SentencePair], corpus: MixedCorpus) -> None:
    if not any(pair.source.strip() and pair.target.strip() for pair in some):
        hint = "Give a corpus with text on both sides."
        raise DataError("no sentence pairs with text", hint, path=", ".join(corpus.names))

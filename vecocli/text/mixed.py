"""Several parallel corpora of one language pair, read as one: all of it, the first pairs, or a sample."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import islice
from typing import Any

from vecocli.errors import UsageError
from vecocli.text.corpus import ParallelCorpus, SentencePair
from vecocli.text.readers import Row

_MASK = (1 << 64) - 1


@dataclass(frozen=True)
class MixedCorpus:
    """Parallel corpora, one after the other; each pair says which it is from and keeps its number there.

    Whether a pair is in the sample depends on the seed, its corpus's name and its number alone: not on other corpora
    nor on who reads which part.

    Args:
        parts: Corpora of the same languages, at least one.
        names: Their names, all different.
        limit: Only the first so many pairs, of the sample if there is one; None for all.
        sample: Keep about this share of the pairs (up to 1), or about so many of them in all (above 1); None keeps all.
        seed: Of the sample.
    """

    parts: tuple[ParallelCorpus, ...]
    names: tuple[str, ...]
    limit: int | None = None
    sample: float | None = None
    seed: int = 0

    def __iter__(self) -> Iterator[SentencePair]:
        return islice(self._pairs(), self.limit)

    @property
    def source_language(self) -> str:
        """Canonical code of the source language."""
        return self.parts[0].source_language

    @property
    def target_language(self) -> str:
        """Canonical code of the target language."""
        return self.parts[0].target_language

    @property
    def label(self) -> str:
        """The language pair as the user gave it, such as `en-pt_BR`."""
        return "-".join(self.parts[0].names)

    @property
    def repeatable(self) -> bool:
        """Whether it can be read more than once; a pipe cannot."""
        return all(part.repeatable for part in self.parts)

    @property
    def facts(self) -> dict[str, Any]:
        """What decides which pairs it has, as JSON values; not the limit: a longer run begins with the same pairs."""
        sampled = {} if self.sample is None else {"sample": self.sample, "seed": self.seed}
        return {"corpus": list(self.names), **sampled}

    @cached_property
    def share(self) -> float:
        """The share of pairs that the sample keeps; a number of pairs is compared with all that there are.

        Raises:
            UsageError: A number of pairs, of a corpus that cannot be counted beforehand.
            DataError: A corpus that cannot be read.
        """
        if self.sample is None or self.sample <= 1:
            return 1.0 if self.sample is None else self.sample
        if not self.repeatable:
            message = f"a sample of {self.sample:g} pairs needs files, which can be counted first"
            raise UsageError(message, "Give a share, such as 0.1.")
        return min(1.0, self.sample / max(1, sum(1 for part in self.parts for _ in part.rows())))

    def _pairs(self) -> Iterator[SentencePair]:
        share = self.share
        for part, name in zip(self.parts, self.names, strict=True):
            rows = part.rows()
            for number, source, target in rows if share == 1 else _sampled(rows, share, self.seed, name):
                yield SentencePair(number, source, target, name)


def _sampled(rows: Iterator[Row], share: float, seed: int, name: str) -> Iterator[Row]:
    """Keep the rows whose number has a hash below the share.

    Source: the hash is the output function of SplitMix64 (Steele, Lea and Flood 2014, figure 16).
    """
    key = int.from_bytes(blake2b(f"{seed} {name}".encode(), digest_size=8).digest())
    below = share * (1 << 64)
    for row in rows:
        mixed = (key + row[0] * 0x9E3779B97F4A7C15) & _MASK
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        if mixed ^ (mixed >> 31) < below:
            yield row

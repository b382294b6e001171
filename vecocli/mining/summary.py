"""What a mining run found, added up."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import pyarrow as pa

from vecocli.errors import DataError
from vecocli.mining.result import Facts, corpora
from vecocli.provenance import versions
from vecocli.text.files import atomic_write, read_lines
from vecocli.text.segment import SEGMENTER
from vecocli.text.synonyms import IDENTICAL, origin_parts


@dataclass(frozen=True)
class MiningSummary:
    """What a mining run found.

    Args:
        source_language: Language of the source side.
        target_language: Language of the target side.
        pairs: Sentence pairs read.
        empty: Pairs without a word on either side.
        one_sided: Pairs without a word on one side.
        too_long: Pairs kept without links because they are too long or one word is repeated too often.
        long_texts: Sentences longer than the encoder reads at once; what became of them is a setting.
        pairs_with_links: Pairs with at least one link.
        source_words: Words of the source side.
        target_words: Words of the target side.
        linked_source_words: Source words that are part of a link.
        linked_target_words: Target words that are part of a link.
        links: Synonym pairs.
        ambiguous: Synonym pairs chosen among several places.
        below_min_coverage: Pairs that were left out of the shards, and of all that is made of them.
        lexicon: Different pairs of word or phrase and translation, without equal words that no dictionary lists.
        origins: Links by origin; a link that several dictionaries list counts for each.
        corpora: Pairs, pairs with links, links and coverage of each corpus.
        about: What the miner is to be known by, such as function words and the licences of dictionaries.
        versions: The software that made it.
    """

    source_language: str
    target_language: str
    pairs: int
    empty: int
    one_sided: int
    too_long: int
    long_texts: int
    pairs_with_links: int
    source_words: int
    target_words: int
    linked_source_words: int
    linked_target_words: int
    links: int
    ambiguous: int
    below_min_coverage: int
    lexicon: int
    origins: dict[str, int]
    corpora: dict[str, dict[str, float]]
    about: dict[str, Any]
    versions: dict[str, str]

    @property
    def coverage(self) -> float:
        """Share of the source words that are part of a link (0 to 1)."""
        return self.linked_source_words / self.source_words if self.source_words else 0.0

    def document(self) -> dict[str, Any]:
        """Return it as JSON values, with the coverage."""
        values = asdict(self)
        about: dict[str, Any] = values.pop("about")
        return values | about | {"coverage": round(self.coverage, 6)}

    def write(self, path: Path) -> None:
        """Write it as JSON; equal results give equal bytes."""
        with atomic_write(path, "w") as stream:
            json.dump(self.document(), stream, ensure_ascii=False, indent=2)
            stream.write("\n")


def summarise(
    languages: tuple[str, str], facts: Sequence[Facts], lexicon: int, about: Mapping[str, Any]
) -> MiningSummary:
    """Put what the shards of a run say into a summary.

    Args:
        languages: Source and target language.
        facts: What each shard says.
        lexicon: Size of the lexicon.
        about: What the miner is to be known by, as JSON values.
    """
    counts = {
        name: sum((fact.counts.get(name, Counter()) for fact in facts), Counter[str]()) for name in corpora(facts)
    }
    total = sum(counts.values(), Counter[str]())
    numbers: dict[str, Any] = {field.name: total[field.name] for field in fields(MiningSummary) if field.type is int}
    return MiningSummary(
        *languages,
        **numbers | {"lexicon": lexicon},
        origins=_origins(total),
        corpora={name: _of_corpus(one) for name, one in counts.items()},
        about=dict(about),
        versions=versions() | {"pyarrow": pa.__version__, "segmenter": SEGMENTER},
    )


def read_languages(path: Path) -> tuple[str, str]:
    """Return the source and target language that a summary states.

    Raises:
        DataError: No such file, or one that is no summary.
    """
    try:
        document = json.loads("\n".join(read_lines(path)))
        return str(document["source_language"]), str(document["target_language"])
    except (ValueError, TypeError, KeyError):
        raise DataError("not the summary of a mining run", "Mine the corpus again.", path=path) from None


def _origins(counts: Counter[str]) -> dict[str, int]:
    """Return the links by origin; other counts have no colon in their names, and `identical` is an origin."""
    origins: Counter[str] = Counter()
    for origin, links in counts.items():
        if ":" in origin or origin == IDENTICAL:
            for part in origin_parts(origin):
                origins[part] += links
    return dict(sorted(origins.items()))


def _of_corpus(counts: Counter[str]) -> dict[str, float]:
    """Return what is said of a single corpus."""
    coverage = counts["linked_source_words"] / max(1, counts["source_words"])
    numbers = {name: counts[name] for name in ("pairs", "pairs_with_links", "links")}
    return numbers | {"coverage": round(coverage, 6)}

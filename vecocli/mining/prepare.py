"""Makes miners: what looks at a sample of a corpus before its words are linked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vecocli.errors import UsageError
from vecocli.mining.dictionary import Matcher
from vecocli.mining.direction import check_direction
from vecocli.mining.frequent import function_words, spread
from vecocli.mining.linker import Linker
from vecocli.mining.mine import Prepared
from vecocli.mining.rules import Rules
from vecocli.mining.scorer import SpanScorer
from vecocli.mining.stems import STEMMED_LANGUAGES
from vecocli.text.corpus import SentencePair
from vecocli.text.segment import Segmenter
from vecocli.text.thesaurus import Thesaurus

DIRECTION_PAIRS = 2_000  # of the sample, looked at to tell the dictionary's direction


@dataclass(frozen=True)
class ByDictionary:
    """Prepares to link words by a dictionary.

    Args:
        thesaurus: The dictionary.
        languages: Languages of the corpus.
        rules: What is linked.
        segmenter: How words are cut.
        scorer: Compares spans where several places match; without one, relative position decides.
    """

    thesaurus: Thesaurus
    languages: tuple[str, str]
    rules: Rules
    segmenter: Segmenter = "icu"
    scorer: SpanScorer | None = None

    def __call__(self, sample: Sequence[SentencePair]) -> Prepared:
        """Make the linker and say what it is to be known by; raises what `linker` does."""
        linker = self.linker(sample)
        return Prepared(linker, self.about(linker))

    def linker(self, sample: Sequence[SentencePair]) -> Linker:
        """Tell the function words of both languages and make the linker.

        Raises:
            DataError: The dictionary fits only the other way round.
            UsageError: It is one of other languages than the corpus.
        """
        source, target = self.languages
        if self.languages != self.thesaurus.languages:
            theirs = "-".join(self.thesaurus.languages)
            raise UsageError(f"a {theirs} dictionary for a {source}-{target} corpus", "Load it for those languages.")
        matcher = Matcher(self.thesaurus, self.rules.max_phrase)
        check_direction(spread(sample, DIRECTION_PAIRS), self.thesaurus, matcher, self.segmenter)
        share = self.rules.function_share
        functional = (
            function_words((pair.source for pair in sample), source, share, self.segmenter),
            function_words((pair.target for pair in sample), target, share, self.segmenter),
        )
        return Linker(self.thesaurus, matcher, self.rules, functional, self.scorer, self.segmenter)

    def about(self, linker: Linker) -> dict[str, Any]:
        """Return what the summary says of a linker."""
        about = {
            "dictionaries": list(self.thesaurus.names),
            "licences": dict(sorted(self.thesaurus.licences.items())),
            "source_function_words": sorted(linker.function_words[0]),
            "target_function_words": sorted(linker.function_words[1]),
        }
        if self.rules.inflection == "stem":
            about["languages_without_stemmer"] = sorted(set(self.languages) - STEMMED_LANGUAGES)
        return about

"""Notices a dictionary that lists its two languages the other way round than the corpus."""

from collections.abc import Iterable, Sequence

import numpy as np

from vecocli.errors import DataError
from vecocli.mining.dictionary import Matcher, Target
from vecocli.mining.lookup import Lookup
from vecocli.text.corpus import SentencePair
from vecocli.text.segment import Segmenter, normal_form, written_form
from vecocli.text.thesaurus import Thesaurus

ENOUGH = 0.05  # links per source word that a dictionary of the right direction easily gives
LEAST_LINKS = 30  # fewer tell nothing
TIMES = 4
MOST_WORDS = 512  # a repetitive pair of longer sides could match at millions of places; it is left out
NONE: frozenset[str] = frozenset()


def check_direction(
    sample: Iterable[SentencePair], thesaurus: Thesaurus, matcher: Matcher, segmenter: Segmenter = "icu"
) -> None:
    """Compare how many single words a dictionary links as given and turned round.

    Pairs of equal words (names, loans) are left out, as they count alike in both directions. The dictionary is turned
    round only where it gives next to nothing as it is, so that a right one costs one look at the sample.

    Args:
        sample: Pairs of the corpus.
        thesaurus: The dictionary.
        matcher: Its index.
        segmenter: How words are cut.

    Raises:
        DataError: Next to no links as given, and at least 30 and four times as many the other way.
    """
    pairs = list(sample)
    given, words, looked_at = _links(pairs, thesaurus, matcher, segmenter)
    if given > ENOUGH * words:
        return
    turned, _, _ = _links(pairs, thesaurus, Matcher(thesaurus.reversed(), max_phrase=1), segmenter)
    if turned >= max(LEAST_LINKS, TIMES * given):
        source, target = thesaurus.source_language, thesaurus.target_language
        raise DataError(
            f"the dictionary fits this {source}-{target} corpus only the other way round: "
            f"{given} links in the first {looked_at} pairs as given, {turned} when reversed",
            f"Add --reverse-dictionary if it lists {target} first, leave it out if not, or swap the corpus's sides "
            "if those are wrong.",
            path=", ".join(thesaurus.names),
        )


def _links(
    pairs: Sequence[SentencePair], thesaurus: Thesaurus, matcher: Matcher, segmenter: Segmenter
) -> tuple[int, int, int]:
    """Count the single source words with a translation, other than themselves, in the target; all; and the pairs."""
    form = written_form if thesaurus.written else normal_form
    _, source, target = Lookup(matcher, thesaurus.languages, segmenter, (NONE, NONE), (form, form)).cut(pairs)
    short = np.maximum(source.counts, target.counts) <= MOST_WORDS
    vocabulary = matcher.vocabulary
    spans = vocabulary.spans(source.unit, source.sentence, np.flatnonzero(short[source.sentence]))
    others = vocabulary.spans(target.unit, target.sentence, np.flatnonzero(short[target.sentence]))
    spans, others = spans.take(spans.length == 1), others.take(others.length == 1)
    stands = Target(others, target.sentence, len(pairs), vocabulary.size)
    matches = matcher.matches(spans, stands, source.sentence, np.zeros(len(spans.unit), np.bool_))
    foreign = matcher.targets[matches.entry] != spans.unit[matches.span]
    vocabulary.forget()
    return len(np.unique(matches.span[foreign])), int(source.counts[short].sum()), int(short.sum())

"""Notices a dictionary that lists its two languages the other way round than the corpus."""

from collections.abc import Iterable, Sequence

from vecocli.errors import DataError
from vecocli.mining.dictionary import Matcher
from vecocli.text.corpus import SentencePair
from vecocli.text.thesaurus import Thesaurus, phrase

ENOUGH = 0.05  # links per source word that a dictionary of the right direction easily gives
LEAST_LINKS = 30  # fewer tell nothing
TIMES = 4
MOST_WORDS = 512  # a repetitive pair of longer sides could match at millions of places; it is left out


def check_direction(sample: Iterable[SentencePair], thesaurus: Thesaurus, matcher: Matcher) -> None:
    """Compare how many single words a dictionary links as given and turned round.

    Pairs of equal words (names, loans) are left out, as they count alike in both directions. The dictionary is turned
    round only where it gives next to nothing as it is, so that a right one costs one look at the sample.

    Args:
        sample: Pairs of the corpus.
        thesaurus: The dictionary.
        matcher: Its index.

    Raises:
        DataError: Next to no links as given, and at least 30 and four times as many the other way.
    """
    languages = thesaurus.languages
    cut = ((phrase(pair.source, languages[0]), phrase(pair.target, languages[1])) for pair in sample)
    sentences = [sides for sides in cut if max(map(len, sides)) <= MOST_WORDS]
    given = _links(sentences, matcher)
    if given > ENOUGH * sum(len(source) for source, _ in sentences):
        return
    turned = _links(sentences, Matcher(thesaurus.reversed(), max_phrase=1))
    if turned >= max(LEAST_LINKS, TIMES * given):
        source, target = thesaurus.source_language, thesaurus.target_language
        raise DataError(
            f"the dictionary fits this {source}-{target} corpus only the other way round: "
            f"{given} links in the first {len(sentences)} pairs as given, {turned} when reversed",
            f"Add --reverse-dictionary if it lists {target} first, leave it out if not, or swap the corpus's sides "
            "if those are wrong.",
            path=", ".join(thesaurus.names),
        )


def _links(sentences: Sequence[tuple[Sequence[str], Sequence[str]]], matcher: Matcher) -> int:
    """Count the single source words with a translation, other than themselves, in the target."""
    return sum(
        len({start for start, _, place, _ in matcher.candidates(source, target)[0] if source[start] != target[place]})
        for source, target in sentences
    )

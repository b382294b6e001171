"""Dictionary code-switching of monolingual text: some words give way to a translation from the mined lexicons."""

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain
from pathlib import Path

import numpy as np

from vecocli.encoder.masking import SWITCH, TRANSLATION, Keys, draw
from vecocli.errors import DataError
from vecocli.mining.lexicon import read_lexicon
from vecocli.mining.result import LEXICON
from vecocli.text.languages import covers
from vecocli.text.segment import normal_form, words

_Known = dict[str, dict[str, int]]
"""Word -> its translations and how often each was linked."""


class CodeSwitch:
    """Replaces words by translations: MLM then reads some words in another language, and predicts some of them.

    Args:
        folders: Mined folders, each with its `lexicon.tsv`, and the language pair of each.
        languages: Those of the text.
        rate: Share of the words with a translation that are replaced, in (0, 1].

    Raises:
        DataError: A folder without lexicon, or a damaged one, or none for one of the languages.

    Source: random aligned substitution of mRASP (arXiv 2010.03142), there at a rate of 0.3 and with one of several
        translations drawn; drawing it in proportion to how often it was linked is this project's choice.
    """

    def __init__(self, folders: Mapping[Path, tuple[str, str]], languages: Iterable[str], rate: float) -> None:
        self._rate = rate
        known: dict[str, _Known] = {}
        for folder, (source, target) in folders.items():
            path = folder / LEXICON
            if not path.exists():
                raise DataError("no lexicon to switch words by", "Mine again, or leave out --code-switch.", path=path)
            for row in read_lexicon(path):
                for language, word, other in ((source, row.source, row.target), (target, row.target, row.source)):
                    if word != other:
                        counts = known.setdefault(language, {}).setdefault(word, {})
                        counts[other] = counts.get(other, 0) + row.links
        spoken = {language: [one for one in known if covers(language, one)] for language in set(languages)}
        if unknown := sorted(language for language, ones in spoken.items() if not ones):
            hint = "Mine a corpus of that language, or leave out its --mono or --code-switch."
            there = f"there are those of {', '.join(sorted(known))}"
            raise DataError(f"no mined lexicon has words of {', '.join(unknown)} to switch; {there}", hint)
        self._known = {language: _summed(_joined([known[one] for one in ones])) for language, ones in spoken.items()}

    def __call__(self, texts: Sequence[str], languages: Sequence[str], keys: Keys) -> list[str]:
        """Replace words.

        Args:
            texts: N sentences.
            languages: [N] theirs.
            keys: [N] what the draws follow from.
        """
        return [self._switched(*row) for row in zip(texts, languages, keys, strict=True)]

    def _switched(self, text: str, language: str, key: np.uint64) -> str:
        known, spans = self._known[language], words(text, language)
        places, same = np.arange(len(spans)), np.full(len(spans), key, np.uint64)
        taken, which = draw(same, places, SWITCH) < self._rate, draw(same, places, TRANSLATION)
        found, end = "", 0
        for place in np.flatnonzero(taken).tolist():
            first, last = spans[place]
            if entry := known.get(normal_form(text[first:last])):
                forms, sums = entry
                found += text[end:first] + forms[bisect(sums, which[place] * sums[-1])]
                end = last
        return found + text[end:]


def _joined(lexicons: Sequence[_Known]) -> _Known:
    """Add up lexicons of one language, such as those of pt and pt-BR."""
    found: _Known = {}
    for word, counts in chain.from_iterable(lexicon.items() for lexicon in lexicons):
        before = found.get(word, {})
        found[word] = {other: before.get(other, 0) + counts.get(other, 0) for other in {**before, **counts}}
    return found


def _summed(entries: _Known) -> dict[str, tuple[tuple[str, ...], tuple[int, ...]]]:
    """Word -> translations and their running sums."""
    return {word: (tuple(counts), tuple(accumulate(counts.values()))) for word, counts in entries.items()}

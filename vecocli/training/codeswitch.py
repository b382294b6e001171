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
        known: dict[str, _Known] = {language: {} for language in languages}
        for folder, pair in folders.items():
            path = folder / LEXICON
            if not path.exists():
                raise DataError("no lexicon to switch words by", "Mine again, or leave out --code-switch.", path=path)
            left, right = ([known[wanted] for wanted in known if covers(wanted, one)] for one in pair)
            for row in read_lexicon(path):
                if row.source != row.target:
                    _add(left, row.source, row.target, row.links)
                    _add(right, row.target, row.source, row.links)
        if unknown := sorted(language for language, words_of in known.items() if not words_of):
            hint = "Mine a corpus of that language, or leave out its --mono or --code-switch."
            there = f"there are those of {', '.join(sorted(set(chain.from_iterable(folders.values()))))}"
            raise DataError(f"no mined lexicon has words of {', '.join(unknown)} to switch; {there}", hint)
        self._known = {language: _summed(entries) for language, entries in known.items()}

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


def _add(lexicons: Sequence[_Known], word: str, translation: str, links: int) -> None:
    for lexicon in lexicons:
        counts = lexicon.setdefault(word, {})
        counts[translation] = counts.get(translation, 0) + links


def _summed(entries: _Known) -> dict[str, tuple[tuple[str, ...], tuple[int, ...]]]:
    """Word -> translations and their running sums."""
    return {word: (tuple(counts), tuple(accumulate(counts.values()))) for word, counts in entries.items()}

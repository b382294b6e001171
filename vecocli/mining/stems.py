"""Light stemming: which words of a language are taken for forms of one word.

Source: the Snowball stemmers (snowballstem.org), through the package `snowballstemmer`.
"""

from vecocli.errors import MissingError
from vecocli.text.languages import canonical
from vecocli.text.segment import normal_form
from vecocli.text.thesaurus import Thesaurus, Translations

STEM = "stem:"
"""Begins the name of a source whose words match by their stems."""
MOST = 500_000  # words remembered, about 100 MB

_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian",
    "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
STEMMED_LANGUAGES = frozenset(_ALGORITHMS)
"""Canonical codes of the languages that have a stemmer; words of others are their own stems."""


class Stems(dict[str, str]):
    """A word as written, or in normal form -> the stem of its normal form; forgets all when it grows too large.

    Args:
        language: The words' language.

    Raises:
        MissingError: The package `snowballstemmer` is not installed.
    """

    def __init__(self, language: str) -> None:
        try:
            import snowballstemmer
        except ImportError as error:
            hint = "Install it with: pip install 'vecocli[stem]'"
            raise MissingError("matching by stems needs snowballstemmer", hint) from error
        name = _ALGORITHMS.get(canonical(language))
        self._stem = snowballstemmer.stemmer(name).stemWord if name else str

    def __missing__(self, word: str) -> str:
        if len(self) >= MOST:
            self.clear()
        stem = self[word] = self._stem(normal_form(word))
        return stem


def stemmed(thesaurus: Thesaurus, source: Stems, target: Stems) -> Thesaurus:
    """Return a dictionary's single words by their stems, with sources named `stem:<name>`.

    Args:
        thesaurus: The dictionary, in normal form.
        source: Stems of its source words.
        target: Stems of its target words.
    """
    entries: dict[tuple[str, ...], dict[tuple[str, ...], tuple[str, ...]]] = {}
    for phrase, translations in thesaurus.entries.items():
        if len(phrase) == 1:
            _add(entries.setdefault((source[phrase[0]],), {}), translations, target)
    return Thesaurus(*thesaurus.languages, entries, thesaurus.names)


def _add(into: dict[tuple[str, ...], tuple[str, ...]], translations: Translations, target: Stems) -> None:
    """Add the single words among translations."""
    for phrase, names in translations.items():
        if len(phrase) == 1:
            stem = (target[phrase[0]],)
            into[stem] = tuple(sorted({*into.get(stem, ()), *(STEM + name for name in names)}))

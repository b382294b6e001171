"""No file: `--dictionary cldr` takes names from Unicode's CLDR as the package Babel carries it.

Territories, languages, scripts, currencies, months and days are paired by their codes; months and days in the forms for
use in a date and alone. Chinese has both scripts. Needs the extra `cldr`.

Source: Unicode CLDR; which of its names are taken is this project's choice.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from vecocli.errors import DataError, MissingError
from vecocli.text.formats import Content, Pair, Word
from vecocli.text.glosses import plain

if TYPE_CHECKING:
    from babel import Locale

LOCALES = {"zh": ("zh_Hans", "zh_Hant")}
NAMES = ("territories", "languages", "scripts", "currencies")
DATES = ("months", "days")
LICENCE = "Unicode License v3 <https://www.unicode.org/license.txt>"


def likeness(head: Sequence[str], path: Path) -> float:
    """Tell that no file is of this format."""
    return 0.0


def read(path: Path, pair: Pair) -> Content:
    """Look up the names in both languages."""
    try:
        import babel
    except ImportError as error:
        raise MissingError("the dictionary cldr needs Babel", "Install it with: pip install 'vecocli[cldr]'") from error
    words: list[Iterator[Word]] = []
    for language in pair:
        for code in LOCALES.get(language, (language,)):
            try:
                words.append(_words(babel.Locale.parse(code), language))
            except (babel.UnknownLocaleError, ValueError) as error:
                raise DataError(f"CLDR has no names in the language {language}", "Leave cldr out.") from error
    return Content(words=chain(*words), licence=LICENCE)


def _words(locale: "Locale", language: str) -> Iterator[Word]:
    for kind in NAMES:
        for code, name in getattr(locale, kind).items():
            if text := plain(name):
                yield Word(language, f"{kind}/{code}", text)
    for kind in DATES:
        for context in ("format", "stand-alone"):
            for number, name in getattr(locale, kind)[context]["wide"].items():
                yield Word(language, f"{kind}/{number}", name)

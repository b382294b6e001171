"""WordNet-LMF, the XML format of the Global WordNet Association, read by the package wn; needs the extra `wordnet`.

Words are lemmas; words of two lexicons, in one file or in several, meet in the synset's interlingual index (ILI), or,
where a synset has none, in its id without the lexicon's own prefix (`oewn-00001740-n` -> `00001740-n`). wn reads a
whole file into memory; its database and its downloads are not used.

Source: globalwordnet.github.io/schemas.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from vecocli.errors import DataError, MissingError
from vecocli.text.files import DAMAGED
from vecocli.text.formats import Content, Pair, Word
from vecocli.text.languages import known
from vecocli.text.markup import root_name
from vecocli.text.unpack import DamagedError, blocks

HINT = "Check the file against its DTD: xmllint --noout --valid FILE."
NO_ILI = ("", "in")  # none, and one that is only proposed


def likeness(head: Sequence[str], path: Path) -> float:
    """Tell by the root element."""
    return float(root_name("\n".join(head)) == "LexicalResource")


def read(path: Path, pair: Pair) -> Content:
    """Read a file with its lexicons."""
    lexicons = _load(path)
    licences = dict.fromkeys(lexicon["license"] for lexicon in lexicons)
    return Content(words=_words(lexicons, path), licence="; ".join(licences))


def _load(path: Path) -> list[dict[str, Any]]:
    """Let wn read the lexicons of a file; it takes no compressed ones, so it gets a copy."""
    try:
        from wn import lmf
    except ImportError as error:
        raise MissingError("WordNet-LMF needs wn", "Install it with: pip install 'vecocli[wordnet]'") from error
    with tempfile.NamedTemporaryFile(suffix=".xml") as copy:
        try:
            for block in blocks(path):
                copy.write(block)
            copy.flush()
            lexicons: Any = lmf.load(copy.name, progress_handler=None)["lexicons"]
            return list(lexicons)
        except DamagedError as damage:
            raise DataError(str(damage), DAMAGED, path=path) from damage
        except (lmf.LMFError, AssertionError, LookupError, ValueError) as error:
            cause = error.__cause__
            line = cause.lineno if isinstance(cause, ExpatError) else None
            why = str(cause or error).partition(": line ")[0]
            raise DataError(f"not valid WordNet-LMF: {why}", HINT, path=path, line=line) from error


def _words(lexicons: Sequence[dict[str, Any]], path: Path) -> Iterator[Word]:
    for lexicon in lexicons:
        language = known(lexicon["language"])
        if language is None:
            raise DataError(f"a lexicon of no known language: {lexicon['language']!r}", HINT, path=path)
        prefix = f"{lexicon['id']}-"
        concepts = {
            synset["id"]: ili if (ili := synset.get("ili", "")) not in NO_ILI else synset["id"].removeprefix(prefix)
            for synset in lexicon.get("synsets", [])
        }
        for entry in lexicon.get("entries", []):
            text: str = (entry.get("lemma") or {}).get("writtenForm", "")  # an extension's entry may have none
            for sense in entry.get("senses", []) if text else ():
                if concept := concepts.get(sense.get("synset")):
                    yield Word(language, concept, text)

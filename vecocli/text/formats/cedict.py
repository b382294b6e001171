"""CC-CEDICT and its kin (HanDeDict, CFDICT): `traditional simplified [pin1 yin1] /gloss/gloss/`.

Both scripts are source words. Of a gloss remain the words that could stand in a translation: what is in brackets goes,
and so do glosses that name another entry, a surname or a measure word (`see`, `variant of`, `CL:` and the like) or hold
Chinese. `;` parts translations. An English verb is also listed without its `to`.

Source: the format's page at cc-cedict.org; which glosses are none is this project's choice.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from vecocli.errors import DataError
from vecocli.text.files import read_lines
from vecocli.text.formats import Content, Entry, Pair
from vecocli.text.glosses import plain

HINT = "A line is `traditional simplified [pin1 yin1] /gloss/gloss/`."
LINE = re.compile(r"(\S+) (\S+) \[[^\]]*\]+ /(.*)/\s*")
LICENCE = re.compile(r"#! *licen[cs]e=(.*)")
NO_TRANSLATION = re.compile(
    r"(?:CL:|also |see |(?:\w+ ){0,2}variant of|abbr\.|surname |used in |used as |same as |equivalent (?:of|to) |pr\. "
    r"|Taiwan pr\.|lit\. |erhua |onom\.|particle )"
)
HAN = re.compile("[\u3007\u3400-\u9fff\U00020000-\U0003ffff]")


def likeness(head: Sequence[str], path: Path) -> float:
    """Tell by the share of entries."""
    lines = [line for line in head if not line.startswith("#")]
    return sum(LINE.fullmatch(line) is not None for line in lines) / max(len(lines), 1)


def read(path: Path, pair: Pair) -> Content:
    """Open a file and read the comments at its head.

    The glosses are English if these or the file's name say CEDICT, else of the language asked for beside Chinese.
    """
    lines = iter(read_lines(path))
    head: list[str] = []
    for line in lines:
        head.append(line)
        if not line.startswith("#"):
            break
    others = [language for language in pair if language != "zh"]
    english = len(others) != 1 or any("cedict" in line.lower() for line in (*head[:-1], path.name))
    other = "en" if english else others[0]
    licence = next((match[1].strip() for line in head if (match := LICENCE.match(line))), "")
    return Content(entries(chain(head, lines), path, other), languages=("zh", other), licence=licence)


def entries(lines: Iterable[str], path: Path, language: str) -> Iterator[Entry]:
    """Read a dictionary's lines.

    Args:
        lines: All lines, without their line ends.
        path: The file, for messages.
        language: Language of the glosses.

    Raises:
        DataError: A line that does not follow the format.
    """
    for number, line in enumerate(lines, 1):
        if line.startswith("#") or not line.strip():
            continue
        match = LINE.fullmatch(line)
        if match is None:
            raise DataError(f"not an entry of CC-CEDICT: {line[:80]!r}", HINT, path=path, line=number)
        targets = dict.fromkeys(_translations(match[3], language))
        for source in dict.fromkeys((match[1], match[2])):
            for target in targets:
                yield Entry(source, target)


def _translations(glosses: str, language: str) -> Iterator[str]:
    for gloss in glosses.split("/"):
        cleaned = plain(gloss).removeprefix("fig. ")
        if NO_TRANSLATION.match(cleaned) or HAN.search(cleaned):
            continue
        for part in cleaned.split(";"):
            if text := part.strip():
                yield text
                if language == "en" and text.startswith("to "):
                    yield text[3:]

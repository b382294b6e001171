"""What mined folders say of their making: corpora, dictionaries and the licences these state."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from vecocli.errors import DataError

SUMMARY = "summary.json"
HUB = "hub:"


@dataclass(frozen=True, slots=True)
class Source:
    """One mined folder.

    Args:
        languages: Source and target language.
        pairs: Sentence pairs in it.
        links: Synonym links in it.
        corpora: Names of its corpora, as the user gave them to mining.
        dictionaries: Names of the dictionaries it was mined with.
        licences: Dictionary -> its licence as it states it, where it does.
        model: The encoder that linked words; empty where none did.
    """

    languages: tuple[str, str]
    pairs: int
    links: int
    corpora: tuple[str, ...]
    dictionaries: tuple[str, ...]
    licences: Mapping[str, str]
    model: str

    @classmethod
    def of(cls, summary: Mapping[str, Any]) -> Self:
        """Read the summary that mining wrote; what an earlier version left out is empty."""
        return cls(
            languages=(str(summary["source_language"]), str(summary["target_language"])),
            pairs=int(summary["pairs"]),
            links=int(summary["links"]),
            corpora=tuple(summary.get("corpora", ())),
            dictionaries=tuple(summary.get("dictionaries", ())),
            licences=dict(summary.get("licences", {})),
            model=str(summary.get("aligner", {}).get("model") or ""),
        )

    @property
    def datasets(self) -> tuple[str, ...]:
        """Those of its corpora that are data sets of the Hugging Face Hub, by their names there."""
        named = (corpus.removeprefix(HUB).split(":")[0].split("@")[0] for corpus in self.corpora if corpus[:4] == HUB)
        return tuple(name for name in named if not Path(name).is_dir())


def read_sources(shards: Iterable[Path]) -> tuple[Source, ...]:
    """Read the summaries that lie beside shards; a folder without one is left out.

    Args:
        shards: Files of mined pairs.

    Raises:
        DataError: A file of that name is no summary of a mining run.
    """
    files = [folder / SUMMARY for folder in dict.fromkeys(path.parent for path in shards)]
    return tuple(map(_read, filter(Path.exists, files)))


def _read(file: Path) -> Source:
    try:
        return Source.of(json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise DataError("not the summary of a mining run", "Mine the corpus again.", path=file) from None

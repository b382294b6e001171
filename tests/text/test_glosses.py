import pytest

from vecocli.text.glosses import listed, plain, title_languages


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(jdm.)  helfen [ugs.] <v>", "helfen"),
        ("a (b (c) d) e", "a e"),
        ("Freund(in)", "Freund"),
        ("half (open", "half (open"),
        ("(all)", ""),
    ],
)
def test_what_is_in_brackets_goes(text: str, words: str) -> None:
    assert plain(text) == words


def test_lists_fall_apart_in_any_script() -> None:
    assert list(listed("a (x, y), b;c；d、e , ")) == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("title", "languages"),
    [
        ("English-Italian FreeDict Dictionary", ("en", "it")),
        ("English - German Ding/FreeDict dictionary ver. 1", ("en", "de")),
        ("Klingon-English", None),
        ("A dictionary", None),
        ("", None),
    ],
)
def test_a_title_says_the_languages(title: str, languages: tuple[str, str] | None) -> None:
    assert title_languages(title) == languages

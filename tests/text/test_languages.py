import pytest

from vecocli.errors import UsageError
from vecocli.text.languages import XTREME_LANGUAGES, by_name, canonical, covers, iso3, known, name, pair


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("de", "de"),
        ("deu", "de"),
        ("ger", "de"),
        ("DE", "de"),
        ("de_AT", "de"),
        ("zh-CN", "zh"),
        ("zh-Hant-TW", "zh"),
        ("cmn", "zh"),
        ("eng_Latn", "en"),
        ("pt-BR", "pt"),
        ("ell", "el"),
        ("gre", "el"),
        ("swh", "sw"),
        ("swa", "sw"),
        ("pes", "fa"),
        ("fas", "fa"),
        ("ekk", "et"),
        ("arb", "ar"),
        ("zsm", "ms"),
        ("nob", "no"),
        ("nb", "no"),
        ("fil", "tl"),
        ("iw", "he"),
        ("ceb", "ceb"),
        ("yue_Hant", "yue"),
    ],
)
def test_canonical(given: str, code: str) -> None:
    assert canonical(given) == code


@pytest.mark.parametrize("code", ["xx", "", "e", "en_", "de\n", "日本", "english-us", "d3", "en--us"])
def test_what_is_no_code(code: str) -> None:
    with pytest.raises(UsageError, match="is not a language code") as caught:
        canonical(code)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("German", "Did you mean de (German)?"),
        ("germn", "Did you mean de (German) or ka (Georgian)?"),
        ("xx", "Give a code such as en, pt-BR, deu or eng_Latn."),
    ],
)
def test_hint(code: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        canonical(code)
    assert caught.value.hint == hint


def test_names() -> None:
    assert [name(code) for code in ("de", "zho", "pt-BR", "sw", "ceb")] == [
        "German",
        "Chinese",
        "Portuguese",
        "Swahili",
        "ceb",
    ]


def test_iso3_names_the_tatoeba_files() -> None:
    codes = ["de", "zh", "sw", "et", "fa", "ar", "el", "tl", "en", "ceb"]
    assert [iso3(code) for code in codes] == ["deu", "cmn", "swh", "est", "pes", "ara", "ell", "tgl", "eng", "ceb"]


def test_xtreme_has_forty_languages_in_canonical_form() -> None:
    assert len(set(XTREME_LANGUAGES)) == 40
    assert list(XTREME_LANGUAGES) == sorted(XTREME_LANGUAGES)
    assert [canonical(iso3(code)) for code in XTREME_LANGUAGES] == list(XTREME_LANGUAGES)
    assert all(name(code) != code for code in XTREME_LANGUAGES)


@pytest.mark.parametrize(
    ("wanted", "tag", "fits"),
    [
        ("en", "en-US", True),
        ("eng_Latn", "EN", True),
        ("pt-BR", "pt", True),
        ("pt_BR", "pt-br", True),
        ("pt-BR", "pt-PT", False),
        ("zh-Hans", "zh-Hant", False),
        ("zh-CN", "zh-Hans", True),
        ("zho_Hans", "cmn", True),
        ("es", "es-419", True),
        ("es-ES", "es-419", False),
        ("en", "de", False),
        ("en", "x-default", False),
        ("en", "", False),
    ],
)
def test_covers(wanted: str, tag: str, fits: bool) -> None:
    assert covers(wanted, tag) == covers(tag, wanted) == fits


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("en-de", ("en", "de")),
        ("EN-DE", ("EN", "DE")),
        ("en-pt_BR", ("en", "pt_BR")),
        ("en-pt-BR", ("en", "pt-BR")),
        ("zh-CN-en", ("zh-CN", "en")),
        ("zh-Hans-CN-es-419", ("zh-Hans-CN", "es-419")),
        ("eng_Latn-deu_Latn", ("eng_Latn", "deu_Latn")),
        ("deu-eng", ("deu", "eng")),
    ],
)
def test_pair(text: str, codes: tuple[str, str]) -> None:
    assert pair(text) == codes


@pytest.mark.parametrize(
    "text", ["", "en", "en-pt-br", "en-de-fr", "EN-PT-BR", "en_de", "-en", "en-", "en-german", "en--de"]
)
def test_no_pair(text: str) -> None:
    with pytest.raises(UsageError, match="is not a"):
        pair(text)


def test_a_pair_of_one_language() -> None:
    with pytest.raises(UsageError, match=r"'zh-CN' and 'zh-TW' are one language \(zh\)"):
        pair("zh-CN-zh-TW")


def test_codes_and_names_in_data_may_be_unknown() -> None:
    assert (known("deu"), known("zz9"), known("")) == ("de", None, None)
    assert (by_name("GERMAN"), by_name("Klingon")) == ("de", None)

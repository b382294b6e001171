import re
import unicodedata

import icu4py
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icu4py.locale import Locale

from vecocli.errors import UsageError
from vecocli.text import segment
from vecocli.text.languages import XTREME_LANGUAGES
from vecocli.text.segment import SEGMENTER, normal_form, words

SENTENCES = {
    "af": ("Die hond se naam is nie Wagter nie; hy het foto's.", "Die hond se naam is nie Wagter nie hy het foto 's"),
    "ar": ("ذهب الولد إلى المدرسة، وقرأ كتابًا جديدًا.", "ذهب الولد إلى المدرسة وقرأ كتابًا جديدًا"),
    "bg": ("Утре ще отидем на пазар в София.", "Утре ще отидем на пазар в София"),
    "bn": ("আমি বাংলা ভাষায় কথা বলি।", "আমি বাংলা ভাষায় কথা বলি"),
    "de": ("Der Hund kostete 1.000,50 Euro, wie geht's?", "Der Hund kostete 1.000,50 Euro wie geht 's"),
    "el": ("Η γάτα κοιμάται κάτω από το τραπέζι.", "Η γάτα κοιμάται κάτω από το τραπέζι"),
    "en": ("Tom's dog doesn't sing; it's 3.5 years old.", "Tom 's dog doesn't sing it 's 3.5 years old"),
    "es": ("¿Dónde está la biblioteca más cercana?", "Dónde está la biblioteca más cercana"),
    "et": ("Täna õhtul sajab Tallinnas vihma.", "Täna õhtul sajab Tallinnas vihma"),
    "eu": ("Etxe hori oso handia da.", "Etxe hori oso handia da"),
    "fa": ("من می\u200cخواهم به خانه\u200cام بروم.", "من می\u200cخواهم به خانه\u200cام بروم"),
    "fi": ("EU:n johtajat tapaavat Helsingissä.", "EU :n johtajat tapaavat Helsingissä"),
    "fr": ("Aujourd'hui, l’homme qu'il aime n'est pas là.", "Aujourd'hui l’ homme qu' il aime n' est pas là"),
    "he": ("ג'ון קרא את העיתון בצה\"ל אתמול.", "ג'ון קרא את העיתון בצה\"ל אתמול"),
    "hi": ("मैं हिन्दी सीखता हूँ और किताबें पढ़ता हूँ।", "मैं हिन्दी सीखता हूँ और किताबें पढ़ता हूँ"),
    "hu": ("A gyerekek az iskolában tanulnak.", "A gyerekek az iskolában tanulnak"),
    "id": ("Anak-anak bermain di taman setiap pagi.", "Anak anak bermain di taman setiap pagi"),
    "it": ("L'amico dell'uomo non c'è, un'altra volta.", "L' amico dell' uomo non c' è un' altra volta"),
    "ja": ("私は東京の大学で日本語を勉強しています。", "私 は 東京 の 大学 で 日本語 を 勉強 し てい ます"),
    "jv": ("Aku arep lunga menyang pasar.", "Aku arep lunga menyang pasar"),
    "ka": ("მე მიყვარს ქართული ენა.", "მე მიყვარს ქართული ენა"),
    "kk": ("Мен қазақ тілін үйреніп жүрмін.", "Мен қазақ тілін үйреніп жүрмін"),
    "ko": ("저는 학교에서 한국어를 공부합니다.", "저는 학교에서 한국어를 공부합니다"),
    "ml": ("ഞാൻ മലയാളം സംസാരിക്കുന്നു.", "ഞാൻ മലയാളം സംസാരിക്കുന്നു"),
    "mr": ("मी मराठी पुस्तके वाचतो.", "मी मराठी पुस्तके वाचतो"),
    "ms": ("Saya suka membaca buku di perpustakaan.", "Saya suka membaca buku di perpustakaan"),
    "my": ("ကျွန်တော် မြန်မာစာ ဖတ်သည်။", "ကျွန်တော် မြန်မာ စာ ဖတ်သည်"),
    "nl": ("Anna's auto's staan in zo'n garage.", "Anna 's auto 's staan in zo'n garage"),
    "pt": ("Não sei onde está o meu coração.", "Não sei onde está o meu coração"),
    "ru": ("Кошка спит под столом, а собака — на улице.", "Кошка спит под столом а собака на улице"),
    "sw": ("Ng'ombe wawili wanakula majani.", "Ng'ombe wawili wanakula majani"),
    "ta": ("நான் தமிழ் மொழியில் பேசுகிறேன்.", "நான் தமிழ் மொழியில் பேசுகிறேன்"),
    "te": ("నేను తెలుగు పుస్తకాలు చదువుతాను.", "నేను తెలుగు పుస్తకాలు చదువుతాను"),
    "th": ("ฉันรักภาษาไทยและชอบกินข้าว", "ฉัน รัก ภาษา ไทย และ ชอบ กิน ข้าว"),
    "tl": ("Kumain ng mangga ang mga bata kahapon.", "Kumain ng mangga ang mga bata kahapon"),
    "tr": ("Ali İstanbul'da Kur'an okudu.", "Ali İstanbul 'da Kur'an okudu"),
    "ur": ("میں اردو زبان میں لکھتا ہوں۔", "میں اردو زبان میں لکھتا ہوں"),
    "vi": ("Tôi đang học tiếng Việt ở Hà Nội.", "Tôi đang học tiếng Việt ở Hà Nội"),
    "yo": ("Mo fẹ́ràn láti kàwé ní ilé-ìwé.", "Mo fẹ́ràn láti kàwé ní ilé ìwé"),
    "zh": ("我喜欢在北京大学学习中文。", "我 喜欢 在 北京 大学 学习 中文"),
}
PLAIN = "".join(filter(segment._PLAIN_TEXT.fullmatch, map(chr, range(0x3000))))
LANGUAGES = sorted({*XTREME_LANGUAGES, "sv", "ca", "km", "lo"})
# Text that mixes scripts, marks, separators and astral characters far more than any text does.
PIECES = ["l'", "'s", "ไทย", "မြန်မာ", "北京"]
MIXED = st.lists(
    st.sampled_from(
        [*"aZ9é 'ー’.,:_-\n\t\u202f\u00ad\u200d\ufe0f\u0301ि𠮷😀กิ漢カひ한هא\"١", "l'", "'s", "ไทย", "မြန်မာ", "北京"]
    )
    | st.characters(exclude_categories=["Cs"])
).map("".join)


def cut(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in words(text, language)]


def test_every_xtreme_language_has_a_sentence() -> None:
    assert tuple(sorted(SENTENCES)) == XTREME_LANGUAGES


@pytest.mark.parametrize(("language", "text", "expected"), [(code, *pair) for code, pair in SENTENCES.items()])
def test_a_sentence_of_each_language(language: str, text: str, expected: str) -> None:
    assert " ".join(cut(text, language)) == expected


@pytest.mark.parametrize("language", ["hi", "mr", "bn", "ta", "te", "ml"])
def test_indic_words_are_whole_where_a_regular_expression_cuts_at_vowel_signs(language: str) -> None:
    text, expected = SENTENCES[language]
    assert cut(text, language) == expected.split()
    assert re.findall(r"\w+", text) != expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t… — !?", []),
        ("well-known and/or", ["well", "known", "and", "or"]),
        ("1,000.50 3.14 10:30 50% $5 1/2 ½", ["1,000.50", "3.14", "10", "30", "50", "5", "1", "2", "½"]),
        ("U.S. e.g. a.b", ["U.S", "e.g", "a.b"]),
        ("https://example.com/a?b=c me@x.org", ["https", "example.com", "a", "b", "c", "me", "x.org"]),
        ("_foo_ foo_bar __ _ (x)", ["foo", "foo_bar", "x"]),
        ("naïve cafe\u0301 Wort\u00adteil", ["naïve", "cafe\u0301", "Wort\u00adteil"]),
        ("سلام\u200f، \u200eabc\u200e", ["سلام", "abc"]),
        ("mot\u202f! 10\u202f000 «\u202foui\u202f»", ["mot", "10", "000", "oui"]),
        ("1️⃣ ℹ️ ❤️ 👩\u200d❤️\u200d👨 🇩🇪 ☺️ 👍🏽 a👍b ™", ["a", "b"]),
        ("𠮷野家で😀食べる", ["𠮷", "野家", "で", "食べる"]),
        ("\u0301 a\u0301b \u0301", ["a\u0301b"]),
        ("iPhone手机5G", ["iPhone", "手机", "5G"]),
        ("nul\0nul", ["nul", "nul"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert cut(text, "en") == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("th", "ปี2563ประเทศไทย", "ปี 2563 ประเทศไทย"),
        ("th", "ฉันรักiPhoneและภาษาไทย", "ฉัน รัก iPhone และ ภาษา ไทย"),
        ("th", "ปี๒๕๖๓ ๑,๐๐๐บาท", "ปี ๒๕๖๓ ๑,๐๐๐ บาท"),
        ("th", "ฉันรัก.ภาษาไทย'ไทย", "ฉัน รัก ภาษา ไทย ไทย"),
        ("lo", "ສະບາຍດີ2020ລາວ", "ສະບາຍດີ 2020 ລາວ"),
        ("km", "ភាសាខ្មែរ២០២០ឆ្នាំabc", "ភាសាខ្មែរ ២០២០ ឆ្នាំ abc"),
        ("my", "မြန်မာ123စာ", "မြန်မာ 123 စာ"),
    ],
)
def test_scripts_without_spaces_part_from_what_they_touch(language: str, text: str, expected: str) -> None:
    assert " ".join(cut(text, language)) == expected


def test_offsets_count_code_points() -> None:
    assert words("😀 𠮷 né", "zh") == [(2, 3), (4, 6)]


def test_language_may_be_any_code() -> None:
    assert cut("l'homme", "fra_Latn") == ["l'", "homme"]
    assert cut("l'homme", "ceb") == ["l'homme"]
    with pytest.raises(UsageError):
        words("text", "xx")


@settings(deadline=None)
@given(text=MIXED, language=st.sampled_from(LANGUAGES))
def test_spans_are_sound(text: str, language: str) -> None:
    done = 0
    for start, end in words(text, language):
        word = text[start:end]
        assert done <= start < end <= len(text)
        assert not any(map(str.isspace, word))
        assert any(map(str.isalnum, word))
        done = end


@settings(deadline=None, max_examples=500)
@given(text=st.text(st.sampled_from("aZß9.,'’:;_- \n") | st.sampled_from(PLAIN)), language=st.sampled_from(LANGUAGES))
def test_the_short_way_cuts_as_icu_does(text: str, language: str) -> None:
    text = text.replace(":", "")  # which only Finnish and Swedish keep within words
    assert segment._PLAIN_TEXT.fullmatch(text)
    short = [match.span() for match in segment._PLAIN_WORD.finditer(text)]
    assert short == segment._icu_words(text, Locale(language))


def test_the_short_way_takes_letters_of_three_scripts() -> None:
    assert len(PLAIN) > 900
    assert not set(PLAIN) & set(":\u00aa\u00ad\u00b7\u0301\u202f")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't", "don't"),
        ("Don’t DONʼT", "don't don't"),
        ("Straße", "strasse"),
        ("ﬁne Ｆｕｌｌ １", "fine full 1"),
        ("e\u0301", "é"),
        ("“so„«so»", '"so""so"'),
        ("well‐known", "well-known"),
        ("Wort\u00adteil \u200fسلام\u200e", "wortteil سلام"),
        ("İstanbul", "istanbul"),
        ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ŉ 한 ｶﾞ", "'n 한 ガ"),
    ],
)
def test_normal_form(text: str, expected: str) -> None:
    assert normal_form(text) == expected


@settings(deadline=None)
@given(MIXED)
def test_normal_form_is_its_own_normal_form(text: str) -> None:
    once = normal_form(text)
    assert normal_form(once) == once
    assert unicodedata.is_normalized("NFKC", once)


@pytest.mark.parametrize(
    ("text", "form"),
    [("Cat", "Cat"), ("STRASSE", "STRASSE"), ("E\u0301cole", "\u00c9cole"), ("l\u2019a\u00adb", "l'ab"), ("ﬁ", "fi")],
)
def test_the_written_form_keeps_case(text: str, form: str) -> None:
    assert segment.written_form(text) == form


def test_words_between_blanks_are_taken_as_they_are() -> None:
    text = " l' homme,\t( x\u3000y \n) 5.0"
    assert [text[start:end] for start, end in segment.blanks(text)] == ["l'", "homme,", "(", "x\u3000y", "\n)", "5.0"]
    assert segment.segment("blanks", "fr")(text) == segment.blanks(text)
    assert segment.segment("icu", "fr")(text) == words(text, "fr")
    with pytest.raises(UsageError):
        segment.segment("blanks", "nonsense")


def test_segmenter_says_its_version() -> None:
    assert f"icu {icu4py.icu_version}" == SEGMENTER
    assert re.fullmatch(r"icu \d+\.\d+(\.\d+)*", SEGMENTER)

import pytest

from vecocli.text.clitics import LEANING
from vecocli.text.languages import canonical
from vecocli.text.segment import words


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Tom's I'm they’re we've she'll I'd", "Tom 's I 'm they ’re we 've she 'll I 'd"),
        ("en", "I'd've TOM'S", "I 'd 've TOM 'S"),
        ("en", "don't o'clock ma'am y'all the boys' rock 'n' roll", "don't o'clock ma'am y'all the boys rock n roll"),
        ("fr", "l'homme d’abord qu'il jusqu'à s'il J'ai", "l' homme d’ abord qu' il jusqu' à s' il J' ai"),
        ("fr", "aujourd'hui quelqu'un d'aujourd'hui qu'l'on", "aujourd'hui quelqu'un d' aujourd'hui qu' l' on"),
        ("it", "nell'acqua quest'anno C'è un po' d'olio", "nell' acqua quest' anno C' è un po d' olio"),
        ("ca", "L'home d'en Pere: dona'm l'aigua, se'n va", "L' home d' en Pere dona 'm l' aigua se 'n va"),
        ("de", "gibt's nimm's Ku'damm", "gibt 's nimm 's Ku'damm"),
        ("nl", "foto's zo'n 's avonds", "foto 's zo'n s avonds"),
        ("tr", "Türkiye'nin Kur'an'ı Kur'an TBMM'de san'at", "Türkiye 'nin Kur'an 'ı Kur'an TBMM 'de san'at"),
        ("fi", "EU:n rei'ittää", "EU :n rei'ittää"),
        ("sv", "EU:s tv:n", "EU :s tv :n"),
        ("uk", "п'ять", "п'ять"),
        ("sw", "ng'ombe", "ng'ombe"),
    ],
)
def test_words_that_lean(language: str, text: str, expected: str) -> None:
    assert " ".join(text[start:end] for start, end in words(text, language)) == expected


def test_rows_are_found_by_canonical_code() -> None:
    assert [canonical(code) for code in LEANING] == sorted(LEANING)

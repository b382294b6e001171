import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vecocli.text.formats import Entry
from vecocli.text.phrases import Entries, merge, phrase
from vecocli.text.segment import normal_form, words

LETTERS = st.text("abzAZßäÖéİıŁ ǆͅΣςἀЙё'’-1.：ªʼ\u0301 中ก", max_size=8)


@settings(max_examples=300, deadline=None)
@given(text=LETTERS, language=st.sampled_from(["en", "de", "fr", "tr", "el", "ru", "fi", "sv"]))
def test_the_short_way_gives_the_words_of_the_segmenter(text: str, language: str) -> None:
    assert phrase(text, language) == tuple(normal_form(text[start:end]) for start, end in words(text, language))


SCRIPTS = {
    "ar": "ابتكپگۀئًَّْـ٣،؟۔‌",
    "he": "אבגםץךְּ׳־",
    "hi": "अआकखज़कािी्ंः।०",
    "bn": "অআকখৎাি্ং৳১",
    "ta": "அஆகஙாி்௧",
    "ml": "അആകൻാി്൧",
    "ka": "აბგႠჼ",
    "hy": "աբգԱևּ՛",
    "am": "አበገ፩፡",
    "ko": "가나다힣ㄱᄀ一",
}


@pytest.mark.parametrize("language", SCRIPTS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_the_short_way_gives_the_words_of_the_segmenter_in_other_scripts(language: str, data: st.DataObject) -> None:
    text = data.draw(st.text(SCRIPTS[language] + "a .'", max_size=8))
    assert phrase(text, language) == tuple(normal_form(text[start:end]) for start, end in words(text, language))


@pytest.mark.parametrize("text", ["İstanbul", "ΟΔΟΣ ΤΗΣ", "straße", "Ёлка", "give up", "a  b", " a", "a\nb"])
def test_the_short_way_folds_alike(text: str) -> None:
    assert phrase(text, "tr") == tuple(normal_form(text[start:end]) for start, end in words(text, "tr"))


def test_merging_unites_names_and_passes_over_entries_without_words() -> None:
    merged: Entries = {}
    entries = [Entry("a", "b", ("y", "x", "y")), Entry("A", "B"), Entry("!", "b"), Entry("a", "?"), Entry("a", "c")]
    merge(merged, entries, "en", "de", "n")
    assert merged == {("a",): {("b",): ("n", "x", "y"), ("c",): ("n",)}}
    merge(merged, [Entry("a", "c", ("n",))], "en", "de", "m")
    assert merged[("a",)][("c",)] == ("n",)

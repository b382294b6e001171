from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vecocli.mining import cut
from vecocli.mining.cut import Cutter, Words
from vecocli.mining.vocabulary import Vocabulary
from vecocli.text.segment import Segmenter, normal_form, segment

SPACED = "abzAZ09 \t\n_'’.,:;-«!éΑדאяहिँ한국\u0301\u0308\u00a0\u200b\u200d\u202f\u3000\ufe0f\u20e3🙂👍🏽🇩🇪"
UNSPACED = "猫房子ねこカบ้านခကខ"
pieces = st.text(st.sampled_from(SPACED + UNSPACED), max_size=16)


def shown(texts: Sequence[str], found: Words) -> list[list[str]]:
    """The words of each text, cut out by their offsets."""
    first = found.first.tolist()
    spans = list(zip(found.start.tolist(), found.end.tolist(), strict=True))
    return [
        [text[start:end] for start, end in spans[begin:stop]]
        for text, begin, stop in zip(texts, first[:-1], first[1:], strict=True)
    ]


@pytest.mark.parametrize("segmenter", ["icu", "blanks"])
@pytest.mark.parametrize("language", ["en", "fr", "fi", "tr", "zh", "ja", "th", "my", "hi", "ar"])
@given(texts=st.lists(pieces, max_size=3))
def test_a_block_is_cut_as_its_texts_one_by_one(language: str, segmenter: Segmenter, texts: list[str]) -> None:
    vocabulary = Vocabulary()
    found = Cutter(language, segmenter, vocabulary).cut(texts)
    expected = [[text[start:end] for start, end in segment(segmenter, language)(text)] for text in texts]
    assert shown(texts, found) == expected
    assert found.counts.tolist() == [len(words) for words in expected]
    assert found.sentence.tolist() == [row for row, words in enumerate(expected) for _ in words]
    names = {number: form for form, number in vocabulary.items()}
    assert [names[unit] for unit in found.unit.tolist()] == [normal_form(word) for row in expected for word in row]


def test_function_words_are_marked() -> None:
    found = Cutter("en", "icu", Vocabulary(), frozenset({"the"})).cut(["The cat, the dog", "cat"])
    assert found.functional.tolist() == [True, False, True, False, False]


def test_what_may_be_a_name_is_marked() -> None:
    found = Cutter("en", "icu", Vocabulary()).cut(["A cat, iPhone4 (Élan)", "eBay 7"])
    assert found.nameable.tolist() == [True, False, True, True, False, True]


def test_what_is_forgotten_is_cut_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "MOST", 2)
    vocabulary = Vocabulary()
    cutter = Cutter("en", "icu", vocabulary)
    cutter.cut(["a b a b"])
    assert not cutter.full
    cutter.cut(["c"])
    assert cutter.full
    cutter.forget()
    vocabulary.forget()
    assert not cutter.full
    assert cutter.cut(["c a"]).unit.tolist() == [0, 1]

from vecocli.mining.words import tokenised


def test_words_stand_between_blanks():
    pair = tokenised("Das  Haus .", " the\thouse ")
    assert pair.source_words == [(0, 3), (5, 9), (10, 11)]
    assert pair.target_words == [(1, 4), (5, 10)]


def test_other_spaces_are_words():
    pair = tokenised("山 \u3000 くらま", "10\u00a0000 euros")
    assert [pair.source[start:end] for start, end in pair.source_words] == ["山", "\u3000", "くらま"]
    assert len(pair.target_words) == 2


def test_an_empty_side_has_no_words():
    assert tokenised("", "a").source_words == []

import random
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vecocli.errors import DataError, UsageError
from vecocli.xtreme.data import Answer, Question
from vecocli.xtreme.metrics.answers import AnswerScore, answer_scores, characters, mlqa, squad

LANGUAGES = ("en", "es", "hi", "vi", "de", "ar", "zh")
TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from(" \t\n.!the北京ال।"), max_size=12)


def same(exact_match, f1):
    return AnswerScore(exact_match, pytest.approx(f1))


@pytest.mark.parametrize(
    ("prediction", "answer", "exact_match", "f1"),
    [
        ("The Eiffel Tower", "Eiffel tower!", 100, 100),
        ("in the year 1889", "1889", 0, 50),  # in year 1889 | 1889
        ("b b c", "b c c", 0, 200 / 3),
        ("T-shirt", "tshirt", 100, 100),
        ("theatre", "atre", 0, 0),  # an article is a whole word
        ("an A-Team", "ATEAM", 100, 100),
        ("$5", "5", 100, 100),
        ("two\u00a0words\u3000more", "two words more", 100, 100),
        ("der Hund", "Hund", 0, 200 / 3),  # no German articles
        ("“Paris”", "Paris", 0, 0),  # only ASCII punctuation goes
        ("北京。", "北京", 0, 0),
        ("北京", "北京市", 0, 0),
        ("القاهرة؟", "القاهرة", 0, 0),
        ("1947।", "1947", 0, 0),
        ("กรุงเทพ", "กรุงเทพมหานคร", 0, 0),
        ("서울 에서", "서울", 0, 200 / 3),
        ("В Москве,", "в москве", 100, 100),
        ("１９４９", "1949", 0, 0),
        ("👍 yes", "yes", 0, 200 / 3),
        ("cafe\u0301", "caf\u00e9", 0, 0),
        ("", "Paris", 0, 0),
        ("Paris", "", 0, 0),
        ("", "", 100, 0),
        ("?!", "...", 100, 0),
        ("the", "An a", 100, 0),
        ("the", "Paris", 0, 0),
    ],
)
def test_answers_score_as_in_squad(prediction, answer, exact_match, f1):
    assert squad(prediction, [answer]) == same(exact_match, f1)


@pytest.mark.parametrize(
    ("language", "prediction", "answer", "exact_match", "f1"),
    [
        ("en", "The “Eiffel Tower”", "eiffel tower", 100, 100),
        ("en", "€5", "5", 0, 0),  # a symbol, and not one of ASCII
        ("en", "$5 + 1", "5 1", 100, 100),
        ("es", "¿Los ríos?", "ríos", 100, 100),
        ("es", "El Niño y una niña", "niño y la niña", 100, 100),
        ("es", "del río", "río", 0, 200 / 3),
        ("de", "dem großen Haus", "das große Haus", 0, 50),  # großen haus | große haus
        ("de", "„Der Spiegel“", "spiegel", 100, 100),
        ("de", "the Hund", "Hund", 0, 200 / 3),  # no English articles
        ("vi", "những con mèo", "con mèo", 100, 100),
        ("vi", "thủ đô của Việt Nam", "Thủ đô Việt Nam", 100, 100),
        ("vi", "la\u0300 mèo", "mèo", 0, 200 / 3),  # an article in another normal form stays
        ("hi", "1947 में।", "1947 में", 100, 100),
        ("hi", "भारत का", "भारत", 0, 200 / 3),
        ("hi", "the भारत", "भारत", 0, 200 / 3),
        ("ar", "القاهرة؟", "قاهرة", 100, 100),
        ("ar", "العالم", "ع م", 100, 100),  # alif-lam goes inside a word, too
        ("ar", "في شمال أفريقيا", "شم أفريقيا", 0, 80),  # fi, shm, afriqiya | shm, afriqiya
        ("zh", "北京市。", "北京", 0, 80),
        ("zh", "《红楼梦》", "红楼梦", 100, 100),
        ("zh", "iPhone 4S手机", "iphone手机", 0, 600 / 7),  # iphone 4s 手 机 | iphone 手 机
        ("zh", "１９４９年", "1949年", 0, 50),
        ("zh", "北 京", "北京", 100, 100),
        ("zh", "the 北", "北", 0, 200 / 3),
        ("zh", "㐀㐁", "㐀", 0, 0),  # outside the range of single characters: one token
        ("zh", "龥龦龧", "龥", 0, 200 / 3),  # the range ends at U+9FA5
        ("zh", "カナ", "カ", 0, 0),
        ("en", "👍 yes", "yes", 0, 200 / 3),
        ("en", "cafe\u0301", "caf\u00e9", 0, 0),
        ("en", "—", "…", 100, 0),
        ("de", "der", "Die, das!", 100, 0),
        ("ar", "ال", "", 100, 0),
        ("hi", "", "1947", 0, 0),
        ("vi", "của", "mèo", 0, 0),
    ],
)
def test_answers_score_as_in_mlqa(language, prediction, answer, exact_match, f1):
    assert mlqa(prediction, [answer], language) == same(exact_match, f1)


@pytest.mark.parametrize(
    ("prediction", "answer", "exact_match", "f1"),
    [
        ("北京。", "北京", 0, 80),
        ("北 京!", "北京", 100, 100),
        ("東京都", "東京", 0, 80),
        ("京東", "東京", 0, 100),  # a bag of characters
        ("กรุงเทพ", "กรุงเทพมหานคร", 0, 70),  # 7 of 13 code points
        ("서울에", "서울", 0, 80),
        ("the 北京", "北京", 100, 100),
        ("caf\u00e9", "cafe\u0301", 0, 600 / 9),
        ("１９", "19", 0, 0),
        ("👍", "👍👍", 0, 200 / 3),
        ("", "北", 0, 0),
        ("!", "?", 100, 100),
        ("the", "", 100, 100),
    ],
)
def test_answers_score_by_characters(prediction, answer, exact_match, f1):
    assert characters(prediction, [answer]) == same(exact_match, f1)


@pytest.mark.parametrize("score", [squad, characters, *(partial(mlqa, language=code) for code in LANGUAGES)])
def test_exact_match_and_f1_each_take_the_best_gold_answer(score):
    assert score("7 8", ["9", "7 8 9", "7"]).f1 == max(score("7 8", [gold]).f1 for gold in ("9", "7 8 9", "7"))
    assert score("7 8", ["9", "7 8"]) == AnswerScore(100, 100)
    assert score("!", ["7", "?"]).exact_match == 100


def test_agrees_with_a_plain_count_of_common_words():
    rng = random.Random(0)
    seen = set()
    for _ in range(3000):
        pair = [rng.choices(["a", "An", "the", "cat", "Dog", "x", "y", "z"], k=rng.randint(0, 6)) for _ in range(2)]
        guess, gold = ([word.lower() for word in side if word.lower() not in ("a", "an", "the")] for side in pair)
        left = list(gold)
        common = sum(word in left and not left.remove(word) for word in guess)
        expected = 200 * common / max(1, len(guess) + len(gold))
        prediction, answer = ("".join(word + rng.choice([" ", ", ", " \n "]) for word in side) for side in pair)
        assert squad(prediction, [answer]) == same(100 * (guess == gold), expected)
        assert mlqa(prediction, [answer], "en") == same(100 * (guess == gold), expected)
        seen.add(round(expected))
    assert len(seen) > 15


@given(TEXTS, TEXTS, st.sampled_from(LANGUAGES))
def test_every_text_has_a_score(prediction, answer, language):
    for score in (squad, characters, partial(mlqa, language=language)):
        there, back = score(prediction, [answer]), score(answer, [prediction])
        assert (there.exact_match, there.f1) == (back.exact_match, pytest.approx(back.f1))
        assert 0 <= there.f1 <= 100 + 1e-9
        assert there.exact_match in (0, 100)
        assert score(prediction, [prediction]).exact_match == 100
        assert there.f1 <= score(prediction, [answer, prediction]).f1 + 1e-9


@pytest.mark.parametrize(
    ("language", "articles"),
    [
        ("en", "a an the"),
        ("es", "un una unos unas el la los las"),
        ("vi", "của là cái chiếc những"),
        ("de", "ein eine einen einem eines einer der die das den dem des"),
    ],
)
def test_each_article_of_a_language_is_dropped(language, articles):
    for article in articles.split():
        assert mlqa(f"{article} 7 {article.upper()}", ["7"], language) == AnswerScore(100, 100)
        assert mlqa(f"x{article} 7", ["7"], language) == same(0, 200 / 3)


@pytest.mark.parametrize("language", ["th", "ja", "EN", ""])
def test_mlqa_has_seven_languages(language):
    with pytest.raises(UsageError, match="MLQA has no language"):
        mlqa("x", ["x"], language)


@pytest.mark.parametrize("score", [squad, characters, partial(mlqa, language="en")])
def test_without_a_gold_answer_nothing_is_scored(score):
    with pytest.raises(DataError, match="no gold answer"):
        score("x", [])


def question(name, *answers):
    return Question(name, "Who?", "A text.", tuple(Answer(answer, -1) for answer in answers))


def test_a_question_without_prediction_counts_as_zero():
    questions = [question("1", "Ada"), question("2", "Bob Ross", "Rob"), question("3", "Cleo"), question("4", "Dan")]
    scores = answer_scores(questions, {"1": "ada.", "2": "Bob", "4": "", "9": "Eve"}, squad)
    assert scores.each == (same(100, 100), same(0, 200 / 3), same(0, 0), same(0, 0))
    assert (scores.exact_match, scores.f1) == (25, pytest.approx((100 + 200 / 3) / 4))
    assert scores.missing == ("3",)


def test_an_empty_answer_is_an_answer():
    questions = [question("1", "the"), question("2", "the")]
    scores = answer_scores(questions, {"1": ""}, squad)
    assert (scores.exact_match, scores.missing) == (50, ("2",))


def test_the_script_is_the_callers_choice():
    questions, predictions = [question("1", "北京")], {"1": "北京市。"}
    found = [answer_scores(questions, predictions, score).f1 for score in (squad, partial(mlqa, language="zh"))]
    assert found == [0, pytest.approx(80)]
    assert answer_scores(questions, predictions, characters).f1 == pytest.approx(200 / 3)


@pytest.mark.parametrize(
    ("questions", "message"),
    [
        ([], "no questions to score"),
        ([question("q7")], "'q7' has no gold answer"),
        ([question("q7", "", " ")], "'q7' has no gold answer"),
    ],
)
def test_unusable_questions_are_refused(questions, message):
    with pytest.raises(DataError, match=message):
        answer_scores(questions, {"q7": "x"}, squad)

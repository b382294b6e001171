import pytest

from vecocli.mining.lexicon import LexiconRow
from vecocli.mining.lexicon_accuracy import BandScore, Keep, evaluate_lexicon
from vecocli.text.thesaurus import Thesaurus

ALIGNED, LISTED = ("aligner:argmax",), ("dictionary:freedict",)
ROWS = [
    LexiconRow("house", "haus", 60, 0.9, ALIGNED),
    LexiconRow("house", "gebäude", 5, 0.9, ALIGNED),
    LexiconRow("dog", "katze", 3, 0.9, ALIGNED),
    LexiconRow("dog", "hund", 2, 0.9, ("aligner:argmax", "dictionary:stem:freedict")),
    LexiconRow("give up", "aufgeben", 1, 0.5, LISTED),
    LexiconRow("cat", "maus", 1, 0.5, ALIGNED),
    LexiconRow("cat", "katze", 1, 0.8, ALIGNED),
    LexiconRow("table", "tisch", 12, 0.9, ALIGNED),
]
ENTRIES = [
    ("House", "Haus"),
    ("House", "Hund"),
    ("dog", "Hund"),
    ("dog", "Köter"),
    ("give  up", "aufgeben"),
    ("cat", "Katze"),
    ("tree", "Baum"),
]


def thesaurus(name: str = "held-out") -> Thesaurus:
    return Thesaurus.from_entries([(source, target, ()) for source, target in ENTRIES], "en", "de", name)


def test_scores_of_all_words_and_of_bands() -> None:
    forward = evaluate_lexicon(ROWS, thesaurus(), Keep()).forward
    assert forward.bands == (
        # right at once: house, give up, cat (by score); among five: dog too. house-hund is listed and was not mined
        BandScore("all", 5, 4, 75.0, 100.0, 5, 80.0),
        BandScore("1", 1, 1, 100.0, 100.0, 1, 100.0),
        BandScore("2-4", 1, 1, 100.0, 100.0, 1, 100.0),
        BandScore("5-9", 1, 1, 0.0, 100.0, 1, 100.0),
        BandScore("10-49", 1, 0, None, None, 0, None),
        BandScore("50+", 1, 1, 100.0, 100.0, 2, 50.0),
    )
    assert (forward.dictionary_words, forward.covered, forward.coverage) == (5, 4, 80.0)


def test_the_other_direction_looks_up_the_other_words() -> None:
    backward = evaluate_lexicon(ROWS, thesaurus(), Keep()).backward
    # haus, hund, aufgeben and katze are in both; the best of katze is dog
    assert backward.bands[0] == BandScore("all", 7, 4, 75.0, 100.0, 5, 80.0)
    assert (backward.dictionary_words, backward.covered) == (6, 4)


def test_only_the_best_five_count_as_found() -> None:
    rows = [LexiconRow("house", word, 9 - place, 0.5, ALIGNED) for place, word in enumerate("abcdef")]
    listed = [Thesaurus.from_entries([("house", word, ())], "en", "de", "x") for word in "aef"]
    scores = [evaluate_lexicon(rows, one, Keep()).forward.bands[0] for one in listed]
    assert [(score.precision_at_1, score.precision_at_5, score.recall) for score in scores] == [
        (100.0, 100.0, 100.0),
        (0.0, 100.0, 100.0),
        (0.0, 0.0, 100.0),
    ]


def test_equal_counts_and_scores_are_ordered_by_characters() -> None:
    rows = [LexiconRow("house", word, 1, 0.5, ALIGNED) for word in ("haus", "dach")]
    assert evaluate_lexicon(rows, thesaurus(), Keep()).forward.bands[0].precision_at_1 == 0.0


@pytest.mark.parametrize(
    ("keep", "kept", "asked", "recall"),
    [
        (Keep(min_count=2), 5, 2, 40.0),  # house and dog
        (Keep(min_score=0.85), 5, 2, 40.0),
        (Keep(origin="aligner"), 7, 3, 60.0),
        (Keep(origin="dictionary:freedict"), 1, 1, 20.0),
        (Keep(min_count=100), 0, 0, 0.0),
    ],
)
def test_what_is_left_out_is_not_found_but_is_asked_for(keep: Keep, kept: int, asked: int, recall: float) -> None:
    accuracy = evaluate_lexicon(ROWS, thesaurus(), keep)
    score = accuracy.forward.bands[0]
    assert (accuracy.pairs, accuracy.kept, score.asked, score.pairs, score.recall) == (8, kept, asked, 5, recall)


def test_lexicons_are_added_up_pair_by_pair() -> None:
    rows = [
        LexiconRow("cat", "katze", 3, 1.0, ALIGNED),
        LexiconRow("cat", "kater", 4, 0.9, ALIGNED),
        LexiconRow("cat", "katze", 1, 0.6, LISTED),
    ]
    accuracy = evaluate_lexicon(rows, thesaurus(), Keep())  # four times each, and 0.9 each
    assert (accuracy.pairs, accuracy.by_dictionary, accuracy.forward.bands[2].words) == (2, 50.0, 0)
    assert accuracy.forward.bands[0].precision_at_1 == 0.0  # kater before katze
    assert evaluate_lexicon(rows, thesaurus(), Keep(min_score=0.95)).kept == 0


def test_pairs_that_a_dictionary_served_to_mine_are_told() -> None:
    accuracy = evaluate_lexicon(ROWS, thesaurus(), Keep())
    assert (accuracy.by_dictionary, accuracy.shared) == (25.0, ())
    assert evaluate_lexicon(ROWS, thesaurus("freedict"), Keep()).shared == ("freedict",)
    assert evaluate_lexicon(ROWS, thesaurus("freedict"), Keep(min_count=5)).shared == ()


def test_signs_are_no_words() -> None:
    rows = [*ROWS, LexiconRow(".", "。", 9, 1.0, ALIGNED)]
    assert evaluate_lexicon(rows, thesaurus(), Keep()) == evaluate_lexicon(ROWS, thesaurus(), Keep())

import random
import warnings

import pytest
from seqeval.metrics import f1_score, precision_score, recall_score
from seqeval.metrics.sequence_labeling import get_entities, precision_recall_fscore_support
from seqeval.metrics.v1 import precision_recall_fscore_support as strict_support
from seqeval.scheme import IOB2, Tokens

from vecocli.errors import DataError
from vecocli.xtreme.metrics.f1 import F1Score
from vecocli.xtreme.metrics.spans import (
    chunks,
    span_counts,
    span_f1,
    strict_chunks,
    strict_span_counts,
    strict_span_f1,
)

POOLS = {
    "UPOS": "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X _",
    "NER": "O B-PER I-PER B-ORG I-ORG B-LOC I-LOC",
    "odd": "O B I E S B- I- . -x B-PER I-PER E-PER S-PER I-a-b B-a-b OUT O-PER ..- Ä-PER É 名-x",
    "X": "X NOUN _ O",
    "IOB2": "O B-PER I-PER B-LOC I-LOC B I B- I- B-a-b I-a-b B-x- I-x B--x",
}


def quietly(function, *arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*arguments, **options)


def sentences(rng, pool, lengths):
    return [[rng.choice(pool) for _ in range(length)] for length in lengths]


def cases(count, name, seed):
    """Random gold and predictions; half of the predictions are mostly right."""
    rng, pool = random.Random(seed), POOLS[name].split()
    for number in range(count):
        tags = rng.sample(pool, rng.randint(1, len(pool)))
        lengths = [rng.randint(0, 7) for _ in range(rng.randint(1, 6))]
        gold, predicted = sentences(rng, tags, lengths), sentences(rng, tags, lengths)
        if number % 2:
            predicted = [
                [right if rng.random() < 0.7 else guess for right, guess in zip(*pair, strict=True)]
                for pair in zip(gold, predicted, strict=True)
            ]
        yield gold, predicted


@pytest.mark.parametrize("name", POOLS)
def test_agrees_with_seqeval(name):
    seen = set()
    for gold, predicted in cases(2000, name, 1):
        oracle = quietly(precision_recall_fscore_support, gold, predicted, average="micro")[:3]
        assert span_f1(gold, predicted) == F1Score(*(100 * value for value in oracle))
        assert chunks(gold[0]) == quietly(get_entities, gold[0])
        seen.add(round(oracle[2], 1))
    assert len(seen) > 5


def test_agrees_with_seqevals_three_scores():
    for gold, predicted in cases(50, "NER", 2):
        expected = (100 * quietly(score, gold, predicted) for score in (precision_score, recall_score, f1_score))
        assert span_f1(gold, predicted) == F1Score(*expected)


def test_agrees_with_strict_seqeval():
    seen = set()
    for gold, predicted in cases(2000, "IOB2", 3):
        oracle = quietly(strict_support, gold, predicted, average="micro", scheme=IOB2)[:3]
        assert strict_span_f1(gold, predicted) == F1Score(*(100 * value for value in oracle))
        entities = [(found.tag, found.start, found.end - 1) for found in Tokens(gold[0], IOB2).entities]
        assert strict_chunks(gold[0]) == entities
        seen.add(round(oracle[2], 1))
    assert len(seen) > 5


def test_names_are_read_leniently():
    tags = ["I-LOC", "O", "B-PER", "I-PER", "I-ORG", "B-ORG", "O"]
    assert chunks(tags) == [("LOC", 0, 0), ("PER", 2, 3), ("ORG", 4, 4), ("ORG", 5, 5)]
    assert strict_chunks(tags) == [("PER", 2, 3), ("ORG", 5, 5)]
    assert span_f1([["B-LOC"]], [["I-LOC"]]).f1 == 100
    assert strict_span_f1([["B-LOC"]], [["I-LOC"]]).f1 == 0


def test_equal_parts_of_speech_merge():
    assert chunks(["NOUN", "NOUN", "VERB"]) == [("OUN", 0, 1), ("ERB", 2, 2)]
    assert span_f1([["NOUN", "NOUN", "NOUN"]], [["NOUN", "VERB", "NOUN"]]).f1 == 0


def test_parts_of_speech_in_s_stand_alone():
    assert chunks(["SYM", "SYM", "SCONJ"]) == [("YM", 0, 0), ("YM", 1, 1), ("CONJ", 2, 2)]


def test_the_two_conjunctions_look_alike():
    assert span_f1([["SCONJ", "NOUN"]], [["CCONJ", "NOUN"]]).f1 == 100


def test_an_x_at_the_end_is_lost():
    assert chunks(["NOUN", "X"]) == [("OUN", 0, 0)]
    assert chunks(["X", "NOUN"]) == [("_", 0, 0), ("OUN", 1, 1)]
    assert span_f1([["X"]], [["X"]]) == F1Score(0, 0, 0)


def test_an_x_at_the_start_reaches_back_into_the_sentence_before():
    gold = [["NOUN"], ["X", "NOUN"]]
    # joined: NOUN O X NOUN O; the X opens nothing behind the O, so its chunk begins at the last opening, word 0
    assert span_counts(gold, [["VERB"], ["X", "NOUN"]]).tolist() == [[0, 1, 1], [2, 2, 2]]
    assert span_counts(gold, [["SYM"], ["X", "NOUN"]]).tolist() == [[0, 1, 1], [2, 2, 2]]
    assert span_counts(gold, [["X"], ["X", "NOUN"]]).tolist() == [[0, 0, 1], [2, 2, 2]]


def test_a_chunk_counts_for_the_sentence_of_its_end():
    gold = [["B-PER", "I-PER"], [], ["O", "B-LOC"], ["B-PER"]]
    predicted = [["B-PER", "I-PER"], [], ["I-LOC", "B-LOC"], ["O"]]
    assert span_counts(gold, predicted).tolist() == [[1, 1, 1], [0, 0, 0], [1, 2, 1], [0, 0, 1]]
    assert strict_span_counts(gold, predicted).tolist() == [[1, 1, 1], [0, 0, 0], [1, 1, 1], [0, 0, 1]]


def test_no_chunk_crosses_sentences_where_tags_are_iob2():
    gold = [["B-PER"], ["I-PER"]]
    assert span_f1(gold, gold).f1 == 100
    assert span_counts(gold, gold)[:, 2].tolist() == [1, 1]
    assert strict_span_counts(gold, gold)[:, 2].tolist() == [1, 0]


@pytest.mark.parametrize("score", [span_f1, strict_span_f1])
def test_only_outside_scores_zero(score):
    assert score([["O", "O"]], [["O", "O"]]) == F1Score(0, 0, 0)


@pytest.mark.parametrize("score", [span_f1, strict_span_f1])
@pytest.mark.parametrize(
    ("gold", "predicted"), [([], []), ([["O"]], []), ([["O"]], [["O", "O"]]), ([["O"], ["O"]], [["O", "O"]])]
)
def test_wrong_lengths_are_refused(score, gold, predicted):
    with pytest.raises(DataError):
        score(gold, predicted)


@pytest.mark.parametrize("tag", ["NOUN", "E-PER", "BPER", "b-per", "O-PER", "S", "", "<pad>"])
def test_strict_reading_refuses_what_is_not_iob2(tag):
    with pytest.raises(DataError, match=r"of word 2 is not IOB2"):
        strict_chunks(["O", tag])


def test_says_which_sentence_is_not_iob2():
    with pytest.raises(DataError, match=r"^sentence 2: the tag 'NOUN' of word 1 is not IOB2") as caught:
        strict_span_f1([["O"], ["O"]], [["O"], ["NOUN"]])
    assert "B-TYPE" in caught.value.hint

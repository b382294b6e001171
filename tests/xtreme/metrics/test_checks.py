import pytest

from vecocli.errors import DataError
from vecocli.xtreme.metrics.checks import check_lengths, check_tags


def test_equal_lengths_pass():
    check_lengths(3, 3, "labels")
    check_tags([["O", "B-PER"], []], [("O", "O"), ()])


@pytest.mark.parametrize(
    ("gold", "predicted", "message"), [(2, 1_000, "1,000 predicted labels for 2"), (0, 0, "no labels to score")]
)
def test_says_what_differs(gold, predicted, message):
    with pytest.raises(DataError, match=message):
        check_lengths(gold, predicted, "labels")


@pytest.mark.parametrize(
    ("gold", "predicted", "message"),
    [
        ([["O"]], [["O"], ["O"]], "2 predicted sentences for 1 of the gold"),
        ([], [], "no sentences to score"),
        ([["O"], ["O", "O"]], [["O"], ["O"]], "sentence 2 has 1 predicted tags for 2 words"),
        ([["O", ""]], [["O", "O"]], "sentence 1 has an empty gold tag"),
        ([["O", "O"]], [["O", ""]], "sentence 1 has an empty predicted tag"),
    ],
)
def test_says_which_sentence_is_wrong(gold, predicted, message):
    with pytest.raises(DataError, match=message):
        check_tags(gold, predicted)

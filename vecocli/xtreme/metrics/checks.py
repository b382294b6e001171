"""Whether predictions belong to a gold."""

from collections.abc import Sequence

from vecocli.errors import DataError

Sentences = Sequence[Sequence[str]]


def check_lengths(gold: int, predicted: int, what: str) -> None:
    """See that predictions belong to a gold.

    Args:
        gold: How many examples the gold has.
        predicted: How many predictions there are.
        what: What is counted, in the plural.

    Raises:
        DataError: The numbers differ, or there is nothing to score.
    """
    if gold != predicted:
        message = f"{predicted:,} predicted {what} for {gold:,} of the gold"
        raise DataError(message, "Predictions need the gold's order, and one for each.")
    if not gold:
        raise DataError(f"there are no {what} to score", "Is the file empty?")


def check_tags(gold: Sentences, predicted: Sentences) -> None:
    """See that each word of the gold has one predicted tag.

    Raises:
        DataError: The lengths differ, a tag is empty, or there is no sentence.
    """
    check_lengths(len(gold), len(predicted), "sentences")
    for number, (right, guessed) in enumerate(zip(gold, predicted, strict=True), start=1):
        if len(right) != len(guessed):
            message = f"sentence {number:,} has {len(guessed):,} predicted tags for {len(right):,} words"
            raise DataError(message, "Each word needs one tag, also those that the model did not see.")
        if not all(right) or not all(guessed):
            side = "predicted" if all(right) else "gold"
            raise DataError(f"sentence {number:,} has an empty {side} tag", "Each word needs a tag.")

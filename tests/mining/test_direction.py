import pytest

from vecocli.errors import DataError
from vecocli.mining.dictionary import Matcher
from vecocli.mining.direction import LEAST_LINKS, MOST_WORDS, check_direction
from vecocli.text.corpus import SentencePair
from vecocli.text.formats import Entry
from vecocli.text.thesaurus import Thesaurus

PAIRS = [("the cat sleeps in Berlin", "die Katze schläft in Berlin"), ("a small dog", "ein kleiner Hund")]
RIGHT = [
    Entry("cat", "Katze"),
    Entry("sleeps", "schläft"),
    Entry("dog", "Hund"),
    Entry("in", "in"),
    Entry("Berlin", "Berlin"),
]
WRONG = [Entry(target, source) for source, target, _ in RIGHT]


def corpus(times: int) -> list[SentencePair]:
    return [SentencePair(number, *pair) for number, pair in enumerate(PAIRS * times, 1)]


def check(sample: list[SentencePair], entries: list[Entry]) -> None:
    thesaurus = Thesaurus.from_entries(entries, "en", "de", "de-en.tsv")
    check_direction(sample, thesaurus, Matcher(thesaurus, 3))


def test_a_dictionary_the_wrong_way_round_is_noticed_though_loans_match() -> None:
    with pytest.raises(
        DataError, match=r"^de-en\.tsv: .*en-de corpus.*0 links in the first 40 pairs.*60 when reversed"
    ) as caught:
        check(corpus(20), WRONG)
    assert "--reverse-dictionary" in caught.value.hint


@pytest.mark.parametrize(
    ("entries", "times"),
    [
        (RIGHT, 20),
        (RIGHT + WRONG, 20),
        (WRONG, (LEAST_LINKS - 1) // 3),
        ([Entry("bird", "Vogel")], 20),
        ([Entry("sleeps", "schläft"), Entry("Hund", "dog")], 500),
    ],
    ids=["right", "both ways", "too little text to tell", "nothing fits", "few links, but both ways"],
)
def test_no_false_alarm(entries: list[Entry], times: int) -> None:
    check(corpus(times), entries)


def test_an_empty_sample_tells_nothing() -> None:
    check([], RIGHT)


def test_long_repetitive_pairs_are_left_out() -> None:
    long = SentencePair(1, "cat " * (MOST_WORDS + 1), "Katze " * 4)
    other = SentencePair(2, "cat " * 4, "Katze " * 10**5)  # would match at 400,000 places
    check([long, other], WRONG)
    with pytest.raises(DataError, match="in the first 40 pairs"):
        check([long, *corpus(20), other], WRONG)

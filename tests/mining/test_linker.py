from collections import Counter
from collections.abc import Sequence

import pytest

from vecocli.errors import UsageError
from vecocli.mining import linker as linking
from vecocli.mining.dictionary import Matcher
from vecocli.mining.linker import Linker
from vecocli.mining.rules import FunctionWords, Identical, Inflection, Rules
from vecocli.mining.scorer import SpanQuery
from vecocli.text.corpus import SentencePair
from vecocli.text.formats import Entry
from vecocli.text.segment import Segmenter
from vecocli.text.synonyms import MinedPair
from vecocli.text.thesaurus import Thesaurus

NO_WORDS = frozenset[str](), frozenset[str]()


def linker(
    languages: str,
    *entries: tuple[str, str],
    functional: tuple[frozenset[str], frozenset[str]] = NO_WORDS,
    function_words: FunctionWords = "clear",
    identical: Identical = "names",
    max_words: int = 20,
    scorer: "Fixed | None" = None,
    inflection: Inflection = "folded",
    segmenter: Segmenter = "icu",
) -> Linker:
    source, target = languages.split("-")
    listed = [Entry(*entry) for entry in entries]
    thesaurus = Thesaurus.from_entries(listed, source, target, "d", written=inflection == "exact")
    rules = Rules(function_words, 0.01, identical, max_phrase=4, max_words=max_words, inflection=inflection)
    return Linker(thesaurus, Matcher(thesaurus, 4), rules, functional, scorer, segmenter)


def link(made: Linker, source: str, target: str) -> MinedPair:
    [row] = made.link([SentencePair(1, source, target)], Counter())
    return row


def shown(row: MinedPair) -> list[str]:
    """Each link as `source=target`, with `?` where ambiguous and `*` where identical."""
    return [
        f"{row.source[one.source_start : one.source_end]}={row.target[one.target_start : one.target_end]}"
        + "?" * one.ambiguous
        + "*" * (one.origin == "identical")
        for one in row.links
    ]


@pytest.mark.parametrize(
    ("languages", "entries", "source", "target", "expected"),
    [
        ("en-de", [("give up", "aufgeben")], "We GIVE up!", "Wir werden Aufgeben.", ["GIVE up=Aufgeben"]),
        ("en-de", [("give up", "aufgeben")], "We give. Up!", "aufgeben", []),
        ("en-de", [("give", "geben"), ("give up", "aufgeben")], "give up", "geben aufgeben", ["give up=aufgeben"]),
        ("en-fr", [("the man", "l'homme")], "the man left", "L\u2019homme est parti", ["the man=L\u2019homme"]),
        ("en-fr", [("man", "homme")], "the man left", "L\u2019homme est parti", ["man=homme"]),
        ("en-fr", [("school", "\u00e9cole")], "a school", "une e\u0301cole", ["school=e\u0301cole"]),
        ("en-zh", [("wikipedia", "维基百科"), ("cat", "猫")], "Wikipedia: a cat", "维基百科有猫。", ["Wikipedia=维基百科", "cat=猫"]),  # noqa: E501
        ("en-th", [("house", "บ้าน"), ("cat", "แมว")], "the cat sees a house", "แมวเห็นบ้าน", ["cat=แมว", "house=บ้าน"]),
        ("zh-ja", [("猫", "猫"), ("房子", "家")], "猫看见房子", "猫は家を見る", ["猫=猫", "房子=家"]),
        ("en-hi", [("world", "दुनिया")], "🙂 big world", "🙂 बड़ी दुनिया", ["world=दुनिया"]),
        ("en-de", [("so", "so")], "so I say", "so sage ich so", ["so=so?"]),
        ("en-de", [("big", "groß"), ("big", "riesig")], "a big cat", "eine große, riesig groß", ["big=riesig?"]),
    ],
)  # fmt: skip
def test_words_and_phrases_are_linked(
    languages: str, entries: list[tuple[str, str]], source: str, target: str, expected: list[str]
) -> None:
    assert shown(link(linker(languages, *entries), source, target)) == expected


def test_a_link_says_where_it_comes_from_and_how_sure_it_is() -> None:
    thesaurus = Thesaurus.from_entries([Entry("cat", "Katze", ("w", "freedict"))], "en", "de", "d")
    made = Linker(thesaurus, Matcher(thesaurus, 4), Rules("keep", 0.01, "off", 4, 20), NO_WORDS)
    row = link(made, "a cat and a dog", "Katze hier, Katze da")
    [found] = row.links
    assert (found.source_start, found.source_end, found.target_start, found.target_end) == (2, 5, 0, 5)
    assert found.origin == "dictionary:freedict,w"
    assert found.ambiguous
    assert 0.5 < found.score < 1
    assert found.score == round(found.score, 4)
    assert found.score < link(made, "one cat", "eine Katze").links[0].score < 1


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("off", []),
        ("names", ["Tom=Tom*", "3=3*"]),
        ("all", ["Tom=Tom*", "likes=likes*", "3=3*", "hotel=hotel*"]),
    ],
)
def test_equal_words_follow_the_policy(policy: Identical, expected: list[str]) -> None:
    made = linker("en-de", ("x", "y"), identical=policy)
    assert shown(link(made, "Tom likes 3 hotel", "Tom likes 3 hotel")) == expected


def test_equal_words_that_a_dictionary_lists_are_its_own_and_function_words_are_left_out() -> None:
    made = linker("en-de", ("Tom", "Tom"), functional=(frozenset(), frozenset({"will"})))
    assert shown(link(made, "Will Tom", "Will Tom")) == ["Tom=Tom"]


@pytest.mark.parametrize(
    ("policy", "source", "target", "expected"),
    [
        ("keep", "the cat", "die Katze", ["the=die", "cat=Katze"]),
        ("clear", "the cat", "die Katze", ["the=die", "cat=Katze"]),
        ("drop", "the cat", "die Katze", ["cat=Katze"]),
        ("keep", "the cat the", "die Katze", ["the=die?", "cat=Katze"]),
        ("clear", "the cat the", "die Katze", ["cat=Katze"]),
        ("keep", "the cat sees a b c", "a b c Katze die", ["the=die", "cat=Katze"]),
        ("clear", "the cat sees a b c", "a b c Katze die", ["cat=Katze"]),
    ],
)
def test_function_words_follow_the_policy(policy: FunctionWords, source: str, target: str, expected: list[str]) -> None:
    made = linker(
        "en-de",
        ("the", "die"),
        ("cat", "Katze"),
        functional=(frozenset({"the"}), frozenset({"die"})),
        function_words=policy,
    )
    assert shown(link(made, source, target)) == expected


class Fixed:
    """A scorer that likes the last place of each query best."""

    name = "fixed"

    def __init__(self) -> None:
        self.asked: list[SpanQuery] = []

    def __call__(self, queries: Sequence[SpanQuery]) -> list[list[float]]:
        self.asked += queries
        return [[place / 10 for place in range(len(query.places))] for query in queries]


def test_a_scorer_decides_where_a_place_is_ambiguous_and_is_asked_of_nothing_else() -> None:
    scorer = Fixed()
    made = linker("en-de", ("cat", "Katze"), ("dog", "Hund"), scorer=scorer)
    pairs = [SentencePair(1, "dog cat", "Hund Katze Katze"), SentencePair(2, "cat", "Katze"), SentencePair(3, "", "x")]
    first, second, third = made.link(pairs, Counter())
    assert shown(first) == ["dog=Hund", "cat=Katze?"]
    assert first.links[1].target_start == 11
    assert first.links[1].score < second.links[0].score
    assert shown(second) == ["cat=Katze"]
    assert third.links == ()
    assert scorer.asked == [
        SpanQuery("dog cat", "Hund Katze Katze", [((0, 3), (0, 4)), ((4, 7), (5, 10)), ((4, 7), (11, 16))])
    ]
    made.link(pairs[1:], Counter())
    assert len(scorer.asked) == 1


def test_what_happened_is_counted_and_every_pair_keeps_its_row() -> None:
    made = linker("en-de", ("give up", "aufgeben"), ("cat", "Katze"), max_words=4)
    pairs = [
        SentencePair(1, "cat", "Katze Katze"),
        SentencePair(2, "give up, Tom", "aufgeben, Tom"),
        SentencePair(4, "cat", "!"),
        SentencePair(5, "", " "),
        SentencePair(6, "cat cat cat cat cat", "Katze"),
        SentencePair(7, "cat", "Hund"),
    ]
    counts = Counter[str]()
    rows = made.link(pairs, counts)
    assert [(row.number, row.source, row.target) for row in rows] == [(p.number, p.source, p.target) for p in pairs]
    assert [len(row.links) for row in rows] == [1, 2, 0, 0, 0, 0]
    assert counts == {
        "pairs": 6,
        "pairs_with_links": 2,
        "links": 3,
        "ambiguous": 1,
        "source_words": 11,
        "target_words": 6,
        "linked_source_words": 4,
        "linked_target_words": 3,
        "one_sided": 1,
        "empty": 1,
        "too_long": 1,
        "dictionary:d": 2,
        "identical": 1,
    }


@pytest.mark.parametrize("word", ["cat", "7"])
def test_endless_repetition_is_kept_without_links_and_costs_little(word: str) -> None:
    made = linker("en-de", ("cat", "cat"), max_words=300)
    counts = Counter[str]()
    text = " ".join([word] * 300)
    assert made.link([SentencePair(1, text, text)], counts)[0].links == ()
    assert counts["too_long"] == 1
    assert len(link(made, " ".join([word] * 9), " ".join([word] * 8)).links) == 8


def test_what_is_too_much_at_once_is_linked_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    made = linker("en-de", ("cat", "Katze"), ("give up", "aufgeben"))
    pairs = [SentencePair(row, "a cat, give up", "Katze Katze aufgeben") for row in range(5)]
    whole, counts = list(made.link(pairs, Counter())), Counter[str]()
    monkeypatch.setattr(linking, "WORDS_AT_ONCE", 14)
    monkeypatch.setattr(linking, "PLACES_AT_ONCE", 1)
    assert list(made.link(pairs, counts)) == whole
    assert counts["links"] == 10


def test_no_pairs_have_no_links() -> None:
    counts = Counter[str]()
    assert list(linker("en-de", ("cat", "Katze")).link([], counts)) == []
    assert counts == {}


def test_coverage_is_the_share_of_linked_source_words() -> None:
    made = linker("en-de", ("give up", "aufgeben"))
    pairs = [SentencePair(1, "we give up !", "aufgeben"), SentencePair(2, "", "x")]
    assert [row.coverage for row in made.link(pairs, Counter())] == [pytest.approx(2 / 3), 0.0]


def test_punctuation_is_a_word_where_text_was_cut_before() -> None:
    made = linker("en-de", (".", "."), ("don't", "nicht"), ("(a", "b)"), segmenter="blanks", identical="all")
    assert shown(link(made, "don't (a ! ,", "nicht b) ! .")) == ["don't=nicht", "!=!*"]
    assert shown(link(made, "dog 's", "Hund 's")) == ["'s='s*"]


@pytest.mark.parametrize(
    ("inflection", "expected"),
    [
        ("exact", ["The=Der", "Polish=polnisch"]),
        ("folded", ["The=Der", "Polish=polnisch", "cat=katze", "US=uns"]),
        ("stem", ["The=Der", "Polish=polnisch", "cat=katze", "houses=Häuser", "US=uns"]),
    ],
)
def test_words_match_as_closely_as_asked(inflection: Inflection, expected: list[str]) -> None:
    listed = [("the", "der"), ("Polish", "polnisch"), ("cat", "Katze"), ("house", "Haus"), ("us", "uns")]
    made = linker("en-de", *listed, inflection=inflection)
    assert shown(link(made, "The Polish cat houses US", "Der polnisch katze Häuser uns")) == expected


def test_a_first_word_keeps_its_capital_where_the_dictionary_has_it() -> None:
    made = linker("en-de", ("Turkey", "Türkei"), ("turkey", "Pute"), inflection="exact")
    assert shown(link(made, "Turkey", "Die Pute der Türkei")) == ["Turkey=Türkei"]
    assert shown(link(made, "(turkey)", "Die Pute der Türkei")) == ["turkey=Pute"]


def test_a_match_by_stems_says_so_counts_less_and_leaves_words_to_others() -> None:
    made = linker("en-de", ("house", "Haus"), ("houses", "Gebäude"), inflection="stem")
    [plain] = link(made, "houses", "Häuser").links
    assert (plain.origin, plain.ambiguous) == ("dictionary:stem:d", False)
    assert plain.score < link(made, "house", "Haus").links[0].score
    assert shown(link(made, "houses", "Häuser Gebäude")) == ["houses=Gebäude"]
    [chosen] = link(made, "houses", "Häuser Hauses").links
    assert chosen.ambiguous
    assert chosen.score < plain.score
    assert link(made, "house", "Haus").links[0].origin == "dictionary:d"


def test_the_dictionary_must_be_in_the_form_that_is_matched() -> None:
    thesaurus = Thesaurus.from_entries([Entry("cat", "Katze")], "en", "de", "d")
    with pytest.raises(UsageError, match="form"):
        Linker(thesaurus, Matcher(thesaurus, 4), Rules("keep", 0.1, "off", 4, 20, "exact"), NO_WORDS)


@pytest.mark.parametrize(
    ("policy", "listed", "allowed"),
    [("keep", 4, [True] * 4), ("clear", 4, [False, True, True, True]), ("drop", 1, [True])],
)
def test_places_can_be_had_without_a_choice(policy: FunctionWords, listed: int, allowed: list[bool]) -> None:
    functional = frozenset({"the"}), frozenset({"die"})
    entries = [("the", "die"), ("cat", "Katze")]
    made = linker("en-de", *entries, functional=functional, function_words=policy, max_words=5)
    pairs = [
        SentencePair(1, "x", ""),
        SentencePair(2, "the cat y", "a b c die Katze"),
        SentencePair(3, "the", "die die"),
    ]
    counts = Counter[str]()
    block, usable, places = made.places(pairs, counts)
    assert usable.tolist() == [False, True, True]
    assert counts["one_sided"] == 1
    assert len(places.pair) == listed
    assert sorted(made.allowed(block, places).tolist()) == allowed
    assert {made.origins[origin] for origin in made.origin(places)} == {"dictionary:d"}
    assert not made.cut_before
    assert linker("en-de", *entries, segmenter="blanks").cut_before


def test_links_with_a_low_score_are_left_out() -> None:
    thesaurus = Thesaurus.from_entries([Entry("cat", "Katze")], "en", "de", "d")
    rules = Rules("keep", 0.01, "off", 4, 20, min_score=0.9)
    made = Linker(thesaurus, Matcher(thesaurus, 4), rules, NO_WORDS)
    assert shown(link(made, "cat", "Katze")) == ["cat=Katze"]
    assert shown(link(made, "cat a b c", "x y z Katze")) == []

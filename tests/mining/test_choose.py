import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vecocli.mining.choose import choose, nearness, overlapping, rivals
from vecocli.mining.dictionary import Candidate


def span(draw: st.DrawFn) -> tuple[int, int]:
    start = draw(st.integers(0, 5))
    return start, start + draw(st.integers(1, 3))


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    places = draw(st.lists(st.builds(lambda: (*span(draw), *span(draw))), max_size=8))
    return sorted(set(places))


def preference(place: Candidate) -> float:
    return nearness(place, 8, 8)


def always(place: Candidate, ambiguous: bool) -> bool:
    return True


def share_words(one: Candidate, other: Candidate) -> tuple[bool, bool]:
    source = bool(set(range(*one[:2])) & set(range(*other[:2])))
    return source, bool(set(range(*one[2:])) & set(range(*other[2:])))


def test_the_longest_source_phrase_wins_and_what_it_covers_is_no_rival() -> None:
    give_up, give, later_give = (0, 2, 0, 1), (0, 1, 3, 4), (3, 4, 3, 4)
    chosen = choose([give, give_up, later_give], preference, always)
    assert chosen == [(give_up, 1.0, False), (later_give, 1.0, False)]


def test_the_longer_of_two_nested_translations_wins_without_being_ambiguous() -> None:
    assert choose([(0, 1, 0, 1), (0, 1, 0, 2)], preference, always) == [((0, 1, 0, 2), 1.0, False)]


def test_a_repeated_word_goes_to_the_nearer_place_and_is_ambiguous() -> None:
    places = [(0, 1, 0, 1), (0, 1, 7, 8)]
    [choice] = choose(places, preference, always)
    assert choice[0] == (0, 1, 0, 1)
    assert choice[2]
    assert choice[1] == pytest.approx(1 / (1 + math.exp((1 / 8 - 1) / 0.1)))


def test_equally_good_places_score_one_half_and_the_first_is_taken() -> None:
    [choice] = choose([(3, 4, 2, 3), (3, 4, 4, 5)], lambda place: 0.3, always)
    assert choice == ((3, 4, 2, 3), 0.5, True)


def test_two_source_words_of_one_translation_are_rivals_and_only_one_is_linked() -> None:
    chosen = choose([(0, 1, 5, 6), (5, 6, 5, 6)], preference, always)
    assert [choice[0] for choice in chosen] == [(5, 6, 5, 6)]
    assert chosen[0][2]


def test_twice_on_both_sides_links_in_order() -> None:
    chosen = choose([(0, 1, 0, 1), (0, 1, 4, 5), (4, 5, 0, 1), (4, 5, 4, 5)], preference, always)
    assert [choice[0] for choice in chosen] == [(0, 1, 0, 1), (4, 5, 4, 5)]


def test_the_preference_of_the_caller_decides() -> None:
    far = (0, 1, 7, 8)
    chosen = choose([(0, 1, 0, 1), far], lambda place: 0.9 if place == far else 0.1, always)
    assert [choice[0] for choice in chosen] == [far]


def test_what_is_not_accepted_leaves_its_words_free() -> None:
    first, second = (0, 1, 0, 1), (0, 1, 0, 2)
    assert choose([first, second], preference, lambda place, _: place == first) == [(first, 1.0, False)]
    assert choose([(0, 1, 0, 1)], preference, lambda place, ambiguous: ambiguous) == []
    assert choose([(0, 1, 0, 1), (0, 1, 3, 4)], preference, lambda place, ambiguous: not ambiguous) == []


def test_nearness_is_one_on_the_diagonal_and_falls_with_distance() -> None:
    assert nearness((0, 2, 0, 4), 4, 8) == 1.0
    assert nearness((0, 1, 9, 10), 10, 10) == pytest.approx(0.1)


@given(candidates())
def test_choices_never_overlap_and_nothing_free_is_left_out(places: list[Candidate]) -> None:
    chosen = choose(places, preference, always)
    assert chosen == sorted(chosen)
    for one, other in combinations(chosen, 2):
        assert share_words(one[0], other[0]) == (False, False)
    taken = [choice[0] for choice in chosen]
    for place in places:
        assert place in taken or any(any(share_words(place, other)) for other in taken)
    assert all(0 < choice[1] <= 1 and (choice[1] == 1) <= (not choice[2]) for choice in chosen)


@given(candidates())
def test_rivals_and_overlaps_follow_their_definitions(places: list[Candidate]) -> None:
    assert overlapping(places) == any(any(share_words(*two)) for two in combinations(places, 2))

    def compete(one: Candidate, other: Candidate) -> bool:
        source, target = share_words(one, other)
        same_source = one[:2] == other[:2] and not target
        same_target = one[2:] == other[2:] and not source and one[1] - one[0] == other[1] - other[0]
        return same_source or same_target

    expected = {place: [other for other in places if compete(place, other)] for place in places}
    assert {place: sorted(others) for place, others in rivals(places).items()} == {
        place: others for place, others in expected.items() if others
    }

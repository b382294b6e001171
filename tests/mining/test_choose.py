import math
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vecocli.mining import choose as choosing
from vecocli.mining.dictionary import Candidates

Place = tuple[int, int, int, int]
"""Source start and end, target start and end, in words."""

WORDS = 9


def span(draw: st.DrawFn) -> tuple[int, int]:
    start = draw(st.integers(0, 5))
    return start, start + draw(st.integers(1, 3))


@st.composite
def places(draw: st.DrawFn) -> list[Place]:
    found = draw(st.lists(st.builds(lambda: (*span(draw), *span(draw))), max_size=8))
    return sorted(set(found))


def nearness(place: Place) -> float:
    return 1.0 - abs((place[0] + place[1]) / WORDS - (place[2] + place[3]) / WORDS) / 2


def columns(*rows: list[Place]) -> Candidates:
    """Places of sentence pairs that are all of nine words."""
    table = [
        (row, row * WORDS + start, end - start, row * WORDS + other, other_end - other, 0)
        for row, found in enumerate(rows)
        for start, end, other, other_end in found
    ]
    return Candidates(*np.array(table, np.int64).reshape(-1, 6).T)


def run(
    found: list[Place],
    preference: Callable[[Place], float] = nearness,
    allowed: Callable[[Place, bool], bool] = lambda place, ambiguous: True,
) -> list[tuple[Place, float, bool]]:
    candidates = columns(found)
    chosen = choosing.choose(
        candidates,
        candidates.source_length,
        np.array([preference(place) for place in found]),
        np.array([allowed(place, False) for place in found], np.bool_),
        np.array([allowed(place, True) for place in found], np.bool_),
    )
    return [
        (found[place], score, ambiguous)
        for place, score, ambiguous in zip(*(column.tolist() for column in chosen), strict=True)
    ]


def shared(one: Place, other: Place) -> tuple[bool, bool]:
    """Whether two places share a word of the source, and of the target."""
    source = bool(set(range(*one[:2])) & set(range(*other[:2])))
    return source, bool(set(range(*one[2:])) & set(range(*other[2:])))


def compete(one: Place, other: Place) -> bool:
    same_source = one[:2] == other[:2] and not shared(one, other)[1]
    same_target = one[2:] == other[2:] and not shared(one, other)[0] and one[1] - one[0] == other[1] - other[0]
    return same_source or same_target


def slow(
    found: list[Place], preference: Callable[[Place], float], allowed: Callable[[Place, bool], bool]
) -> list[tuple[Place, float, bool]]:
    """The rules one place after the other."""
    chosen: list[tuple[Place, float, bool]] = []

    def free(place: Place) -> bool:
        return not any(any(shared(place, taken[0])) for taken in chosen)

    for length in (3, 2, 1):
        level = [place for place in found if place[1] - place[0] == length and free(place)]
        for place in sorted(level, key=lambda place: (place[2] - place[3], -preference(place), place)):
            rivals = [other for other in level if compete(place, other)]
            if free(place) and allowed(place, bool(rivals)):
                against = sum(math.exp((preference(other) - preference(place)) / 0.1) for other in rivals)
                chosen.append((place, 1 / (1 + against), bool(rivals)))
    return sorted(chosen)


@given(places(), st.integers(0, 3))
def test_a_block_is_chosen_for_as_by_the_rules_one_by_one(found: list[Place], policy: int) -> None:
    def allowed(place: Place, ambiguous: bool) -> bool:
        return not (policy & 1 and ambiguous and place[0] % 2) and not (policy & 2 and place[2] % 3 == 0)

    expected = slow(found, nearness, allowed)
    chosen = run(found, nearness, allowed)
    assert [(place, ambiguous) for place, _, ambiguous in chosen] == [(p, ambiguous) for p, _, ambiguous in expected]
    assert [score for _, score, _ in chosen] == pytest.approx([score for _, score, _ in expected], abs=1e-9)


@given(st.lists(places(), max_size=4))
def test_pairs_do_not_meet(rows: list[list[Place]]) -> None:
    candidates = columns(*rows)
    yes = np.ones(len(candidates.pair), np.bool_)
    near = choosing.nearness(candidates, *[np.arange(len(rows) + 1) * WORDS] * 2)
    assert near.tolist() == [nearness(place) for row in rows for place in row]
    chosen = choosing.choose(candidates, candidates.source_length, near, yes, yes)
    flat = [(row, place) for row, found in enumerate(rows) for place in found]
    expected = [(row, choice[0]) for row, found in enumerate(rows) for choice in run(found)]
    assert [flat[place] for place in chosen.place.tolist()] == expected


@given(places())
def test_rivals_follow_their_definition(found: list[Place]) -> None:
    expected = [any(compete(place, other) for other in found) for place in found]
    assert choosing.rivalling(columns(found)).tolist() == expected


@given(places())
def test_choices_never_overlap_and_nothing_free_is_left_out(found: list[Place]) -> None:
    chosen = run(found)
    assert chosen == sorted(chosen)
    for one, other in combinations(chosen, 2):
        assert shared(one[0], other[0]) == (False, False)
    for place in found:
        assert any(place == choice[0] or any(shared(place, choice[0])) for choice in chosen)
    assert all(0 < score <= 1 and (score == 1) <= (not ambiguous) for _, score, ambiguous in chosen)


def test_a_higher_level_goes_first_and_has_no_rivals_below() -> None:
    candidates = columns([(0, 1, 0, 1), (0, 1, 4, 5)])
    yes = np.ones(2, np.bool_)
    chosen = choosing.choose(candidates, np.array([0, 1]), np.array([1.0, 0.1]), yes, yes)
    assert [column.tolist() for column in chosen] == [[1], [1.0], [False]]


def test_the_longest_source_phrase_wins_and_what_it_covers_is_no_rival() -> None:
    give_up, give, later_give = (0, 2, 0, 1), (0, 1, 3, 4), (3, 4, 3, 4)
    assert run([give, give_up, later_give]) == [(give_up, 1.0, False), (later_give, 1.0, False)]


def test_the_longer_of_two_nested_translations_wins_without_being_ambiguous() -> None:
    assert run([(0, 1, 0, 1), (0, 1, 0, 2)]) == [((0, 1, 0, 2), 1.0, False)]


def test_a_repeated_word_goes_to_the_nearer_place_and_is_ambiguous() -> None:
    [(place, score, ambiguous)] = run([(0, 1, 0, 1), (0, 1, 7, 8)])
    assert place == (0, 1, 0, 1)
    assert ambiguous
    assert score == pytest.approx(1 / (1 + math.exp(-(7 / 9) / 0.1)))


def test_equally_good_places_score_one_half_and_the_first_is_taken() -> None:
    assert run([(3, 4, 2, 3), (3, 4, 4, 5)], lambda place: 0.3) == [((3, 4, 2, 3), 0.5, True)]


def test_two_source_words_of_one_translation_are_rivals_and_only_one_is_linked() -> None:
    [(place, _, ambiguous)] = run([(0, 1, 5, 6), (5, 6, 5, 6)])
    assert place == (5, 6, 5, 6)
    assert ambiguous


def test_twice_on_both_sides_links_in_order() -> None:
    chosen = run([(0, 1, 0, 1), (0, 1, 4, 5), (4, 5, 0, 1), (4, 5, 4, 5)])
    assert [choice[0] for choice in chosen] == [(0, 1, 0, 1), (4, 5, 4, 5)]


def test_nearness_is_one_on_the_diagonal_and_falls_with_distance() -> None:
    near = choosing.nearness(columns([(0, 2, 0, 4), (0, 1, 8, 9)]), np.array([0, 4]), np.array([0, 8]))
    assert near[0] == 1.0
    assert near[1] == pytest.approx(1 - (17 / 8 - 1 / 4) / 2)


def test_what_is_not_allowed_leaves_its_words_free() -> None:
    first, second = (0, 1, 0, 1), (0, 1, 0, 2)
    assert run([first, second], allowed=lambda place, _: place == first) == [(first, 1.0, False)]
    assert run([first], allowed=lambda place, ambiguous: ambiguous) == []
    assert run([first, (0, 1, 3, 4)], allowed=lambda place, ambiguous: not ambiguous) == []

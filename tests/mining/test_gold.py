import pytest

from vecocli.errors import DataError
from vecocli.mining.gold import GoldLinks, read_gold


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "gold"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def links(*rows):
    return tuple(GoldLinks(frozenset(sure), frozenset(sure) | frozenset(possible)) for sure, possible in rows)


def test_reads_sure_and_possible_links(write):
    gold = read_gold(write("0-0 1p2 2?1\n\n1-1\n"), [(3, 3), (2, 2), (3, 3)])
    assert gold.links == links(({(0, 0)}, {(1, 2), (2, 1)}), ((), ()), ({(1, 1)}, ()))
    assert (gold.base, gold.base_from, gold.dropped) == (0, "an index is 0", 0)


def test_a_link_that_is_both_is_sure(write):
    assert read_gold(write("0-0 0p0\n"), [(1, 1)]).links == links(({(0, 0)}, ()))


def test_an_index_equal_to_a_length_means_one_based(write):
    gold = read_gold(write("1-1 2-3\n1p2\n"), [(4, 3), (4, 4)])
    assert gold.links == links(({(0, 0), (1, 2)}, ()), ((), {(0, 1)}))
    assert (gold.base, gold.base_from) == (1, "an index equals its sentence's length")


def test_the_source_side_tells_the_base_too(write):
    assert read_gold(write("4-1\n"), [(4, 3)]).base == 1


def test_zero_outweighs_an_index_equal_to_a_length(write):
    gold = read_gold(write("0-1 1-1 2-2 0-2 1-2 2-1 1-0 2-0 0-0 3-1\n"), [(3, 3)])
    assert (gold.base, gold.dropped, len(gold.links[0].sure)) == (0, 1, 9)


def test_without_evidence_pharaoh_counts_from_zero(write):
    gold = read_gold(write("1-1\n"), [(3, 3)])
    assert gold.links == links(({(1, 1)}, ()))
    assert gold.base_from.startswith("assumed")


@pytest.mark.parametrize(("base", "link"), [("0", (1, 1)), ("1", (0, 0))])
def test_the_base_can_be_given(write, base, link):
    gold = read_gold(write("1-1\n"), [(3, 3)], base)
    assert gold.links == links(({link}, ()))
    assert (gold.base, gold.base_from) == (int(base), "given")


def test_links_outside_their_sentences_are_dropped_and_counted(write):
    inside = " ".join(f"{i}-{j}" for i in range(1, 5) for j in range(1, 6))
    gold = read_gold(write(f"{inside} 22--99 5-1\n"), [(4, 5)])
    assert (gold.base, gold.dropped, len(gold.links[0].sure)) == (1, 2, 20)


def test_ids_in_front_are_left_out(write):
    assert read_gold(write("17\t0-0\nx\t\n"), [(1, 1), (1, 1)]).links == links(({(0, 0)}, ()), ((), ()))


def test_reads_naacl_lines(write):
    gold = read_gold(write("0001 1 1 S\n0001 2 1 P\n\n2 1 2 S 0.5\n2 2 2\n"), [(2, 2), (3, 3)])
    assert gold.links == links(({(0, 0)}, {(1, 0)}), ({(0, 1), (1, 1)}, ()))
    assert (gold.base, gold.base_from) == (1, "NAACL format")


def test_naacl_null_words_are_dropped(write):
    text = "".join(f"1 {i} {i} S\n" for i in range(1, 11))
    assert read_gold(write(text + "1 0 3 S\n"), [(10, 10)]).dropped == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0-0\n0_1\n", r"gold:2: '0_1' is not a link"),
        ("0-0\n1-\n", r"gold:2: '1-' is not a link"),
        ("0-0\n", r"1 lines of links for 2 sentence pairs"),
        ("0-0\n0-0\n0-0\n", r"3 lines of links for 2 sentence pairs"),
        ("0p0\n\n", r"no sure link"),
        ("0-0 7-7\n\n", r"1 of 2 links point outside"),
        ("1 1 1 S\n1 1-1\n", r"gold:2: '1 1-1' is not a link"),
        ("1 1 1 S\n3 1 1 S\n", r"gold:2: there is no sentence pair 3, only 1 to 2"),
        ("1 1 1 S\n0 1 1 S\n", r"gold:2: there is no sentence pair 0"),
        ("\n\n", r"no sure link"),
        (f"0-0\n{'9' * 5000}-0\n", r"gold:2: '9{80}' is not a link"),
        (f"1 1 1 S\n{'9' * 5000} 1 1 S\n", r"gold:2: '9{80}' is not a link"),
    ],
)
def test_says_what_is_wrong_and_where(write, text, message):
    with pytest.raises(DataError, match=message):
        read_gold(write(text), [(2, 2), (2, 2)])
